// What a sharded map does that no other needs to: spread keys, hash once, name its shards.
#include <holdfast/concurrent/sharded_map.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <holdfast/base/hash/fnv1a.hpp>
#include <holdfast/concurrent/locked_map.hpp>

#include "tests/unit/map/key_kinds.hpp"

namespace {

template <class Map>
void expect_spread(const Map& map, std::uint64_t entries) {
  const auto stats = map.stats();
  EXPECT_EQ(stats.entries, entries);
  EXPECT_EQ(stats.shards, 32U);
  // 3200 a shard; five standard deviations are 280 more or less.
  EXPECT_LT(stats.fullest_shard, entries / 32 + 280);
  EXPECT_GT(stats.emptiest_shard, entries / 32 - 280);
  EXPECT_LE(stats.longest_chain, 8U) << "the bits that choose the shard are missing inside it";
  EXPECT_FALSE(map.audit());
}

// covers hf.concurrent.spread
TEST(ShardedMap, SpreadsKeysOfAllKinds) {
  constexpr std::uint64_t entries = 32 * 3200;
  holdfast::sharded_map<std::uint64_t, int> consecutive;
  holdfast::sharded_map<std::uint64_t, int> scattered;
  holdfast::sharded_map<std::uint64_t, int> addresses;
  holdfast::sharded_map<std::string, int> texts;
  for (std::uint64_t n = 0; n < entries; ++n) {
    consecutive.store(n, 1);
    scattered.store(holdfast::tests::scattered(n), 1);
    addresses.store(0x5588'0000'0000 + 48 * n, 1);
    texts.store("key " + std::to_string(n), 1);
  }
  expect_spread(consecutive, entries);
  expect_spread(scattered, entries);
  expect_spread(addresses, entries);
  expect_spread(texts, entries);
}

struct counting_hash {
  static inline int calls = 0;
  std::uint64_t operator()(int key, std::uint64_t seed) const noexcept {
    ++calls;
    return holdfast::hash<int>()(key, seed);
  }
};

// covers hf.concurrent.hashed-once
TEST(ShardedMap, HashesAKeyOnceACall) {
  holdfast::sharded_map<int, int, counting_hash> map(1000);  // nothing is hashed again by growth
  const auto calls_of = [&](auto use) {
    counting_hash::calls = 0;
    use();
    return counting_hash::calls;
  };
  EXPECT_EQ(calls_of([&] { map.store(1, 1); }), 1);
  EXPECT_EQ(calls_of([&] { (void)map.load(1); }), 1);
  EXPECT_EQ(calls_of([&] { (void)map.pin(1); }), 1);
  EXPECT_EQ(calls_of([&] { (void)map.load(2); }), 1);
  EXPECT_EQ(calls_of([&] { (void)map.compare_exchange(1, 1, 2); }), 1);
}

// contract of A1's sharding: the hash that other programs shard by
TEST(ShardedMap, TakesFnv1aAsItsHash) {
  constexpr holdfast::fnv1a hash;
  // The published values of FNV-1a, 64 bits.
  EXPECT_EQ(hash(std::string_view()), 0xcbf29ce484222325ULL);
  EXPECT_EQ(hash(std::string_view("a")), 0xaf63dc4c8601ec8cULL);
  EXPECT_EQ(hash(std::string_view("foobar")), 0x85944171f73967e8ULL);
  EXPECT_EQ(hash(std::uint32_t{0x61}), hash(std::string_view("a\0\0\0", 4)));
  holdfast::sharded_map<std::string, int, holdfast::fnv1a> map;
  for (int n = 0; n < 1000; ++n) map.store("key " + std::to_string(n), n);
  for (int n = 0; n < 1000; ++n) ASSERT_EQ(map.load(std::string_view("key " + std::to_string(n))), n);
}

// An entry moves from key to key all the time. Counted shard by shard it could be missed, or met twice.
// covers hf.concurrent.one-instant
TEST(ShardedMap, SizeIsOfOneInstant) {
  holdfast::sharded_map<int, int> map;
  for (int key = 0; key < 100; ++key) map.store(-1 - key, 0);
  map.store(0, 0);
  std::atomic<bool> over{false};
  std::atomic<int> moves{0};
  std::thread mover([&] {
    for (int key = 0; !over; ++key, ++moves) {
      map.store(key + 1, 0);
      map.erase(key);
    }
  });
  // Until so many counts had a move or more under way, however long that takes on a busy machine.
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  for (int met = 0; met < 2000 && !HasFailure() && std::chrono::steady_clock::now() < end;) {
    const int before = moves;
    const std::size_t size = map.size();
    met += moves != before ? 1 : 0;
    EXPECT_TRUE(size == 101 || size == 102) << size;
  }
  over = true;
  mover.join();
}

TEST(ShardedMap, IsAsWideAsWanted) {
  holdfast::sharded_map<int, int, holdfast::hash<int>, holdfast::equal_to<int>,
                        std::allocator<std::pair<const int, int>>, holdfast::shards<7>>
      map;
  for (int n = 0; n < 7000; ++n) map.store(n, n);
  EXPECT_EQ(map.stats().shards, 7U);
  EXPECT_LT(map.stats().fullest_shard, 1200U);
  EXPECT_EQ(map.size(), 7000U);
}

TEST(ShardedMap, ReservedRoomIsFilledWithoutGrowth) {
  holdfast::sharded_map<std::uint64_t, int> map;
  map.reserve(50'000);
  const auto growths = map.stats().growths;
  for (std::uint64_t n = 0; n < 50'000; ++n) map.store(holdfast::tests::scattered(n), 1);
  EXPECT_EQ(map.stats().growths, growths);
}

TEST(ShardedMap, ShardsDoNotShareLines) {
  using map = holdfast::sharded_map<int, int>;
  EXPECT_EQ(alignof(map) % 128, 0U);
  EXPECT_EQ(alignof(holdfast::locked_map<int, int>) % 128, 0U);
}

std::vector<std::string> names_alive() {
  std::vector<std::string> names;
  holdfast::observe::live_set::for_each([&](const auto& one) { names.emplace_back(one.name, one.name_length); });
  return names;
}

TEST(ShardedMap, NamedStandsInTheLiveSetShardByShard) {
  holdfast::sharded_map<int, int> sharded;
  holdfast::locked_map<int, int> locked;
  sharded.name("sessions");
  locked.name("users");
  const auto names = names_alive();
  const auto count = [&](const char* name) { return std::count(names.begin(), names.end(), name); };
  EXPECT_EQ(count("sessions/0"), 1);
  EXPECT_EQ(count("sessions/31"), 1);
  EXPECT_EQ(count("users"), 1);
  sharded.store(1, 1);
  sharded.clear();  // a shard keeps its name
  EXPECT_EQ(names_alive(), names);
}

}  // namespace
