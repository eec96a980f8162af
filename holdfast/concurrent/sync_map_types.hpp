// Everything a sync_map is made of, and what becomes of its entries.
#pragma once

#include <concepts>
#include <type_traits>

#include <holdfast/base/hash/hash.hpp>
#include <holdfast/concurrent/block_owner.hpp>
#include <holdfast/concurrent/sync_map_policy.hpp>

namespace holdfast::inline v0::concurrent {

template <class Key, class T, class Hash, class Equal, class Allocator, class Policy = plain_entries>
struct sync_types {
  using key_type = Key;
  using mapped_type = T;
  using hasher = Hash;
  using key_equal = Equal;
  using allocator = Allocator;
  using owner = block_owner<Allocator>;
  static constexpr bool gives_references = concurrent::gives_references<Policy>;
};

template <class Key, class Hash>
inline constexpr bool hash_is_cheap =
    (std::integral<Key> || std::is_enum_v<Key> || std::is_pointer_v<Key>) && std::same_as<Hash, hash<Key>>;

}  // namespace holdfast::inline v0::concurrent
