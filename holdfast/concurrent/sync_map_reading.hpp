// The half of sync_map that only reads: lookups, walks, figures.
//
// Throws, threads and progress are those of sync_map.hpp.
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

#include <holdfast/concurrent/sync_map_whole.hpp>
#include <holdfast/table/key.hpp>

namespace holdfast::inline v0::concurrent {

// Members take the key, what converts to it, and what a transparent hash and equality take.
template <class Q, class Key, class Hash, class Equal>
concept sync_key = table::lookup_key_for<Q, Key, Hash, Equal> || std::convertible_to<Q, Key>;

template <class Types>
class sync_reading : protected sync_whole<Types> {
 protected:
  using base = sync_whole<Types>;
  using typename base::form;
  using typename base::found;
  using typename base::held_entry;
  using typename base::line_type;
  using Key = typename Types::key_type;
  using T = typename Types::mapped_type;
  using Hash = typename Types::hasher;
  using Equal = typename Types::key_equal;
  using base::base;

 public:
  using key_type = Key;
  using mapped_type = T;
  using hasher = Hash;
  using key_equal = Equal;
  using allocator_type = typename Types::allocator;
  using size_type = std::size_t;
  // Owns one entry's life, not the entry: `*p` is const T. Movable, may be kept, released on any thread. Where values
  // are words (see sync_map.hpp) the pin has the value in itself: its address is the pin's own.
  using pin_type = typename form::pin_type;
  using stats_type = sync_map_stats;

  // ---- reading: wait-free, writes to no shared line ---------------------------------------------------
  // A copy of the value.
  template <class Q = key_type>
    requires(sync_key<const Q&, Key, Hash, Equal> && std::copy_constructible<T>)
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE std::optional<T> load(const Q& key) const {
    if constexpr (table::lookup_key_for<Q, Key, Hash, Equal>) return load_at(key);
    else return load_at(static_cast<Key>(key));
  }

  // The value itself, which stays as it is while the pin lives; empty if the key is absent. A later store
  // does not change it.
  template <class Q = key_type>
    requires sync_key<const Q&, Key, Hash, Equal>
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE pin_type pin(const Q& key) const {
    if constexpr (table::lookup_key_for<Q, Key, Hash, Equal>) return pin_at(key);
    else return pin_at(static_cast<Key>(key));
  }

  // Calls f(const T&) if the key is there; whether it was.
  template <class Q = key_type, class F>
    requires(sync_key<const Q&, Key, Hash, Equal> && std::invocable<F&, const T&>)
  bool visit(const Q& key, F&& f) const {
    const pin_type there = pin(key);
    if (there) std::invoke(f, *there);
    return static_cast<bool>(there);
  }

  // Calls f(const Key&, const T&) for each of `keys` that is there; how many were. Faster than one by one
  // where the map is larger than the caches.
  template <std::ranges::forward_range Keys, class F>
    requires(sync_key<std::ranges::range_reference_t<Keys>, Key, Hash, Equal> &&
             std::invocable<F&, const Key&, const T&>)
  size_type visit_many(Keys&& keys, F&& f) const {
    const auto as_key = [](const auto& key) -> decltype(auto) {
      if constexpr (table::lookup_key_for<decltype(key), Key, Hash, Equal>) return (key);
      else return static_cast<Key>(key);
    };
    shown_key shown;
    return this->find_many(keys, as_key, [&](const auto& entry) {
      const T& value = entry.value();
      std::invoke(f, shown(entry.key()), value);
    });
  }

  // ---- the whole --------------------------------------------------------------------------------------
  // Calls f(const Key&, const T&) for each entry, in no order; f may return bool, and false ends it. No key
  // comes twice, and each that is there from beginning to end comes; otherwise it is not a snapshot. The key that f gets
  // is good until f returns.
  // Progress: never waits. Cost: linear, one cache miss a bucket and one an entry; a small allocation.
  template <class F>
    requires std::invocable<F&, const Key&, const T&>
  void for_each(F&& f) const {
    shown_key shown;
    this->walk([&](const auto& entry) {
      const T& value = entry.value();
      if constexpr (std::convertible_to<std::invoke_result_t<F&, const Key&, const T&>, bool>) {
        return static_cast<bool>(std::invoke(f, shown(entry.key()), value));
      } else {
        std::invoke(f, shown(entry.key()), value);
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
    all.for_each_line([&](std::uint64_t, const line_type& line) {
      for_each_entry<form>(line, [&](const found& entry) { entries.emplace_back(entry->key(), entry->value()); });
    });
    return entries;
  }

  // Exact when nobody writes; else a sum of counts that change meanwhile. Cost: up to sixteen lines.
  [[nodiscard]] size_type size() const noexcept { return static_cast<size_type>(this->count()); }
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }

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

 protected:
  // An entry's key as users want it: itself, or, where entries keep only its characters, in a string that is filled
  // again for each.
  class shown_as_is {
   public:
    template <class Shown>
    [[nodiscard]] Shown&& operator()(Shown&& key) const noexcept {
      return std::forward<Shown>(key);
    }
  };
  class shown_in_string {
   public:
    template <class Characters>
    [[nodiscard]] const Key& operator()(const Characters& key) {
      return copy_.assign(key);
    }

   private:
    Key copy_;
  };
  using shown_key = std::conditional_t<std::is_same_v<std::remove_cvref_t<decltype(std::declval<found>()->key())>, Key>,
                                       shown_as_is, shown_in_string>;

  // What load and pin do with a key as hash and equality take it. Inline: a lookup that is a call overlaps less with
  // the next one.
  template <class Q>
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE std::optional<T> load_at(const Q& key) const {
    const std::uint64_t hash = this->hash_of(key);
    if constexpr (std::is_trivially_copy_constructible_v<T>) {
      reclaim::section inside(*this->domain_);
      const found entry = this->find(key, hash);
      return entry ? std::optional<T>(entry->value()) : std::nullopt;
    } else {
      const held_entry entry = this->hold(key, hash);
      return entry ? std::optional<T>(entry->value()) : std::nullopt;
    }
  }
  template <class Q>
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE pin_type pin_at(const Q& key) const {
    const std::uint64_t hash = this->hash_of(key);
    reclaim::section inside(*this->domain_);
    const found entry = this->find(key, hash);
    if (!entry) return {};
    return form::pin(inside, entry);
  }

  // Calls act with the key as hash and equality take it: itself, or converted.
  template <class Q, class Act>
  HOLDFAST_ALWAYS_INLINE static decltype(auto) with_key(Q&& key, Act&& act) {
    if constexpr (table::lookup_key_for<Q, Key, Hash, Equal>) {
      return act(std::forward<Q>(key));
    } else {
      return act(static_cast<Key>(std::forward<Q>(key)));
    }
  }
};

}  // namespace holdfast::inline v0::concurrent
