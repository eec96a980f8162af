// The half of the vocabulary that only reads, over maps that locks guard.
//
// What holds for every member stands in guarded_map.hpp.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <functional>
#include <optional>
#include <ranges>
#include <shared_mutex>
#include <utility>
#include <vector>

#include <holdfast/concurrent/callback.hpp>
#include <holdfast/concurrent/guarded_stats.hpp>
#include <holdfast/concurrent/lock_sweep.hpp>
#include <holdfast/concurrent/read_pin.hpp>
#include <holdfast/map/container.hpp>

namespace holdfast::inline v0::concurrent {

// `Layout` says where a key lives: one shard or many.
template <class Layout>
class guarded_reading {
 protected:
  using T = typename Layout::map_type::mapped_type;
  using shard = typename Layout::shard;
  using reading = std::shared_lock<rw_mutex>;

 public:
  using map_type = typename Layout::map_type;
  using key_type = typename map_type::key_type;
  using mapped_type = T;
  using hasher = typename Layout::hasher;
  using key_equal = typename Layout::key_equal;
  using allocator_type = typename map_type::allocator_type;
  using size_type = std::size_t;
  using pin_type = read_pin<const T>;

  guarded_reading(const guarded_reading&) = delete;
  guarded_reading& operator=(const guarded_reading&) = delete;

  // ---- reading ----------------------------------------------------------------------------------------
  // A copy of the value.
  template <class Q = key_type>
    requires(key_for<Q, guarded_reading> && std::copy_constructible<T>)
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
    requires key_for<Q, guarded_reading>
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
    requires(key_for<Q, guarded_reading> && std::invocable<Use&, const T&>)
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
    requires(key_for<std::ranges::range_value_t<Keys>, guarded_reading> &&
             std::invocable<Use&, const key_type&, const T&>)
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

  // At one instant; takes every lock.
  [[nodiscard]] size_type size() const {
    callback_frame::refuse_reentry(this, "size");
    const lock_sweep<Layout, reading> held(layout_);
    return entries_in_all();
  }
  [[nodiscard]] bool empty() const { return size() == 0; }

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

  [[nodiscard]] allocator_type get_allocator() const noexcept { return layout_.at(0).map.get_allocator(); }

 protected:
  guarded_reading(size_type entries, const hasher& hash, const key_equal& equal, const allocator_type& memory)
      : layout_(entries, hash, equal, memory) {}
  ~guarded_reading() = default;

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

  template <class At>
  [[nodiscard]] static std::optional<T> copy_at(const At& at) {
    const reading held(at.home.lock);
    const auto found = std::as_const(at.home.map).get(at.key);
    if (!found) return std::nullopt;
    return *found;
  }

  [[nodiscard]] size_type entries_in_all() const noexcept {
    size_type sum = 0;
    for (size_type number = 0; number < Layout::shard_count; ++number) sum += layout_.at(number).map.size();
    return sum;
  }

  Layout layout_;

 private:
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
};

}  // namespace holdfast::inline v0::concurrent
