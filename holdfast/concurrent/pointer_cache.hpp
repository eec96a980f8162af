// A cache from keys to objects, whose readers keep what they have found.
//
// The object that load() gives is pinned: no store, erase, eviction or expiry, nor the end of the cache, frees
// it while the pin lives, and nobody changes it: to change an object is to put another one in its place. A key
// and its object become visible together, so there is no key without one.
//
//   holdfast::pointer_cache<std::string, user> users({.capacity = 10'000, .time_to_live = 5min});
//   const auto ann = users.load_or_make("ann", [] { return std::make_unique<user>(fetch("ann")); }).value;
//   if (ann) ann->greet();                                        // no lock; may take its time
//   users.update("ann", [](user& copy) { ++copy.visits; });       // readers see the old one or the new one
//
// When not to use it: small values that are copied anyway and never leave by themselves (sync_map); objects
// that must be in the cache as long as anybody uses them (a map of weak_ptr).
//
// Unless a member says otherwise:
//   Threads: any number at once. Each member takes effect at one instant between call and return.
//   Progress: reads are wait-free. Writes wait for writes of nearby keys, and, in a cache with a bound or a
//   time, for each other: some tens of nanoseconds.
//   Callbacks run with nothing locked and may use the cache in any way.
//   Cost: a read is a sync_map lookup, a look at the entry, and a mark in it if it has none; it writes to no
//   line that other threads write. A write allocates the entry and a node of the map.
//   Throws: what the hash, the equality, the allocator, constructors and callbacks throw; the cache is then as it
//   was. A hash or equality that throws while others are evicted leaves those in the cache, out of the bounds' sight.
//   Invalidates: nothing. Objects and keys that left are destroyed by any thread, when no pin is left.
#pragma once

#include <algorithm>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include <holdfast/base/lang/failure.hpp>
#include <holdfast/concurrent/pointer_cache_reading.hpp>
#include <holdfast/concurrent/sync_map_flight.hpp>

namespace holdfast::inline v0 {

// Allocator: of any value type. All that the cache makes comes from it, keys and objects inside entries are constructed
// by it; what a user's pointer leads to is his.
template <class Key, class T, class Hash = hash<Key>, class Equal = equal_to<Key>,
          class Allocator = std::allocator<std::byte>, cache_aliases Aliases = cache_aliases::allow>
class pointer_cache : public concurrent::cache_reading<Key, T, Hash, Equal, Allocator, Aliases> {
  using base = concurrent::cache_reading<Key, T, Hash, Equal, Allocator, Aliases>;
  using typename base::claim;
  using typename base::entry;
  using typename base::entry_pin;
  using typename base::own;
  using typename base::standing;
  using event = concurrent::cache_event;
  using base::with_key;

 public:
  using typename base::allocator_type;
  using typename base::duration;
  using typename base::hasher;
  using typename base::key_equal;
  using typename base::key_type;
  using typename base::mapped_type;
  using typename base::options;
  using typename base::pin_type;
  using typename base::size_type;

  static_assert(
      table::key_type<Key, Hash, Equal>,
      "holdfast: not a key: a key needs a hash (std::hash or your own) and operator== (or your own equality)");
  static_assert(std::copy_constructible<Key>,
                "holdfast: a pointer_cache copies its keys: one for the map, one for eviction");
  static_assert(std::is_object_v<T> && !std::is_const_v<T> && !std::is_array_v<T>,
                "holdfast: a pointer_cache holds objects; name their type without const, not a pointer to it");
  static_assert(
      concurrent::copies_whole<T> ||
          (Aliases != cache_aliases::clone_on_store && Aliases != cache_aliases::unshare_on_write),
      "holdfast: this alias policy copies objects: T needs a copy constructor, and, unless it is final or not "
      "polymorphic, a member clone() that returns a unique_ptr<T>");

  // Keeps everything for good. Allocates nothing; with an allocator that has state, two small blocks to keep it in.
  pointer_cache() : pointer_cache(options()) {}
  explicit pointer_cache(const allocator_type& memory) : pointer_cache(options(), memory) {}
  // At most `capacity` entries.
  explicit pointer_cache(size_type capacity, const hasher& hash = hasher(), const key_equal& equal = key_equal(),
                         const allocator_type& memory = allocator_type())
      : pointer_cache(options{.capacity = capacity}, hash, equal, memory) {}
  explicit pointer_cache(options chosen, const hasher& hash = hasher(), const key_equal& equal = key_equal(),
                         const allocator_type& memory = allocator_type())
      : base(std::move(chosen), hash, equal, memory) {}
  pointer_cache(options chosen, const allocator_type& memory)
      : pointer_cache(std::move(chosen), hasher(), key_equal(), memory) {}
  // No other thread may be in a member. Pins live on, and the memory resource of a stateful allocator must outlive
  // them. Tells no listener. Waits for readers, as sync_map does.
  ~pointer_cache() = default;

  // ---- writing ----------------------------------------------------------------------------------------
  // Puts `value` under the key, whatever was there: a unique_ptr or shared_ptr to a T or to what derives from it,
  // or what a T can be made of, which is then inside the entry. A null, nullptr or nullopt says that the key has
  // no object, which is remembered for time_of_absence; if that is 0 the key is erased.
  // False only under cache_aliases::reject: the object is under another key; `value` is untouched.
  template <class Q = key_type, class V>
    requires concurrent::sync_key<const Q&, Key, Hash, Equal>
  bool store(const Q& key, V&& value) {
    return store_for(key, this->options_.time_to_live, std::forward<V>(value));
  }

  // store() of what `deleter(object)` destroys, a C object for instance. If it throws, the object is destroyed.
  // If it returns false the object is still the caller's.
  template <class Q = key_type, std::invocable<T*> Deleter>
    requires concurrent::sync_key<const Q&, Key, Hash, Equal>
  bool store(const Q& key, T* object, Deleter deleter) {
    std::unique_ptr<T, Deleter> owner(object, std::move(deleter));
    const bool is_stored = store(key, std::move(owner));
    if (!is_stored) (void)owner.release();
    return is_stored;
  }

  // store() with a time to live of its own; 0: for good.
  template <class Q = key_type, class V>
    requires concurrent::sync_key<const Q&, Key, Hash, Equal>
  bool store_for(const Q& key, duration live_for, V&& value) {
    check_value<V>();
    return with_key(key, [&](const auto& at) {
      claim counted;
      if (!this->claim_alias(at, value, counted)) return false;
      own fresh = this->make(at, std::forward<V>(value), live_for);
      if (this->keeps(*fresh)) {
        this->put(fresh);
      } else {
        (void)this->take(at, removal_cause::erased);
      }
      if (counted) counted->keep();
      return true;
    });
  }

  using typename base::pinned_or_made;  // pin_type value; bool loaded
  // What is there, or else `value` from now on, as store() would take it; `value` is left alone if there is an object.
  // An empty value: `value` was null, or its object is under another key and the policy is reject.
  template <class Q = key_type, class V>
    requires concurrent::sync_key<const Q&, Key, Hash, Equal>
  pinned_or_made load_or_store(const Q& key, V&& value) {
    check_value<V>();
    if (pin_type there = this->load(key)) return {std::move(there), true};
    return with_key(key, [&](const auto& at) -> pinned_or_made {
      claim counted;
      if (!this->claim_alias(at, value, counted)) return {pin_type(), false};
      own fresh = this->make(at, std::forward<V>(value), this->options_.time_to_live);
      if (!this->keeps(*fresh)) return {pin_type(), false};
      return this->put_first_or_see(fresh, counted);
    });
  }

  // What is there, or else what make() returns, as store() would take it. Of all threads that want a key that is
  // absent one makes and the others wait for it; if make() throws, one of those who waited is next. An empty
  // value: the key is known to have no object (loaded), or make() said so, or its object is under another key
  // and the policy is reject. When the key was erased while make() ran, the caller still gets what it made, and
  // the cache does not keep it; when another object was stored meanwhile, the caller gets that one.
  // Fatal: make() asks this way for the same key.
  template <class Q = key_type, class Make>
    requires(concurrent::sync_key<const Q&, Key, Hash, Equal> && std::invocable<Make&>)
  pinned_or_made load_or_make(const Q& key, Make&& make_value) {
    check_value<std::invoke_result_t<Make&>>();
    return with_key(key, [&](const auto& at) -> pinned_or_made {
      std::optional<pinned_or_made> there = this->what_is_known(at);
      this->counters_.add(there ? event::hit : event::miss);
      if (there) return *std::move(there);
      const Key kept(at);
      const std::uint64_t hash = this->hash_of(kept);
      while (true) {
        const concurrent::flight mine(this, hash, std::addressof(kept), &base::same_key);
        there = this->what_is_known(kept);
        if (there) return *std::move(there);
        if (mine.is_first()) return this->make_and_keep(kept, hash, make_value);
      }
    });
  }

  // store(), and the object that was there, pinned; empty if there was none. It is not the caller's alone.
  template <class Q = key_type, class V>
    requires concurrent::sync_key<const Q&, Key, Hash, Equal>
  pin_type exchange(const Q& key, V&& value) {
    static_assert(
        Aliases != cache_aliases::reject,
        "holdfast: exchange could not say that its value was rejected: under this alias policy take store, or "
        "compare_exchange");
    check_value<V>();
    return with_key(key, [&](const auto& at) -> pin_type {
      claim counted;
      (void)this->claim_alias(at, value, counted);
      own fresh = this->make(at, std::forward<V>(value), this->options_.time_to_live);
      if (!this->keeps(*fresh)) return load_and_erase(at);
      pin_type before = this->put_and_hold(fresh);
      if (counted) counted->keep();
      return before;
    });
  }

  // Lets change(pointer to the object, or null if there is none) decide: what it returns is there afterwards, as
  // store() would take it; null or nullopt erases. Whether there is an object afterwards. Called again, with what is
  // there then, when another thread wrote the key meanwhile; a callback that writes it itself each time has no end.
  // Under cache_aliases::reject what is another key's changes nothing.
  template <class Q = key_type, class Change>
    requires(concurrent::sync_key<const Q&, Key, Hash, Equal> && std::invocable<Change&, const T*>)
  bool alter(const Q& key, Change&& change) {
    using next_type = std::invoke_result_t<Change&, const T*>;
    check_value<next_type>();
    return with_key(key, [&](const auto& at) {
      while (true) {
        const entry_pin before = this->find(at);
        const T* const object = this->object_under(before);
        next_type next = std::invoke(change, object);
        claim counted;
        if (!this->claim_alias(at, next, counted)) return object != nullptr;
        own fresh = this->make(at, std::forward<next_type>(next), this->options_.time_to_live);
        const bool has_object = fresh->object != nullptr;
        if (!this->put_or_take_out(before, object != nullptr, fresh)) continue;
        if (counted) counted->keep();
        return has_object;
      }
    });
  }

  // Puts a changed copy in the place of the object: change(T&) gets the copy. Readers see the old one or the new
  // one, whole. Called again, with a new copy, when another thread wrote the key meanwhile. False: no object.
  template <class Q = key_type, class Change>
    requires concurrent::sync_key<const Q&, Key, Hash, Equal>
  bool update(const Q& key, Change&& change) {
    static_assert(concurrent::copies_whole<T>,
                  "holdfast: update changes a copy: T needs a copy constructor, and, unless it is final or not "
                  "polymorphic, a member clone() that returns a unique_ptr<T>");
    static_assert(std::invocable<Change&, T&>, "holdfast: update calls its callback with a T&");
    return with_key(key, [&](const auto& at) {
      while (true) {
        const entry_pin before = this->find(at);
        if (!this->is_live(before)) return false;
        own fresh = concurrent::copy_entry<Key, T>(*this->blocks_, before->key(), *before->value());
        std::invoke(change, *fresh->mutable_value());
        if (this->put_copy(before, fresh)) return true;
      }
    });
  }

  // Calls change(T&) with the object itself, while others may be reading it: for a T that guards its own changing
  // parts, with atomics or a lock. False: no object. Under cache_aliases::unshare_on_write a key that shares its
  // object with another one gets a copy first; so does a key whose object was given as const.
  template <class Q = key_type, class Change>
    requires concurrent::sync_key<const Q&, Key, Hash, Equal>
  bool modify(const Q& key, Change&& change) {
    static_assert(std::invocable<Change&, T&>, "holdfast: modify calls its callback with a T&");
    return with_key(key, [&](const auto& at) {
      while (true) {
        const entry_pin there = this->find(at);
        if (!this->is_live(there)) return false;
        if (this->must_be_copied(*there)) {
          if constexpr (concurrent::copies_whole<T>) {
            this->unshare(there);
            continue;
          } else {
            report_refused(
                "holdfast: an object that is const was to be modified",
                "  it was stored as const, and its type cannot be copied\n  cure: store a pointer to non-const\n");
            return false;
          }
        }
        std::invoke(change, *there->mutable_value());
        return true;
      }
    });
  }

  // Stores `desired` if the object under the key is `expected`, by identity; whether it did. Null expects that
  // there is none. `desired` may have been moved from in either case.
  template <class Q = key_type, class V>
    requires concurrent::sync_key<const Q&, Key, Hash, Equal>
  [[nodiscard]] bool compare_exchange(const Q& key, const T* expected, V&& desired) {
    check_value<V>();
    static_assert(!concurrent::means_absent<V>,
                  "holdfast: to store nothing in the place of `expected` is compare_erase");
    return with_key(key, [&](const auto& at) {
      if (this->object_under(this->find(at)) != expected) return false;
      claim counted;
      if (!this->claim_alias(at, desired, counted)) return false;
      own fresh = this->make(at, std::forward<V>(desired), this->options_.time_to_live);
      if (!this->keeps(*fresh)) return compare_erase(at, expected);
      const bool is_stored = expected == nullptr ? this->put_first(fresh) : this->put_for(expected, fresh);
      if (is_stored && counted) counted->keep();
      return is_stored;
    });
  }
  template <class Q = key_type, class V>
    requires concurrent::sync_key<const Q&, Key, Hash, Equal>
  [[nodiscard]] bool compare_exchange(const Q& key, const pin_type& expected, V&& desired) {
    return compare_exchange(key, expected.get(), std::forward<V>(desired));
  }

  // Erases the key if its object is `expected`, by identity; whether it did.
  template <class Q = key_type>
    requires concurrent::sync_key<const Q&, Key, Hash, Equal>
  bool compare_erase(const Q& key, const T* expected) {
    return with_key(key, [&](const auto& at) {
      this->makers_.mark(this->hash_of(at));
      while (true) {
        const entry_pin there = this->find(at);
        if (expected == nullptr || this->object_under(there) != expected) return false;
        if (this->take_out_this(*there, removal_cause::erased)) return true;
      }
    });
  }
  template <class Q = key_type>
    requires concurrent::sync_key<const Q&, Key, Hash, Equal>
  bool compare_erase(const Q& key, const pin_type& expected) {
    return compare_erase(key, expected.get());
  }

  // Whether there was an object. What a load_or_make of the key is just making is not kept either.
  template <class Q = key_type>
    requires concurrent::sync_key<const Q&, Key, Hash, Equal>
  bool erase(const Q& key) {
    return static_cast<bool>(load_and_erase(key));
  }

  // The object that was there, pinned; empty if there was none. It is not the caller's alone.
  template <class Q = key_type>
    requires concurrent::sync_key<const Q&, Key, Hash, Equal>
  pin_type load_and_erase(const Q& key) {
    return with_key(key, [&](const auto& at) {
      entry_pin gone = this->take(at, removal_cause::erased);
      return this->is_live(gone) ? base::on_value(std::move(gone)) : pin_type();
    });
  }

  // ---- the whole --------------------------------------------------------------------------------------
  // Erases every key that is there when it begins, one after the other; not at one instant. What is just being
  // made is not kept.
  void clear() {
    this->makers_.mark_all();
    this->map_.for_each([&](const Key& key, entry*) { (void)this->take(key, removal_cause::cleared); });
  }

  // Makes room for `entries` without further growth, a bucket at a time; others go on in between.
  void reserve(size_type entries) { this->map_.reserve(entries); }

  // Takes out what is over, and says how many that were. Writes do it in passing, a few entries each; call this
  // where nobody writes for long. Cost: linear; others are let in after each few dozen entries.
  size_type expire() {
    const auto now = this->time();
    size_type gone = 0;
    for (concurrent::cache_queue& queue : this->queues_.each()) {
      for (size_type left = queue.count().entries; left != 0;) {
        concurrent::cache_victims victims;
        const size_type looked = queue.sweep(std::min<size_type>(left, 64), now, victims);
        gone += this->take_out(victims);
        if (looked == 0) break;
        left -= looked;
      }
    }
    return gone;
  }

 private:
  template <class V>
  static constexpr void check_value() {
    static_assert(
        concurrent::cacheable<V, T>,
        "holdfast: a pointer_cache takes a unique_ptr or shared_ptr to its T, what a T can be made of, or nullptr; "
        "for a bare pointer say how its object ends: store(key, object, deleter)");
  }
};

}  // namespace holdfast::inline v0
