// The half of pointer_cache that only reads: lookups, walks, figures.
//
// Throws, threads and progress are those of pointer_cache.hpp.
#pragma once

#include <chrono>
#include <concepts>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <ranges>
#include <type_traits>
#include <utility>
#include <vector>

#include <holdfast/concurrent/pointer_cache_making.hpp>

namespace holdfast::inline v0::concurrent {

template <class Key, class T, class Hash, class Equal, class Allocator, cache_aliases Aliases>
class cache_reading : protected cache_making<Key, T, Hash, Equal, Allocator, Aliases> {
 protected:
  using base = cache_making<Key, T, Hash, Equal, Allocator, Aliases>;
  using typename base::entry;
  using typename base::entry_pin;
  using typename base::standing;
  using event = cache_event;
  using base::base;

 public:
  using key_type = Key;
  using mapped_type = T;
  using hasher = Hash;
  using key_equal = Equal;
  using allocator_type = Allocator;
  using size_type = std::size_t;
  using duration = std::chrono::nanoseconds;
  // Owns one object's life: `*p` is const T. Movable, may be kept, released on any thread.
  using pin_type = reclaim::pin<const T>;
  using options = pointer_cache_options<Key, T>;
  using stats_type = pointer_cache_stats;

  // ---- reading ----------------------------------------------------------------------------------------
  // The object, pinned; empty if there is none, its time is over, or it is known that there is none.
  template <class Q = key_type>
    requires sync_key<const Q&, Key, Hash, Equal>
  [[nodiscard]] pin_type load(const Q& key) const {
    return with_key(key, [&](const auto& at) -> pin_type {
      entry_pin found = this->find(at);
      const bool is_live = found && this->use(*found) == standing::live;
      this->counters_.add(is_live ? event::hit : event::miss);
      return is_live ? base::on_value(std::move(found)) : pin_type();
    });
  }

  // load(), by the word that all maps for many threads have for it.
  template <class Q = key_type>
    requires sync_key<const Q&, Key, Hash, Equal>
  [[nodiscard]] pin_type pin(const Q& key) const {
    return load(key);
  }

  // Calls f(const T&) if there is an object; whether there was.
  template <class Q = key_type, class F>
    requires(sync_key<const Q&, Key, Hash, Equal> && std::invocable<F&, const T&>)
  bool visit(const Q& key, F&& f) const {
    const pin_type found = load(key);
    if (found) std::invoke(f, *found);
    return static_cast<bool>(found);
  }

  // Calls f(const Key&, const T&) for each of `keys` that has an object; how many had. One after the other.
  template <std::ranges::forward_range Keys, class F>
    requires(sync_key<std::ranges::range_reference_t<Keys>, Key, Hash, Equal> &&
             std::invocable<F&, const Key&, const T&>)
  size_type visit_many(Keys&& keys, F&& f) const {
    size_type found = 0;
    for (auto&& key : keys) {
      const entry_pin there = with_key(key, [&](const auto& at) { return this->find(at); });
      const bool is_live = there && this->use(*there) == standing::live;
      this->counters_.add(is_live ? event::hit : event::miss);
      if (!is_live) continue;
      std::invoke(f, there->key(), *there->value());
      ++found;
    }
    return found;
  }

  // Whether it is known that the key has no object: a null was stored or made, and its time is not over. Not
  // counted as a use.
  template <class Q = key_type>
    requires sync_key<const Q&, Key, Hash, Equal>
  [[nodiscard]] bool knows_absent(const Q& key) const {
    return with_key(key, [&](const auto& at) {
      const entry_pin found = this->find(at);
      return found && this->look_at(*found) == standing::known_absent;
    });
  }

  // ---- the whole --------------------------------------------------------------------------------------
  // Calls f(const Key&, const T&) for each object, in no order; f may return bool, and false ends it. No key
  // comes twice; not a snapshot. Counts as no use. Cost: sync_map's walk, and one lookup an entry.
  template <class F>
    requires std::invocable<F&, const Key&, const T&>
  void for_each(F&& f) const {
    this->map_.for_each([&](const Key& key, entry*) {
      const entry_pin there = this->find(key);
      if (!this->is_live(there)) return true;
      if constexpr (std::convertible_to<std::invoke_result_t<F&, const Key&, const T&>, bool>) {
        return static_cast<bool>(std::invoke(f, key, *there->value()));
      } else {
        std::invoke(f, key, *there->value());
        return true;
      }
    });
  }

  // All objects at one instant, copied. Writers wait while keys and pointers are copied; afterwards, while the objects
  // are, nothing is destroyed that anybody retires. Copying must not use the cache. Counts as no use.
  [[nodiscard]] std::vector<std::pair<Key, T>> snapshot() const
    requires(std::copy_constructible<T> && (!std::is_polymorphic_v<T> || std::is_final_v<T>))
  {
    // What is in the map while this is open stays until it closes.
    const reclaim::section inside(base::domain());
    const auto entries = this->map_.snapshot();
    std::vector<std::pair<Key, T>> all;
    all.reserve(entries.size());
    for (const auto& [key, there] : entries) {
      if (this->look_at(*there) == standing::live) all.emplace_back(key, *there->value());
    }
    return all;
  }

  // The keys that `object` is under, under every policy. Cost: that of for_each.
  [[nodiscard]] std::vector<Key> keys_of(const T* object) const {
    std::vector<Key> keys;
    for_each([&](const Key& key, const T& there) {
      if (std::addressof(there) == object) keys.push_back(key);
    });
    return keys;
  }

  // Entries: objects, keys known to have none, and both when over until they are taken out. Exact when nobody
  // writes.
  [[nodiscard]] size_type size() const noexcept { return this->map_.size(); }
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }

  // Sums that change while they are added up. Cost: some hundred lines; a look at every object if a table of
  // aliases is kept.
  [[nodiscard]] stats_type stats() const noexcept { return this->figures(); }

  // What it holds in bytes: the map, the entries with their objects by sizeof, what remembers evicted keys. What keys
  // and objects own elsewhere is not in it, nor what is retired. Cost: that of for_each.
  [[nodiscard]] size_type bytes() const {
    size_type sum = sizeof(*this) + this->map_.stats().bytes + this->queues_.count().bytes;
    this->map_.for_each([&](const Key& key, entry*) {
      const entry_pin there = this->find(key);
      if (there) sum += there->bytes;
    });
    return sum;
  }

  [[nodiscard]] hasher hash_function() const { return this->hash_; }
  [[nodiscard]] key_equal key_eq() const { return this->equal_; }
  [[nodiscard]] allocator_type get_allocator() const { return this->blocks_->allocator(); }

  // The first broken invariant of the map inside, if there is one. Writers wait meanwhile. Linear; for tests.
  [[nodiscard]] std::optional<table::fault> audit() const { return this->map_.audit(); }

  // A key that is here now may be gone when you act on the answer. Use load or visit.
  template <class Q>
  bool contains(const Q&) const = delete;

 protected:
  // Calls act with the key as hash and equality take it: itself, or converted.
  template <class Q, class Act>
  HOLDFAST_ALWAYS_INLINE static decltype(auto) with_key(const Q& key, Act&& act) {
    if constexpr (table::lookup_key_for<Q, Key, Hash, Equal>) {
      return act(key);
    } else {
      return act(static_cast<Key>(key));
    }
  }
};

}  // namespace holdfast::inline v0::concurrent
