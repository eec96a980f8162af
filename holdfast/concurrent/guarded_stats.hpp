// Figures of a locked or sharded map, as a value.
#pragma once

#include <algorithm>
#include <cstdint>

#include <holdfast/table/stats.hpp>

namespace holdfast::inline v0::concurrent {

struct guarded_stats {
  std::uint64_t entries = 0;
  std::uint64_t bytes = 0;  // held for buckets, overflow buckets and boxes
  std::uint64_t buckets = 0;
  std::uint64_t shards = 0;
  std::uint64_t growing_shards = 0;
  std::uint64_t fullest_shard = 0;   // entries of it
  std::uint64_t emptiest_shard = 0;  // entries of it
  std::uint64_t longest_chain = 0;  // in buckets
  std::uint64_t growths = 0;

  void add(const table::stats& shard) noexcept {
    entries += shard.entries;
    bytes += shard.bytes;
    buckets += shard.buckets;
    emptiest_shard = shards == 0 ? shard.entries : std::min(emptiest_shard, shard.entries);
    shards += 1;
    growing_shards += shard.growing ? 1 : 0;
    fullest_shard = std::max(fullest_shard, shard.entries);
    longest_chain = std::max(longest_chain, shard.longest_chain);
    growths += shard.growths;
  }
};

}  // namespace holdfast::inline v0::concurrent
