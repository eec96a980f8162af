// A map for many threads under one reader-writer lock.
//
// Take it where threads meet seldom, or mostly to read, and where the exact semantics of one map at one
// instant are wanted cheaply: size, snapshot and clear take one lock. Readers on several cores still write
// the lock's cache line, so they slow each other down; where they meet often take sharded_map, where
// reads must never wait take sync_map.
//
//   holdfast::locked_map<std::string, session> sessions;
//   sessions.store("ann", session{});
//   sessions.visit("ann", [](const session& s) { s.report(); });
#pragma once

#include <memory>
#include <utility>

#include <holdfast/concurrent/guarded_map.hpp>
#include <holdfast/concurrent/lock_shard.hpp>
#include <holdfast/map/map.hpp>

namespace holdfast::inline v0 {

namespace concurrent {

template <class Map>
class one_shard {
 public:
  using map_type = Map;
  using shard = lock_shard<Map>;
  using hasher = typename Map::hasher;
  using key_equal = typename Map::key_equal;
  static constexpr std::size_t shard_count = 1;

  template <class Allocator>
  one_shard(std::size_t entries, const hasher& hash, const key_equal& equal, const Allocator& memory)
      : only_(entries, hash, equal, memory) {}

  template <class Q>
  [[nodiscard]] routed<shard, Q&&> route(Q&& key) const {
    return {only_, std::forward<Q>(key)};
  }
  [[nodiscard]] shard& at(std::size_t) const noexcept { return only_; }
  template <class Q>
  [[nodiscard]] std::size_t number_of(const Q&) const noexcept {
    return 0;
  }
  [[nodiscard]] static constexpr std::size_t share_of(std::size_t entries) noexcept { return entries; }
  [[nodiscard]] Map fresh(const Map& like) const {
    return Map(0, like.hash_function(), like.key_eq(), like.get_allocator());
  }

 private:
  mutable shard only_;
};

}  // namespace concurrent

template <class Key, class T, class Hash = hash<Key>, class Equal = equal_to<Key>,
          class Allocator = std::allocator<std::pair<const Key, T>>, class Policy = fast_growth>
class locked_map
    : public concurrent::guarded_map<concurrent::one_shard<map<Key, T, Hash, Equal, Allocator, Policy>>> {
  using base = concurrent::guarded_map<concurrent::one_shard<map<Key, T, Hash, Equal, Allocator, Policy>>>;

 public:
  using base::base;
};

}  // namespace holdfast::inline v0
