// A map for many threads, cut into shards that each have a map and a reader-writer lock of their own.
//
// Threads get in each other's way only where their keys fall into one shard; growth happens shard by
// shard. Members that concern one key take one lock. Those that concern the whole map at one instant
// (size, empty, snapshot, clear) take all of them, in order, and cost accordingly.
//
// A key is hashed once. The shard is chosen by high bits of the hash that the maps inside do not use:
//
//   bits 56..63  the top, inside the shard       bits 32..47  the shard
//   bits 48..51  the place in the bucket         bits  4..    the bucket, inside the shard
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include <holdfast/base/hash/random.hpp>
#include <holdfast/concurrent/guarded_map.hpp>
#include <holdfast/concurrent/hashed_key.hpp>
#include <holdfast/concurrent/lock_shard.hpp>
#include <holdfast/map/map.hpp>

namespace holdfast::inline v0 {

// How many shards, and how the map in each grows. An empty sharded map holds 512 bytes a shard.
template <std::size_t Count = 32, class Policy = fast_growth>
struct shards {
  static_assert(Count >= 1 && Count <= 4096, "holdfast: between 1 and 4096 shards");
  static constexpr std::size_t count = Count;
  using policy = Policy;
};

namespace concurrent {

template <class Key, class T, class Hash, class Equal, class Allocator, class Shards>
class many_shards {
 public:
  using map_type = map<Key, T, shard_hash<Hash>, shard_equal<Equal>, Allocator, typename Shards::policy>;
  using shard = lock_shard<map_type>;
  using hasher = Hash;
  using key_equal = Equal;
  static constexpr std::size_t shard_count = Shards::count;

  many_shards(std::size_t entries, const Hash& hash, const Equal& equal, const Allocator& memory)
      : many_shards(share_of(entries), shard_hash<Hash>{hash, random_word()}, shard_equal<Equal>{equal}, memory,
                    std::make_index_sequence<shard_count>()) {}

  template <class Q>
  [[nodiscard]] routed<shard, hashed_key<Key, Q>> route(Q&& key) const {
    const std::uint64_t hash = finished_hash(hash_.hash, key, hash_.seed);
    return {shards_[place_of(hash)], {std::forward<Q>(key), hash}};
  }
  [[nodiscard]] shard& at(std::size_t number) const noexcept { return shards_[number]; }
  template <class Q>
  [[nodiscard]] std::size_t number_of(const Q& key) const {
    return place_of(finished_hash(hash_.hash, key, hash_.seed));
  }
  [[nodiscard]] map_type fresh(const map_type& like) const {
    return map_type(0, like.hash_function(), like.key_eq(), like.get_allocator());
  }

  // What each shard takes of so many entries: an even share, and a little for chance.
  [[nodiscard]] static constexpr std::size_t share_of(std::size_t entries) noexcept {
    if (entries == 0 || shard_count == 1) return entries;
    const std::size_t even = entries / shard_count + 1;
    return even + even / 16 + 8;
  }

 private:
  template <std::size_t... Number>
  many_shards(std::size_t entries, const shard_hash<Hash>& hash, const shard_equal<Equal>& equal,
              const Allocator& memory, std::index_sequence<Number...>)
      : hash_(hash), shards_{(static_cast<void>(Number), shard(entries, hash, equal, memory))...} {}

  [[nodiscard]] static constexpr std::size_t place_of(std::uint64_t hash) noexcept {
    return ((hash >> 32 & 0xffff) * shard_count) >> 16;
  }

  shard_hash<Hash> hash_;
  mutable std::array<shard, shard_count> shards_;
};

}  // namespace concurrent

template <class Key, class T, class Hash = hash<Key>, class Equal = equal_to<Key>,
          class Allocator = std::allocator<std::pair<const Key, T>>, class Shards = shards<32>>
class sharded_map
    : public concurrent::guarded_map<concurrent::many_shards<Key, T, Hash, Equal, Allocator, Shards>> {
  using base = concurrent::guarded_map<concurrent::many_shards<Key, T, Hash, Equal, Allocator, Shards>>;

 public:
  using base::base;
};

}  // namespace holdfast::inline v0
