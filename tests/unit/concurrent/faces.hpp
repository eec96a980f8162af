// The maps for many threads, as the one suite sees them. A new map is one more line in `faces`.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include <holdfast/concurrent/locked_map.hpp>
#include <holdfast/concurrent/sharded_map.hpp>
#include <holdfast/concurrent/sync_map.hpp>

#include "tests/unit/concurrent/cache_of_values.hpp"

namespace holdfast::tests {

// A face has
//   map<Key, T, Hash, Equal, Allocator>
//   gives_values_away           whether exchange and load_and_erase take values that only move
//   callbacks_may_use_the_map   whether a callback may call the map it was called by
//   keys_may_only_move          whether it takes keys that cannot be copied
//   clear_is_one_instant
//   settle(map)                 has whatever was erased destroyed, if no pin holds it
//   own_words(map)              the map without anything that a test has put around it
struct locked_face {
  template <class Key, class T, class Hash = hash<Key>, class Equal = equal_to<Key>,
            class Allocator = std::allocator<std::pair<const Key, T>>>
  using map = locked_map<Key, T, Hash, Equal, Allocator>;
  static constexpr bool gives_values_away = true;
  static constexpr bool callbacks_may_use_the_map = false;
  static constexpr bool keys_may_only_move = true;
  static constexpr bool clear_is_one_instant = true;
  template <class Map>
  static void settle(Map&) {}
  template <class Map>
  static Map& own_words(Map& map) {
    return map;
  }
};

template <class Shards>
struct sharded_face {
  template <class Key, class T, class Hash = hash<Key>, class Equal = equal_to<Key>,
            class Allocator = std::allocator<std::pair<const Key, T>>>
  using map = sharded_map<Key, T, Hash, Equal, Allocator, Shards>;
  static constexpr bool gives_values_away = true;
  static constexpr bool callbacks_may_use_the_map = false;
  static constexpr bool keys_may_only_move = true;
  static constexpr bool clear_is_one_instant = true;
  template <class Map>
  static void settle(Map&) {}
  template <class Map>
  static Map& own_words(Map& map) {
    return map;
  }
};

struct sync_face {
  template <class Key, class T, class Hash = hash<Key>, class Equal = equal_to<Key>,
            class Allocator = std::allocator<std::pair<const Key, T>>>
  using map = sync_map<Key, T, Hash, Equal, Allocator>;
  static constexpr bool gives_values_away = false;
  static constexpr bool callbacks_may_use_the_map = true;
  static constexpr bool keys_may_only_move = true;
  static constexpr bool clear_is_one_instant = true;
  template <class Map>
  static void settle(Map&) {
    reclaim::default_domain().drain();
  }
  template <class Map>
  static Map& own_words(Map& map) {
    return map;
  }
};

// The same with references that know.
struct checked_sync_face : sync_face {
  template <class Key, class T, class Hash = hash<Key>, class Equal = equal_to<Key>,
            class Allocator = std::allocator<std::pair<const Key, T>>>
  using map = sync_map<Key, T, Hash, Equal, Allocator, checked_entries<>>;
};

// The same with an equality that it does not know: its entries are nodes, and small values words in them.
struct sync_nodes_face : sync_face {
  template <class Key, class T, class Hash = hash<Key>, class Equal = std::equal_to<>,
            class Allocator = std::allocator<std::pair<const Key, T>>>
  using map = sync_map<Key, T, Hash, Equal, Allocator>;
};

template <bool HasQueue>
struct cache_face : sync_face {
  template <class Key, class T, class Hash = hash<Key>, class Equal = equal_to<Key>,
            class Allocator = std::allocator<std::pair<const Key, T>>>
  using map = cache_of_values<Key, T, Hash, Equal, Allocator, HasQueue>;
  static constexpr bool keys_may_only_move = false;
  static constexpr bool clear_is_one_instant = false;
  template <class Map>
  static typename Map::cache& own_words(Map& map) {
    return map;
  }
};

using faces = testing::Types<sync_face,               //
                             checked_sync_face,       //
                             sync_nodes_face,         //
                             locked_face,             //
                             sharded_face<shards<>>,  //
                             sharded_face<shards<3, stable<go_growth>>>,
                             cache_face<false>,  //
                             cache_face<true>>;

struct face_names {
  template <class Face>
  static std::string GetName(int) {
    if (std::is_same_v<Face, sync_face>) return "sync_map";
    if (std::is_same_v<Face, checked_sync_face>) return "checked_sync_map";
    if (std::is_same_v<Face, sync_nodes_face>) return "sync_map_of_nodes";
    if (std::is_same_v<Face, locked_face>) return "locked_map";
    if (std::is_same_v<Face, sharded_face<shards<>>>) return "sharded_map";
    if (std::is_same_v<Face, cache_face<false>>) return "pointer_cache";
    if (std::is_same_v<Face, cache_face<true>>) return "pointer_cache_with_queue";
    return "sharded_map_3_stable";
  }
};

}  // namespace holdfast::tests
