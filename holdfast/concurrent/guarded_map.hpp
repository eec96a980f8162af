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

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <ranges>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <holdfast/concurrent/callback.hpp>
#include <holdfast/concurrent/concurrent_map.hpp>
#include <holdfast/concurrent/guarded_stats.hpp>
#include <holdfast/concurrent/lock_sweep.hpp>
#include <holdfast/concurrent/read_pin.hpp>
#include <holdfast/map/container.hpp>

namespace holdfast::inline v0::concurrent {

// `Layout` says where a key lives: one shard or many.
template <class Layout>
class guarded_map {
  using map_type = typename Layout::map_type;
  using shard = typename Layout::shard;
  using reading = std::shared_lock<rw_mutex>;
  using writing = std::unique_lock<rw_mutex>;

 public:
  using key_type = typename map_type::key_type;
  using mapped_type = typename map_type::mapped_type;
  using hasher = typename Layout::hasher;
  using key_equal = typename Layout::key_equal;
  using allocator_type = typename map_type::allocator_type;
  using size_type = std::size_t;
  using pin_type = read_pin<const mapped_type>;

 private:
  using T = mapped_type;
  static_assert(std::movable<T> && std::move_constructible<key_type>,
                "holdfast: keys and values of a map for many threads must be movable");

 public:
  guarded_map() : guarded_map(0) {}
  explicit guarded_map(const allocator_type& memory) : guarded_map(0, hasher(), key_equal(), memory) {}
  // Room for `entries`; 0 allocates nothing.
  explicit guarded_map(size_type entries, const hasher& hash = hasher(), const key_equal& equal = key_equal(),
                       const allocator_type& memory = allocator_type())
      : layout_(entries, hash, equal, memory) {}
  guarded_map(const guarded_map&) = delete;
  guarded_map& operator=(const guarded_map&) = delete;

  // ---- reading ----------------------------------------------------------------------------------------
  // A copy of the value.
  template <class Q = key_type>
    requires(key_for<Q, guarded_map> && std::copy_constructible<T>)
  [[nodiscard]] std::optional<T> load(const Q& key) const {
    return at_home("load", key, [](auto at) -> std::optional<T> {
      const reading held(at.home.lock);
      const auto found = std::as_const(at.home.map).get(at.key);
      if (!found) return std::nullopt;
      return *found;
    });
  }

  // The value itself, as long as the handle lives; see read_pin.hpp for what it keeps waiting.
  template <class Q = key_type>
    requires key_for<Q, guarded_map>
  [[nodiscard]] pin_type pin(const Q& key) const {
    return at_home("pin", key, [](auto at) -> pin_type {
      reading held(at.home.lock);
      const auto found = std::as_const(at.home.map).get(at.key);
      if (!found) return {};
      return {found.pointer(), *held.release()};
    });
  }

  // Calls use(value) if the key is there; whether it was.
  template <class Q = key_type, class Use>
    requires(key_for<Q, guarded_map> && std::invocable<Use&, const T&>)
  bool visit(const Q& key, Use&& use) const {
    return at_home("visit", key, [&](auto at) {
      const reading held(at.home.lock);
      const auto found = std::as_const(at.home.map).get(at.key);
      if (!found) return false;
      const callback_frame frame(this, "visit");
      std::invoke(use, *found);
      return true;
    });
  }

  // A key that is here now may be gone when you act on the answer. Use load, pin, visit or alter.
  template <class Q>
  bool contains(const Q&) const = delete;

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

  // ---- many entries -----------------------------------------------------------------------------------
  // Calls use(key, value) for every entry, until it returns false (it may return void). No key comes
  // twice. Not a snapshot: each shard is seen at an instant of its own, and is locked for reading while
  // its entries are shown. Linear.
  template <class Use>
    requires std::invocable<Use&, const key_type&, const T&>
  void for_each(Use&& use) const {
    callback_frame::refuse_reentry(this, "for_each");
    for (size_type number = 0; number < Layout::shard_count; ++number) {
      shard& one = layout_.at(number);
      const reading held(one.lock);
      const callback_frame frame(this, "for_each");
      for (const auto& [key, value] : std::as_const(one.map)) {
        if (!goes_on(use, key, value)) return;
      }
    }
  }

  // Calls use(key, value) for each of `keys` that is there, shard by shard, each shard locked once; how
  // many there were. Cost: an allocation and a sort by shard.
  template <std::ranges::forward_range Keys, class Use>
    requires(key_for<std::ranges::range_value_t<Keys>, guarded_map> && std::invocable<Use&, const key_type&, const T&>)
  size_type visit_many(const Keys& keys, Use&& use) const {
    callback_frame::refuse_reentry(this, "visit_many");
    std::vector<std::pair<size_type, std::ranges::iterator_t<const Keys>>> homes;
    if constexpr (std::ranges::sized_range<const Keys>) homes.reserve(std::ranges::size(keys));
    for (auto at = std::ranges::begin(keys); at != std::ranges::end(keys); ++at) homes.emplace_back(home_of(*at), at);
    std::ranges::stable_sort(homes, {}, &decltype(homes)::value_type::first);
    size_type found = 0;
    for (auto at = homes.begin(); at != homes.end();) {
      const size_type number = at->first;
      const reading held(layout_.at(number).lock);
      const callback_frame frame(this, "visit_many");
      for (; at != homes.end() && at->first == number; ++at) found += shows(*at->second, use) ? 1 : 0;
    }
    return found;
  }

  // All entries at one instant. Cost: a copy of everything, during which nobody writes.
  [[nodiscard]] std::vector<std::pair<key_type, T>> snapshot() const
    requires(std::copy_constructible<key_type> && std::copy_constructible<T>)
  {
    callback_frame::refuse_reentry(this, "snapshot");
    std::vector<std::pair<key_type, T>> all;
    const lock_sweep<Layout, reading> held(layout_);
    all.reserve(entries_in_all());
    for (size_type number = 0; number < Layout::shard_count; ++number) {
      for (const auto& [key, value] : std::as_const(layout_.at(number).map)) all.emplace_back(key, value);
    }
    return all;
  }

  // Removes everything at one instant. The locks are held for as long as it takes to put empty maps in the
  // place of the full ones; what was in them is destroyed afterwards.
  void clear() {
    callback_frame::refuse_reentry(this, "clear");
    std::vector<map_type> old;
    const lock_sweep<Layout, writing> held(layout_);
    if (entries_in_all() == 0) return;
    old.reserve(Layout::shard_count);
    for (size_type number = 0; number < Layout::shard_count; ++number) {
      map_type& map = layout_.at(number).map;
      if (map.empty()) continue;
      old.push_back(layout_.fresh(map));
      old.back().swap(map);
    }
  }

  // At one instant; takes every lock.
  [[nodiscard]] size_type size() const {
    callback_frame::refuse_reentry(this, "size");
    const lock_sweep<Layout, reading> held(layout_);
    return entries_in_all();
  }
  [[nodiscard]] bool empty() const { return size() == 0; }

  // Room for `entries` in all. Linear, shard by shard, each locked meanwhile.
  void reserve(size_type entries) {
    callback_frame::refuse_reentry(this, "reserve");
    for (size_type number = 0; number < Layout::shard_count; ++number) {
      const writing held(layout_.at(number).lock);
      layout_.at(number).map.reserve(Layout::share_of(entries));
    }
  }

  // ---- inspection -------------------------------------------------------------------------------------
  // Figures of all shards, each at an instant of its own. Linear in the buckets.
  [[nodiscard]] guarded_stats stats() const {
    callback_frame::refuse_reentry(this, "stats");
    guarded_stats sum;
    for (size_type number = 0; number < Layout::shard_count; ++number) {
      const reading held(layout_.at(number).lock);
      sum.add(layout_.at(number).map.stats());
    }
    return sum;
  }

  // The first broken invariant of any shard.
  [[nodiscard]] std::optional<table::fault> audit() const {
    callback_frame::refuse_reentry(this, "audit");
    for (size_type number = 0; number < Layout::shard_count; ++number) {
      const reading held(layout_.at(number).lock);
      if (auto fault = layout_.at(number).map.audit()) return fault;
    }
    return std::nullopt;
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

  [[nodiscard]] allocator_type get_allocator() const noexcept { return layout_.at(0).map.get_allocator(); }

 private:
  // Calls `use` with the key and the shard where it lives; converts the key first where it must be.
  template <class Q, class Use>
  decltype(auto) at_home(const char* wanted, Q&& key, Use&& use) const {
    callback_frame::refuse_reentry(this, wanted);
    if constexpr (table::lookup_key_for<Q, key_type, hasher, key_equal>) {
      return use(layout_.route(std::forward<Q>(key)));
    } else {
      return use(layout_.route(static_cast<key_type>(std::forward<Q>(key))));
    }
  }

  // `old` takes what was there.
  template <class At, class M>
  static void place(At& at, M&& value, std::optional<T>& old) {
    if (const auto found = at.home.map.get(at.key)) {
      old.emplace(std::exchange(*found, T(std::forward<M>(value))));
    } else {
      at.home.map.try_emplace(at.take(), std::forward<M>(value));
    }
  }

  template <class At>
  [[nodiscard]] static std::optional<T> copy_at(const At& at) {
    const reading held(at.home.lock);
    const auto found = std::as_const(at.home.map).get(at.key);
    if (!found) return std::nullopt;
    return *found;
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

  template <class Q>
  [[nodiscard]] size_type home_of(const Q& key) const {
    if constexpr (table::lookup_key_for<Q, key_type, hasher, key_equal>) {
      return layout_.number_of(key);
    } else {
      return layout_.number_of(static_cast<key_type>(key));
    }
  }

  // Shows the entry under `key`, whose shard is locked; whether there is one.
  template <class Q, class Use>
  [[nodiscard]] bool shows(const Q& key, Use& use) const {
    if constexpr (table::lookup_key_for<Q, key_type, hasher, key_equal>) {
      const auto at = layout_.route(key);
      const map_type& map = at.home.map;
      const auto found = map.find(at.key);
      if (found == map.end()) return false;
      std::invoke(use, found->first, std::as_const(found->second));
      return true;
    } else {
      return shows(static_cast<key_type>(key), use);
    }
  }

  template <class Use>
  [[nodiscard]] static bool goes_on(Use& use, const key_type& key, const T& value) {
    if constexpr (std::convertible_to<std::invoke_result_t<Use&, const key_type&, const T&>, bool>) {
      return std::invoke(use, key, value);
    } else {
      std::invoke(use, key, value);
      return true;
    }
  }

  [[nodiscard]] size_type entries_in_all() const noexcept {
    size_type sum = 0;
    for (size_type number = 0; number < Layout::shard_count; ++number) sum += layout_.at(number).map.size();
    return sum;
  }

  Layout layout_;
};

}  // namespace holdfast::inline v0::concurrent
