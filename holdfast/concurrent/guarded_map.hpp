// The vocabulary of concurrent_map over maps that locks guard: what locked_map and sharded_map have in common.
//
// Unless a member says otherwise:
//   Threads: any number at once. It may wait for the lock of the key's shard.
//   Progress: a writer that waits is not passed by new readers; nobody starves.
//   Throws: what the hash, the equality, the value's own operations, the callback and the allocator throw;
//   the map is then as it was, as long as moving a value does not throw.
//   Callbacks run under the lock: keep them short. Fatal: a callback uses the map that called it, or
//   the thread does while it holds a pin of the map (that is not noticed: it waits for ever).
//   Values that leave the map are destroyed after the lock was released, so their destructors may use it.
//   Invalidates: nothing; no reference into the map outlives a callback or a pin.
#pragma once

#include <concepts>
#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <holdfast/concurrent/concurrent_map.hpp>
#include <holdfast/concurrent/guarded_reading.hpp>

namespace holdfast::inline v0::concurrent {

template <class Layout>
class guarded_map : public guarded_reading<Layout> {
  using base = guarded_reading<Layout>;
  using typename base::map_type;
  using typename base::reading;
  using typename base::T;
  using writing = std::unique_lock<rw_mutex>;
  using base::at_home;
  using base::copy_at;
  using base::layout_;

 public:
  using typename base::allocator_type;
  using typename base::hasher;
  using typename base::key_equal;
  using typename base::key_type;
  using typename base::size_type;

  static_assert(std::movable<T> && std::move_constructible<key_type>,
                "holdfast: keys and values of a map for many threads must be movable");

  guarded_map() : guarded_map(0) {}
  explicit guarded_map(const allocator_type& memory) : guarded_map(0, hasher(), key_equal(), memory) {}
  // Room for `entries`; 0 allocates nothing.
  explicit guarded_map(size_type entries, const hasher& hash = hasher(), const key_equal& equal = key_equal(),
                       const allocator_type& memory = allocator_type())
      : base(entries, hash, equal, memory) {}

  // ---- writing ----------------------------------------------------------------------------------------
  // Whatever was there before.
  template <class Q = key_type, class M = T>
    requires(key_for<Q, guarded_map> && std::constructible_from<T, M &&>)
  void store(Q&& key, M&& value) {
    at_home("store", std::forward<Q>(key), [&](auto at) {
      std::optional<T> old;  // destroyed after `held`
      const writing held(at.home.lock);
      place(at, std::forward<M>(value), old);
    });
  }

  // The value that was there before, if there was one.
  template <class Q = key_type, class M = T>
    requires(key_for<Q, guarded_map> && std::constructible_from<T, M &&>)
  [[nodiscard]] std::optional<T> exchange(Q&& key, M&& value) {
    return at_home("exchange", std::forward<Q>(key), [&](auto at) {
      std::optional<T> old;
      const writing held(at.home.lock);
      place(at, std::forward<M>(value), old);
      return old;
    });
  }

  // What is there, or else `value` from now on. A key that is there costs only the reader's lock.
  template <class Q = key_type, class M = T>
    requires(key_for<Q, guarded_map> && std::copy_constructible<T> && std::constructible_from<T, M &&>)
  load_or_store_result<T> load_or_store(Q&& key, M&& value) {
    return at_home("load_or_store", std::forward<Q>(key), [&](auto at) -> load_or_store_result<T> {
      if (std::optional<T> found = copy_at(at)) return {*std::move(found), true};
      load_or_store_result<T> result{T(std::forward<M>(value)), false};
      const writing held(at.home.lock);
      add_or_copy(at, result);
      return result;
    });
  }

  // What is there, or else what make() returns. It is called under the lock, at most once, and not at all
  // if the key is there; if it throws the key stays absent.
  template <class Q = key_type, class Make>
    requires(key_for<Q, guarded_map> && std::copy_constructible<T> && std::invocable<Make&>)
  load_or_store_result<T> load_or_make(Q&& key, Make&& make) {
    return at_home("load_or_make", std::forward<Q>(key), [&](auto at) -> load_or_store_result<T> {
      if (std::optional<T> found = copy_at(at)) return {*std::move(found), true};
      const writing held(at.home.lock);
      if (const auto found = at.home.map.get(at.key)) return {std::as_const(*found), true};
      load_or_store_result<T> result{made_by(make, "load_or_make"), false};
      add_or_copy(at, result);
      return result;
    });
  }

  // Stores `desired` if what is there equals `expected`; whether it did. An absent key equals nothing.
  template <class Q = key_type, class M = T>
    requires(key_for<Q, guarded_map> && std::equality_comparable<T> && std::constructible_from<T, M &&>)
  [[nodiscard]] bool compare_exchange(const Q& key, const T& expected, M&& desired) {
    return at_home("compare_exchange", key, [&](auto at) {
      std::optional<T> old;
      const writing held(at.home.lock);
      const auto found = at.home.map.get(at.key);
      if (!found || !(std::as_const(*found) == expected)) return false;
      old.emplace(std::exchange(*found, T(std::forward<M>(desired))));
      return true;
    });
  }

  // Erases the key if what is there equals `expected`; whether it did.
  template <class Q = key_type>
    requires(key_for<Q, guarded_map> && std::equality_comparable<T>)
  bool compare_erase(const Q& key, const T& expected) {
    return at_home("compare_erase", key, [&](auto at) {
      std::optional<T> old;
      const writing held(at.home.lock);
      const auto found = at.home.map.get(at.key);
      if (!found || !(std::as_const(*found) == expected)) return false;
      old = at.home.map.take(at.key);
      return true;
    });
  }

  // Whether there was something to erase.
  template <class Q = key_type>
    requires key_for<Q, guarded_map>
  bool erase(const Q& key) {
    return taken("erase", key).has_value();
  }

  // The value that was there, if there was one.
  template <class Q = key_type>
    requires key_for<Q, guarded_map>
  [[nodiscard]] std::optional<T> load_and_erase(const Q& key) {
    return taken("load_and_erase", key);
  }

  // Lets change(pointer to the value, or null if absent) decide: what it returns is there afterwards,
  // nothing erases. Whether the key is there afterwards. Atomic for the key.
  //
  //   hits.alter(page, [](const int* old) { return std::optional(old ? *old + 1 : 1); });
  template <class Q = key_type, class Change>
    requires(key_for<Q, guarded_map> && std::is_invocable_r_v<std::optional<T>, Change&, const T*>)
  bool alter(Q&& key, Change&& change) {
    return at_home("alter", std::forward<Q>(key), [&](auto at) {
      std::optional<T> old;
      const writing held(at.home.lock);
      const auto found = at.home.map.get(at.key);
      std::optional<T> next = changed_by(change, found.pointer());
      if (found && next) {
        old.emplace(std::exchange(*found, *std::move(next)));
      } else if (found) {
        old = at.home.map.take(at.key);
      } else if (next) {
        at.home.map.try_emplace(at.take(), *std::move(next));
      }
      return next.has_value();
    });
  }

  // Removes everything at one instant. The locks are held for as long as it takes to put empty maps in the
  // place of the full ones; what was in them is destroyed afterwards.
  void clear() {
    callback_frame::refuse_reentry(this, "clear");
    std::vector<map_type> old;
    const lock_sweep<Layout, writing> held(layout_);
    if (this->entries_in_all() == 0) return;
    old.reserve(Layout::shard_count);
    for (size_type number = 0; number < Layout::shard_count; ++number) {
      map_type& map = layout_.at(number).map;
      if (map.empty()) continue;
      old.push_back(layout_.fresh(map));
      old.back().swap(map);
    }
  }

  // Room for `entries` in all. Linear, shard by shard, each locked meanwhile.
  void reserve(size_type entries) {
    callback_frame::refuse_reentry(this, "reserve");
    for (size_type number = 0; number < Layout::shard_count; ++number) {
      const writing held(layout_.at(number).lock);
      layout_.at(number).map.reserve(Layout::share_of(entries));
    }
  }

  // A named map stands in the live set, each shard as NAME/NUMBER.
  void name(std::string_view name) {
    callback_frame::refuse_reentry(this, "name");
    for (size_type number = 0; number < Layout::shard_count; ++number) {
      const writing held(layout_.at(number).lock);
      const std::string suffix = Layout::shard_count == 1 ? "" : "/" + std::to_string(number);
      layout_.at(number).map.name(std::string(name) + suffix);
    }
  }

 private:
  // `old` takes what was there.
  template <class At, class M>
  static void place(At& at, M&& value, std::optional<T>& old) {
    if (const auto found = at.home.map.get(at.key)) {
      old.emplace(std::exchange(*found, T(std::forward<M>(value))));
    } else {
      at.home.map.try_emplace(at.take(), std::forward<M>(value));
    }
  }

  // Adds a copy of the result's value, or makes the result a copy of what is there.
  template <class At>
  static void add_or_copy(At& at, load_or_store_result<T>& result) {
    const auto [where, added] = at.home.map.try_emplace(at.take(), std::as_const(result.value));
    if (added) return;
    result.value = std::as_const(where->second);
    result.loaded = true;
  }

  template <class Make>
  [[nodiscard]] T made_by(Make& make, const char* member) const {
    const callback_frame frame(this, member);
    return std::invoke(make);
  }

  template <class Change>
  [[nodiscard]] std::optional<T> changed_by(Change& change, const T* old) const {
    const callback_frame frame(this, "alter");
    return std::invoke(change, old);
  }

  template <class Q>
  [[nodiscard]] std::optional<T> taken(const char* member, const Q& key) {
    return at_home(member, key, [](auto at) {
      const writing held(at.home.lock);
      return at.home.map.take(at.key);
    });
  }
};

}  // namespace holdfast::inline v0::concurrent
