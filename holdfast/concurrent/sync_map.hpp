// A map for many threads whose lookups wait for nobody.
//
// A lookup follows two pointers and writes nothing that another thread reads; a writer locks one bucket for
// some tens of nanoseconds; growth splits one bucket at a time, and nodes never move. What is found is
// pinned: it stays as it was read for as long as the pin lives, whatever becomes of the key, and of the map.
//
//   holdfast::sync_map<std::string, session> sessions;
//   sessions.store("ann", session{});
//   if (auto ann = sessions.pin("ann")) ann->report();        // no copy, no lock, may take its time
//   hits.alter(page, [](const int* old) { return std::optional(old ? *old + 1 : 1); });
//
// When not to use it: one thread, or many that only read (map is smaller and faster); values that are
// written in place (here each store makes a new node); when all threads must see one order of many
// keys' changes (one lock around a map).
//
// Unless a member says otherwise:
//   Threads: any number at once. Each member takes effect at one instant between call and return.
//   Progress: load, pin, visit and visit_many are wait-free; a writer waits for writers of the same bucket.
//   Callbacks run with nothing locked and may use the map in any way.
//   Throws: what the hash, the equality, the allocator, constructors and the callback throw; the map is then
//   as it was. Hash and equality must not use the map.
//   Values and keys are const once they are in the map. Those that leave it are destroyed some time later,
//   by any thread, when no pin is left; by the end of the map's destructor if they have a destructor.
//   Invalidates: nothing; no reference outlives its pin or callback.
#pragma once

#include <concepts>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <ranges>
#include <type_traits>
#include <utility>
#include <vector>

#include <holdfast/base/hash/random.hpp>
#include <holdfast/concurrent/concurrent_map.hpp>
#include <holdfast/concurrent/sync_map_flight.hpp>
#include <holdfast/concurrent/sync_map_reentry.hpp>
#include <holdfast/concurrent/sync_map_whole.hpp>
#include <holdfast/table/key.hpp>

namespace holdfast::inline v0 {

namespace concurrent {

// Members take the key, what converts to it, and what a transparent hash and equality take.
template <class Q, class Key, class Hash, class Equal>
concept sync_key = table::lookup_key_for<Q, Key, Hash, Equal> || std::convertible_to<Q, Key>;

}  // namespace concurrent

template <class Key, class T, class Hash = hash<Key>, class Equal = equal_to<Key>,
          class Allocator = std::allocator<std::pair<const Key, T>>>
class sync_map : private concurrent::sync_whole<concurrent::sync_types<Key, T, Hash, Equal, Allocator>> {
  using types = concurrent::sync_types<Key, T, Hash, Equal, Allocator>;
  using base = concurrent::sync_whole<types>;
  using node = typename base::node;
  using own_node = concurrent::own_node<node>;
  using alter_frame = concurrent::alter_frame;
  using node_pin = reclaim::pin<node>;

 public:
  using key_type = Key;
  using mapped_type = T;
  using hasher = Hash;
  using key_equal = Equal;
  using allocator_type = Allocator;
  using size_type = std::size_t;
  // Owns one entry's life, not the entry: `*p` is const T. Movable, may be kept, released on any thread.
  using pin_type = reclaim::pin<const T>;
  using stats_type = concurrent::sync_map_stats;

  static_assert(table::key_type<Key, Hash, Equal>,
                "holdfast: not a key: a key needs a hash (std::hash or your own) and operator== (or your own equality)");
  static_assert(std::is_object_v<T> && !std::is_const_v<T>, "holdfast: a value is an object type and not const");

  // Allocates nothing.
  sync_map() : sync_map(0) {}
  explicit sync_map(const allocator_type& memory) : sync_map(0, hasher(), key_equal(), memory) {}
  // Room for `entries` before growth goes on.
  explicit sync_map(size_type entries, const hasher& hash = hasher(), const key_equal& equal = key_equal(),
                    const allocator_type& memory = allocator_type())
      : base(hash, equal, concurrent::block_owner<Allocator>::make(memory), random_word(), reclaim::default_domain()) {
    if (entries != 0) reserve(entries);
  }
  sync_map(const sync_map&) = delete;
  sync_map& operator=(const sync_map&) = delete;
  // No other thread may be in a member, and none comes any more. Pins may live on: they keep their values,
  // and the memory resource of a stateful allocator must outlive them. Waits for readers of other maps, some
  // microseconds, if keys, values or the allocator have anything to do at their end.
  ~sync_map() {
    this->empty_it();
    if constexpr (!std::is_trivially_destructible_v<Key> || !std::is_trivially_destructible_v<T> ||
                  !concurrent::has_no_state<Allocator>) {
      if (!reclaim::own_record().is_reading()) this->domain_->drain();
    }
  }

  // ---- reading: wait-free, writes to no shared line ---------------------------------------------------
  // A copy of the value.
  template <class Q = key_type>
    requires(concurrent::sync_key<const Q&, Key, Hash, Equal> && std::copy_constructible<T>)
  [[nodiscard]] std::optional<T> load(const Q& key) const {
    return with_key(key, [&](const auto& at) -> std::optional<T> {
      const std::uint64_t hash = this->hash_of(at);
      if constexpr (std::is_trivially_copy_constructible_v<T>) {
        reclaim::section inside(*this->domain_);
        const node* const found = this->find(at, hash);
        return found == nullptr ? std::nullopt : std::optional<T>(found->value());
      } else {
        const node_pin found = this->pin_node(at, hash);
        return found ? std::optional<T>(found->value()) : std::nullopt;
      }
    });
  }

  // The value itself, which stays as it is while the pin lives; empty if the key is absent. A later store
  // does not change it.
  template <class Q = key_type>
    requires concurrent::sync_key<const Q&, Key, Hash, Equal>
  [[nodiscard]] pin_type pin(const Q& key) const {
    return with_key(key, [&](const auto& at) -> pin_type {
      const std::uint64_t hash = this->hash_of(at);
      reclaim::section inside(*this->domain_);
      const node* const found = this->find(at, hash);
      if (found == nullptr) return {};
      return inside.hand_off(std::addressof(found->value()), found);
    });
  }

  // Calls f(const T&) if the key is there; whether it was.
  template <class Q = key_type, class F>
    requires(concurrent::sync_key<const Q&, Key, Hash, Equal> && std::invocable<F&, const T&>)
  bool visit(const Q& key, F&& f) const {
    const pin_type found = pin(key);
    if (found) std::invoke(f, *found);
    return static_cast<bool>(found);
  }

  // Calls f(const Key&, const T&) for each of `keys` that is there; how many were. Faster than one by one
  // where the map is larger than the caches.
  template <std::ranges::forward_range Keys, class F>
    requires(concurrent::sync_key<std::ranges::range_reference_t<Keys>, Key, Hash, Equal> &&
             std::invocable<F&, const Key&, const T&>)
  size_type visit_many(Keys&& keys, F&& f) const {
    const auto as_key = [](const auto& key) -> decltype(auto) {
      if constexpr (table::lookup_key_for<decltype(key), Key, Hash, Equal>) return (key);
      else return static_cast<Key>(key);
    };
    return this->find_many(keys, as_key, [&](const node& entry) { std::invoke(f, entry.key(), entry.value()); });
  }

  // ---- writing ----------------------------------------------------------------------------------------
  // Whatever was there before. Cost: one node, one locked instruction on the bucket; a new key counts with
  // another one, and splits at most one bucket.
  template <class Q = key_type, class M = T>
    requires(concurrent::sync_key<Q, Key, Hash, Equal> && std::constructible_from<T, M &&>)
  void store(Q&& key, M&& value) {
    with_key(std::forward<Q>(key), [&](auto&& at) {
      const std::uint64_t hash = begin_write(at);
      own_node fresh(this->owner_, hash, std::forward<decltype(at)>(at));
      fresh.set_value(std::forward<M>(value));
      this->retire(this->put(fresh, hash));
    });
  }

  // What is there, or else `value` from now on. Wait-free if the key is there.
  template <class Q = key_type, class M = T>
    requires(concurrent::sync_key<Q, Key, Hash, Equal> && std::copy_constructible<T> && std::constructible_from<T, M &&>)
  load_or_store_result<T> load_or_store(Q&& key, M&& value) {
    return with_key(std::forward<Q>(key), [&](auto&& at) -> load_or_store_result<T> {
      const std::uint64_t hash = this->hash_of(at);
      if (const node_pin found = this->pin_node(at, hash)) return {found->value(), true};
      announce_write(hash);
      own_node fresh(this->owner_, hash, std::forward<decltype(at)>(at));
      fresh.set_value(std::forward<M>(value));
      load_or_store_result<T> result{fresh->value(), false};
      const auto there = this->put_if_absent(fresh, hash, false);
      if (there.was_there) return {there.there->value(), true};
      return result;
    });
  }

  // What is there, or else what make() returns from now on. make() runs with nothing locked and only in one
  // thread for one key: others that want the same key wait for it. If it throws the key stays absent, and
  // one of those who waited is next. Fatal: make() asks this way for the same key.
  template <class Q = key_type, class Make>
    requires(concurrent::sync_key<Q, Key, Hash, Equal> && std::copy_constructible<T> && std::invocable<Make&>)
  load_or_store_result<T> load_or_make(Q&& key, Make&& make) {
    const auto there = pin_or_make(std::forward<Q>(key), make);
    return {*there.value, there.loaded};
  }

  struct pinned_or_made {
    pin_type value;
    bool loaded;
  };
  // The same with a pin instead of a copy, for values that cannot be copied, or not even moved.
  template <class Q = key_type, class Make>
    requires(concurrent::sync_key<Q, Key, Hash, Equal> && std::invocable<Make&>)
  pinned_or_made pin_or_make(Q&& key, Make&& make) {
    return with_key(std::forward<Q>(key), [&](auto&& at) -> pinned_or_made {
      const std::uint64_t hash = this->hash_of(at);
      if (node_pin found = this->pin_node(at, hash)) return {on_value(std::move(found)), true};
      announce_write(hash);
      own_node fresh(this->owner_, hash, std::forward<decltype(at)>(at));
      return make_or_wait(fresh, hash, make);
    });
  }

  // The value that was there, if there was one; `value` from now on.
  template <class Q = key_type, class M = T>
    requires(concurrent::sync_key<Q, Key, Hash, Equal> && std::copy_constructible<T> && std::constructible_from<T, M &&>)
  [[nodiscard]] std::optional<T> exchange(Q&& key, M&& value) {
    return with_key(std::forward<Q>(key), [&](auto&& at) -> std::optional<T> {
      const std::uint64_t hash = begin_write(at);
      own_node fresh(this->owner_, hash, std::forward<decltype(at)>(at));
      fresh.set_value(std::forward<M>(value));
      while (true) {
        // Copied before anything changes: a copy may throw.
        const node_pin before = this->pin_node(fresh->key(), hash);
        std::optional<T> answer;
        if (before) answer.emplace(before->value());
        if (!this->put_instead(before.get(), fresh, hash)) continue;
        this->retire(before.get());
        return answer;
      }
    });
  }

  // Stores `desired` if what is there equals `expected`; whether it did. An absent key equals nothing.
  template <class Q = key_type, class M = T>
    requires(concurrent::sync_key<const Q&, Key, Hash, Equal> && std::equality_comparable<T> &&
             std::constructible_from<T, M &&> && std::constructible_from<Key, const Q&>)
  [[nodiscard]] bool compare_exchange(const Q& key, const T& expected, M&& desired) {
    return with_key(key, [&](const auto& at) {
      const std::uint64_t hash = this->hash_of(at);
      own_node fresh;
      while (true) {
        const node_pin before = this->pin_node(at, hash);
        if (!before || !(before->value() == expected)) return false;
        if (!fresh) {
          announce_write(hash);
          fresh = own_node(this->owner_, hash, at);
          fresh.set_value(std::forward<M>(desired));
        }
        if (!this->put_instead(before.get(), fresh, hash)) continue;
        this->retire(before.get());
        return true;
      }
    });
  }

  // Erases the key if what is there equals `expected`; whether it did.
  template <class Q = key_type>
    requires(concurrent::sync_key<const Q&, Key, Hash, Equal> && std::equality_comparable<T>)
  bool compare_erase(const Q& key, const T& expected) {
    return with_key(key, [&](const auto& at) {
      const std::uint64_t hash = this->hash_of(at);
      while (true) {
        const node_pin before = this->pin_node(at, hash);
        if (!before || !(before->value() == expected)) return false;
        if (take_out_this(before.get(), hash)) return true;
      }
    });
  }

  // Whether there was something to erase.
  template <class Q = key_type>
    requires concurrent::sync_key<const Q&, Key, Hash, Equal>
  bool erase(const Q& key) {
    return with_key(key, [&](const auto& at) {
      const std::uint64_t hash = this->hash_of(at);
      alter_frame::note_write(this, hash);
      node* const gone = this->take_out(at, hash, [](const node*) { return true; });
      this->retire(gone);
      return gone != nullptr;
    });
  }

  // The value that was there, if there was one; absent from now on.
  template <class Q = key_type>
    requires(concurrent::sync_key<const Q&, Key, Hash, Equal> && std::copy_constructible<T>)
  [[nodiscard]] std::optional<T> load_and_erase(const Q& key) {
    return with_key(key, [&](const auto& at) -> std::optional<T> {
      const std::uint64_t hash = this->hash_of(at);
      while (true) {
        const node_pin before = this->pin_node(at, hash);
        if (!before) return std::nullopt;
        std::optional<T> answer(before->value());
        if (take_out_this(before.get(), hash)) return answer;
      }
    });
  }

  // Lets change(pointer to the value, or null if absent) decide: what it returns is there afterwards, nothing
  // erases. Whether the key is there afterwards. Atomic for the key: when another thread wrote the key
  // meanwhile, change() is called again with what is there then. Fatal: it writes the key itself.
  template <class Q = key_type, class Change>
    requires(concurrent::sync_key<Q, Key, Hash, Equal> && std::is_invocable_r_v<std::optional<T>, Change&, const T*>)
  bool alter(Q&& key, Change&& change) {
    return with_key(std::forward<Q>(key), [&](auto&& at) {
      const std::uint64_t hash = this->hash_of(at);
      own_node fresh(this->owner_, hash, std::forward<decltype(at)>(at));
      for (unsigned marked = 0;;) {
        const node_pin before = this->pin_node(fresh->key(), hash);
        std::optional<T> next = changed_by(change, before, hash, marked);
        if (!next && (!before || take_out_this(before.get(), hash))) return false;
        if (!next) continue;
        announce_write(hash);
        fresh.set_value(*std::move(next));
        if (!this->put_instead(before.get(), fresh, hash)) continue;
        this->retire(before.get());
        return true;
      }
    });
  }

  // ---- the whole --------------------------------------------------------------------------------------
  // Calls f(const Key&, const T&) for each entry, in no order; f may return bool, and false ends it. No key
  // comes twice, and each that is there from beginning to end comes; otherwise it is not a snapshot.
  // Progress: never waits. Cost: linear, one cache miss a bucket and one an entry; a small allocation.
  template <class F>
    requires std::invocable<F&, const Key&, const T&>
  void for_each(F&& f) const {
    this->walk([&](const node& entry) {
      if constexpr (std::convertible_to<std::invoke_result_t<F&, const Key&, const T&>, bool>) {
        return static_cast<bool>(std::invoke(f, entry.key(), entry.value()));
      } else {
        std::invoke(f, entry.key(), entry.value());
        return true;
      }
    });
  }

  // All entries at one instant. Writers wait until all is copied; readers do not. Copying must not use the map.
  [[nodiscard]] std::vector<std::pair<Key, T>> snapshot() const
    requires(std::copy_constructible<Key> && std::copy_constructible<T>)
  {
    const typename base::all_locked all(*this);
    std::vector<std::pair<Key, T>> entries;
    entries.reserve(all.entries());
    all.for_each_line([&](std::uint64_t, const concurrent::bucket_line& line) {
      concurrent::for_each_word(line, [&](std::uint64_t word) {
        const node& entry = *concurrent::node_in<const node>(word);
        entries.emplace_back(entry.key(), entry.value());
      });
    });
    return entries;
  }

  // Empties the map at one instant: one store. Others use it again at once, while this thread retires what
  // was in it, linear. Allocates nothing.
  void clear() noexcept { this->empty_it(); }

  // Exact when nobody writes; else a sum of counts that change meanwhile. Cost: up to sixteen lines.
  [[nodiscard]] size_type size() const noexcept { return static_cast<size_type>(this->count()); }
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }

  // Makes room for `entries` without further growth, a bucket at a time; others go on in between.
  void reserve(size_type entries) { this->grow_to(concurrent::buckets_for(entries)); }

  // Cost: linear in the buckets. Growth waits meanwhile.
  [[nodiscard]] stats_type stats() const noexcept { return this->figures(); }
  // The first broken invariant, if there is one. Writers wait meanwhile. Linear; for tests.
  [[nodiscard]] std::optional<table::fault> audit() const { return this->first_fault(); }

  [[nodiscard]] hasher hash_function() const { return this->hash_; }
  [[nodiscard]] key_equal key_eq() const { return this->equal_; }
  [[nodiscard]] allocator_type get_allocator() const { return this->owner_.allocator(); }

  // A key that is here now may be gone when you act on the answer. Use load, pin, visit or alter.
  template <class Q>
  bool contains(const Q&) const = delete;

 private:
  // Calls act with the key as hash and equality take it: itself, or converted.
  template <class Q, class Act>
  HOLDFAST_ALWAYS_INLINE static decltype(auto) with_key(Q&& key, Act&& act) {
    if constexpr (table::lookup_key_for<Q, Key, Hash, Equal>) {
      return act(std::forward<Q>(key));
    } else {
      return act(static_cast<Key>(std::forward<Q>(key)));
    }
  }

  // What every write does first, as long as what it throws leaves the map as it was. The key's hash.
  template <class Q>
  std::uint64_t begin_write(const Q& key) {
    const std::uint64_t hash = this->hash_of(key);
    announce_write(hash);
    return hash;
  }
  void announce_write(std::uint64_t hash) {
    alter_frame::note_write(this, hash);
    this->pay_for_growth();
  }

  static pin_type on_value(node_pin&& found) noexcept {
    const T* const value = std::addressof(found->value());
    return std::move(found).on(value);
  }

  // Erases `entry` if it is still in place.
  bool take_out_this(node* entry, std::uint64_t hash) {
    alter_frame::note_write(this, hash);
    node* const gone = this->take_out(entry->key(), hash, [&](const node* there) { return there == entry; });
    this->retire(gone);
    return gone != nullptr;
  }

  template <class Change>
  std::optional<T> changed_by(Change& change, const node_pin& before, std::uint64_t hash, unsigned& marked) {
    const alter_frame frame(this, hash);
    std::optional<T> next = std::invoke(change, before ? std::addressof(before->value()) : nullptr);
    marked = frame.marked() ? marked + 1 : 0;
    if (marked > alter_frame::rounds_at_most) alter_frame::report();
    return next;
  }

  // `fresh` has its key, which is absent or just coming.
  template <class Make>
  pinned_or_made make_or_wait(own_node& fresh, std::uint64_t hash, Make& make) {
    while (true) {
      const concurrent::flight mine(this, hash, std::addressof(fresh->key()), &same_key);
      if (node_pin found = this->pin_node(fresh->key(), hash)) return {on_value(std::move(found)), true};
      if (!mine.is_first()) continue;
      fresh.make_value(make);
      auto there = this->put_if_absent(fresh, hash, true);
      return {on_value(std::move(there.there)), there.was_there};
    }
  }

  static bool same_key(const void* map, const void* a, const void* b) {
    return static_cast<const sync_map*>(map)->equal_(*static_cast<const Key*>(a), *static_cast<const Key*>(b));
  }
};

}  // namespace holdfast::inline v0
