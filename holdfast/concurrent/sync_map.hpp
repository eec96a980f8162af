// A map for many threads whose lookups wait for nobody.
//
// A lookup writes nothing that another thread reads; a writer locks one bucket for some tens of nanoseconds; growth
// splits one bucket at a time. What is found is pinned: it stays as it was read for as long as the pin lives,
// whatever becomes of the key, and of the map. A value of at most eight bytes that may be copied as bytes is copied into
// its pin; any other one never moves. With a key of the same kind such a value lies in the bucket itself.
//
//   holdfast::sync_map<std::string, session> sessions;
//   sessions.store("ann", session{});
//   if (auto ann = sessions.pin("ann")) ann->report();        // no copy, no lock, may take its time
//   hits.alter(page, [](const int* old) { return std::optional(old ? *old + 1 : 1); });
//
// When not to use it: one thread, or many that only read (map is smaller and faster); large values
// that are written in place (here each store makes a new node); when all threads must see one order of many
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
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <holdfast/base/hash/random.hpp>
#include <holdfast/concurrent/concurrent_map.hpp>
#include <holdfast/concurrent/sync_map_flight.hpp>
#include <holdfast/concurrent/sync_map_reading.hpp>
#include <holdfast/concurrent/sync_map_reentry.hpp>
#include <holdfast/concurrent/sync_ref.hpp>

namespace holdfast::inline v0 {

template <class Key, class T, class Hash = hash<Key>, class Equal = equal_to<Key>,
          class Allocator = std::allocator<std::pair<const Key, T>>, class Policy = plain_entries>
class sync_map : public concurrent::sync_reading<concurrent::sync_types<Key, T, Hash, Equal, Allocator, Policy>> {
  using base = concurrent::sync_reading<concurrent::sync_types<Key, T, Hash, Equal, Allocator, Policy>>;
  using form = typename base::form;
  using found = typename base::found;
  using held_entry = typename base::held_entry;
  using fresh_entry = typename base::fresh_entry;
  using alter_frame = concurrent::alter_frame;

 public:
  using typename base::allocator_type;
  using typename base::hasher;
  using typename base::key_equal;
  using typename base::key_type;
  using typename base::mapped_type;
  using typename base::pin_type;
  using typename base::size_type;

  static_assert(table::key_type<Key, Hash, Equal>,
                "holdfast: not a key: a key needs a hash (std::hash or your own) and operator== (or your own equality)");
  static_assert(std::is_object_v<T> && !std::is_const_v<T>, "holdfast: a value is an object type and not const");
  static_assert(std::is_same_v<Policy, plain_entries> || concurrent::gives_references<Policy>,
                "holdfast: the policy of a sync_map is plain_entries, or checked_entries<...> for references that know");

  // Allocates nothing; where it gives references, one block.
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
  // microseconds, if keys, values or the allocator have anything to do at their end; not where it must not
  // wait, in a destructor that a domain called: they then come to their end a little later.
  ~sync_map() {
    this->empty_it(cause::map_destroyed);
    if constexpr (!form::ends_unseen) {
      if (this->domain_->may_drain()) this->domain_->drain();
    }
  }

  // ---- writing ----------------------------------------------------------------------------------------
  // Whatever was there before. Cost: one locked instruction on the bucket, and a node if entries are nodes, which
  // replaces the old one; but a word is written over another one in its node. A new key counts with another locked
  // instruction, and splits at most four buckets.
  template <class Q = key_type, class M = T>
    requires(concurrent::sync_key<Q, Key, Hash, Equal> && std::constructible_from<T, M &&>)
  void store(Q&& key, M&& value) {
    base::with_key(std::forward<Q>(key), [&](auto&& at) {
      const std::uint64_t hash = begin_write(at);
      desired<M> next(std::forward<M>(value));
      if constexpr (form::node_stays) {
        const std::uint64_t word = concurrent::as_word<T>(next);
        if constexpr (form::node::is_made_by_us) return this->put_word(at, hash, word);
        if (this->write_over(at, hash, word, [](const found&) { return true; })) return;
      }
      fresh_entry fresh(this->owner_, hash, std::forward<decltype(at)>(at));
      fresh.set_value(std::forward<desired<M>>(next));
      this->retire(this->put(fresh, hash));
    });
  }

  // What is there, or else `value` from now on. Wait-free if the key is there.
  template <class Q = key_type, class M = T>
    requires(concurrent::sync_key<Q, Key, Hash, Equal> && std::copy_constructible<T> && std::constructible_from<T, M &&>)
  load_or_store_result<T> load_or_store(Q&& key, M&& value) {
    return base::with_key(std::forward<Q>(key), [&](auto&& at) -> load_or_store_result<T> {
      const std::uint64_t hash = this->hash_of(at);
      if (const held_entry there = this->hold(at, hash)) return {there->value(), true};
      announce_write(hash);
      fresh_entry fresh(this->owner_, hash, std::forward<decltype(at)>(at));
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
    std::optional<T> copy;  // made before the value is in the map: copying may throw
    const auto there = find_or_make(std::forward<Q>(key), make, [&](const T& made) { copy.emplace(made); });
    return there.loaded ? load_or_store_result<T>{*there.value, true} : load_or_store_result<T>{*std::move(copy), false};
  }

  struct pinned_or_made {
    pin_type value;
    bool loaded;
  };
  // The same with a pin instead of a copy, for values that cannot be copied, or not even moved.
  template <class Q = key_type, class Make>
    requires(concurrent::sync_key<Q, Key, Hash, Equal> && std::invocable<Make&>)
  pinned_or_made pin_or_make(Q&& key, Make&& make) {
    return find_or_make(std::forward<Q>(key), make, [](const T&) {});
  }

  // The value that was there, if there was one; `value` from now on.
  template <class Q = key_type, class M = T>
    requires(concurrent::sync_key<Q, Key, Hash, Equal> && std::copy_constructible<T> && std::constructible_from<T, M &&>)
  [[nodiscard]] std::optional<T> exchange(Q&& key, M&& value) {
    return base::with_key(std::forward<Q>(key), [&](auto&& at) -> std::optional<T> {
      const std::uint64_t hash = begin_write(at);
      desired<M> next(std::forward<M>(value));
      fresh_entry fresh;
      while (true) {
        // Copied before anything changes: a copy may throw.
        const held_entry before = this->hold_for(fresh, at, hash);
        std::optional<T> answer;
        if (before) answer.emplace(before->value());
        if (put_for(before, fresh, std::forward<decltype(at)>(at), hash, std::forward<desired<M>>(next))) return answer;
      }
    });
  }

  // Stores `value` if what is there equals `expected`; whether it did. An absent key equals nothing.
  template <class Q = key_type, class M = T>
    requires(concurrent::sync_key<const Q&, Key, Hash, Equal> && std::equality_comparable<T> &&
             std::constructible_from<T, M &&> && std::constructible_from<Key, const Q&>)
  [[nodiscard]] bool compare_exchange(const Q& key, const T& expected, M&& value) {
    return base::with_key(key, [&](const auto& at) {
      const std::uint64_t hash = this->hash_of(at);
      desired<M> next(std::forward<M>(value));
      fresh_entry fresh;
      while (true) {
        const held_entry before = this->hold(at, hash);
        if (!before || !(before->value() == expected)) return false;
        announce_write(hash);
        if (put_for(before, fresh, at, hash, std::forward<desired<M>>(next))) return true;
      }
    });
  }

  // Erases the key if what is there equals `expected`; whether it did.
  template <class Q = key_type>
    requires(concurrent::sync_key<const Q&, Key, Hash, Equal> && std::equality_comparable<T>)
  bool compare_erase(const Q& key, const T& expected) {
    return base::with_key(key, [&](const auto& at) {
      const std::uint64_t hash = this->hash_of(at);
      while (true) {
        const held_entry before = this->hold(at, hash);
        if (!before || !(before->value() == expected)) return false;
        if (take_out_this(before.get(), hash)) return true;
      }
    });
  }

  // Whether there was something to erase.
  template <class Q = key_type>
    requires concurrent::sync_key<const Q&, Key, Hash, Equal>
  bool erase(const Q& key) {
    return base::with_key(key, [&](const auto& at) {
      const std::uint64_t hash = this->hash_of(at);
      alter_frame::note_write(this, hash);
      return this->take_out(at, hash, [](const found&) { return true; });
    });
  }

  // The value that was there, if there was one; absent from now on.
  template <class Q = key_type>
    requires(concurrent::sync_key<const Q&, Key, Hash, Equal> && std::copy_constructible<T>)
  [[nodiscard]] std::optional<T> load_and_erase(const Q& key) {
    return base::with_key(key, [&](const auto& at) -> std::optional<T> {
      const std::uint64_t hash = this->hash_of(at);
      while (true) {
        const held_entry before = this->hold(at, hash);
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
    return base::with_key(std::forward<Q>(key), [&](auto&& at) {
      const std::uint64_t hash = this->hash_of(at);
      fresh_entry fresh;
      for (unsigned marked = 0;;) {
        const held_entry before = hold_for(fresh, at, hash);
        std::optional<T> next = changed_by(change, before, hash, marked);
        if (!next && (!before || take_out_this(before.get(), hash))) return false;
        if (!next) continue;
        announce_write(hash);
        if (fresh) fresh.set_value(std::move(*next));  // and is not asked for a value again
        if (put_for(before, fresh, std::forward<decltype(at)>(at), hash, std::move(*next))) return true;
      }
    });
  }

  // ---- references that know ---------------------------------------------------------------------------
  // A reference to the entry that `key` has now, which can be asked for at any time whether it is still that one: see
  // sync_ref.hpp. Empty if the key is absent. Only of maps whose policy is checked_entries<>. The first one to an entry
  // takes the lock of its bucket and a block of 64 bytes; the others are as a lookup.
  template <class Q = key_type>
    requires concurrent::sync_key<const Q&, Key, Hash, Equal>
  [[nodiscard]] auto ref(const Q& key) {
    static_assert(concurrent::gives_references<Policy>,
                  "holdfast: sync_map::ref needs a map that is checked: sync_map<Key, T, Hash, Equal, Allocator, "
                  "checked_entries<>>, or checked_sync_map<Key, T>");
    return base::with_key(key, [&](const auto& at) {
      return sync_ref<T, Policy::stale>(this->refer(at, this->hash_of(at)));
    });
  }

  // What reports and exceptions call the map: up to 47 bytes of it.
  void name(std::string_view name) noexcept
    requires(concurrent::gives_references<Policy>)
  {
    this->root_.home().name.set(name);
  }
  [[nodiscard]] std::string name() const
    requires(concurrent::gives_references<Policy>)
  {
    return this->root_.home().name.text();
  }

  // ---- the whole --------------------------------------------------------------------------------------
  // Empties the map at one instant: one store. Others use it again at once, while this thread retires what
  // was in it, linear. Allocates nothing.
  void clear() noexcept { this->empty_it(cause::map_cleared); }

  // Makes room for `entries` without further growth, a bucket at a time; others go on in between.
  void reserve(size_type entries) { this->grow_to(concurrent::buckets_for<form>(entries)); }

  // Asks for 2 MiB pages for the buckets, those that are there and those to come; what was had. For a map of a million
  // entries or more that is read more than it grows: lookups of integers are a fifth to a third faster, and each such page
  // takes a millisecond or four. None for fewer than 256 buckets and with an allocator of one's own; clear() forgets it.
  // Others read and write meanwhile; growth waits.
  [[nodiscard]] memory::huge_pages ask_for_huge_pages() noexcept { return base::ask_for_huge_pages(); }

 private:
  // What every write does first, as long as what it throws leaves the map as it was. The key's hash.
  template <class Q>
  std::uint64_t begin_write(const Q& key) {
    const std::uint64_t hash = this->hash_of(key);
    announce_write(hash);
    return hash;
  }
  void announce_write(std::uint64_t hash) {
    alter_frame::note_write(this, hash);
    if constexpr (!form::node_stays) this->fetch_bucket(hash);
  }

  // What is to be put in: a word, or what a node is made of at the first try.
  template <class M>
  using desired = std::conditional_t<form::node_stays, const T, M&&>;

  // The entry with the key that `fresh` has taken over, or that is still at `at`.
  template <class At>
  held_entry hold_for(const fresh_entry& fresh, const At& at, std::uint64_t hash) const {
    return fresh ? this->hold(fresh->key(), hash) : this->hold(at, hash);
  }

  // Puts `value` in the place of `before`, or, if that is none, of nothing. `fresh` is made if a node is needed and has
  // not been made yet. False: something else is there.
  template <class At, class M>
  bool put_for(const held_entry& before, fresh_entry& fresh, At&& at, std::uint64_t hash, M&& value) {
    if constexpr (form::node_stays) {
      const auto is_meant = [&](const found& there) { return form::is_same(there, *before); };
      if (before) return this->write_over(before->key(), hash, concurrent::as_word<T>(value), is_meant);
    }
    if (!fresh) {
      fresh = fresh_entry(this->owner_, hash, std::forward<At>(at));
      fresh.set_value(std::forward<M>(value));
    }
    return this->put_instead(before.get(), fresh, hash);
  }

  // Erases `entry` if it is still in place.
  bool take_out_this(const found& entry, std::uint64_t hash) {
    alter_frame::note_write(this, hash);
    return this->take_out(entry->key(), hash, [&](const found& there) { return form::is_same(there, entry); });
  }

  template <class Change>
  std::optional<T> changed_by(Change& change, const held_entry& before, std::uint64_t hash, unsigned& marked) {
    const alter_frame frame(this, hash);
    std::optional<T> next;
    if (before) {
      const T& value = before->value();
      next = std::invoke(change, std::addressof(value));
    } else {
      next = std::invoke(change, static_cast<const T*>(nullptr));
    }
    marked = frame.marked() ? marked + 1 : 0;
    if (marked > alter_frame::rounds_at_most) alter_frame::report();
    return next;
  }

  // `look(value)` sees what was made before others do.
  template <class Q, class Make, class Look>
  pinned_or_made find_or_make(Q&& key, Make& make, Look look) {
    return base::with_key(std::forward<Q>(key), [&](auto&& at) -> pinned_or_made {
      const std::uint64_t hash = this->hash_of(at);
      if (held_entry there = this->hold(at, hash)) return {form::on_value(std::move(there)), true};
      announce_write(hash);
      fresh_entry fresh(this->owner_, hash, std::forward<decltype(at)>(at));
      return make_or_wait(fresh, hash, make, look);
    });
  }

  // `fresh` has its key, which is absent or just coming.
  template <class Make, class Look>
  pinned_or_made make_or_wait(fresh_entry& fresh, std::uint64_t hash, Make& make, Look& look) {
    while (true) {
      const auto& key = fresh->key();
      const concurrent::flight mine(this, hash, std::addressof(key), &same_key);
      if (held_entry there = this->hold(fresh->key(), hash)) return {form::on_value(std::move(there)), true};
      if (!mine.is_first()) continue;
      fresh.make_value(make);
      look(fresh->value());
      auto there = this->put_if_absent(fresh, hash, true);
      return {form::on_value(std::move(there.there)), there.was_there};
    }
  }

  // The key as a fresh entry shows it: itself, or a view of its characters.
  using shown_key = std::remove_cvref_t<decltype(std::declval<const fresh_entry&>()->key())>;
  static bool same_key(const void* map, const void* a, const void* b) {
    return static_cast<const sync_map*>(map)->equal_(*static_cast<const shown_key*>(a), *static_cast<const shown_key*>(b));
  }
};

// One whose references know what has become of their entries.
template <class Key, class T, when_stale Stale = when_stale::raises, class Hash = hash<Key>, class Equal = equal_to<Key>,
          class Allocator = std::allocator<std::pair<const Key, T>>>
using checked_sync_map = sync_map<Key, T, Hash, Equal, Allocator, checked_entries<Stale>>;

}  // namespace holdfast::inline v0
