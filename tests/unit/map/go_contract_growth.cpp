// When a table grows and how much of it moves at once: Go's numbers, under Go's policy.
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

#include <holdfast/map/go_map.hpp>
#include <holdfast/map/map.hpp>

#include "tests/unit/map/key_kinds.hpp"
#include "tests/unit/map/policies.hpp"
#include "tests/unit/map/sound.hpp"

namespace {

using holdfast::tests::go_like;
using holdfast::tests::scattered;
using holdfast::tests::sound;
using numbers = go_like<std::uint64_t, std::uint64_t>;

void fill(numbers& map, std::uint64_t from, std::uint64_t to) {
  for (std::uint64_t key = from; key < to; ++key) map[key] = key;
}

// contract M25, T25
// covers hf.table.growth-points
TEST(GoGrowth, StartsAtTheEntriesThatGoNames) {
  numbers map;
  std::vector<std::uint64_t> points;
  std::uint64_t growths = 0;
  for (std::uint64_t entry = 1; entry <= 1700; ++entry) {
    map[entry] = entry;
    if (map.header().growths != growths) points.push_back(entry);
    growths = map.header().growths;
  }
  EXPECT_EQ(points, (std::vector<std::uint64_t>{9, 14, 27, 53, 105, 209, 417, 833, 1665}));
}

struct entries_and_buckets {
  std::uint64_t entries;
  std::size_t buckets;
};

// contract M25, T25
TEST(GoGrowth, HasTheBucketsThatGoHasAfterSoManyEntries) {
  for (const auto& [entries, buckets] : std::vector<entries_and_buckets>{
           {1, 1}, {8, 1}, {9, 2}, {12, 2}, {14, 4}, {24, 4}, {27, 8}, {48, 8}, {53, 16}}) {
    numbers map;
    fill(map, 0, entries);
    EXPECT_EQ(map.stats().buckets, buckets) << entries << " entries";
  }
}

// contract M4, T25
TEST(GoGrowth, AHintChoosesTheLeastArrayThatTakesIt) {
  for (const auto& [hint, buckets] : std::vector<entries_and_buckets>{{0, 1},    {8, 1},    {9, 2},       {13, 2},
                                                                      {14, 4},   {26, 4},   {27, 8},      {52, 8},
                                                                      {53, 16},  {104, 16}, {105, 32},    {208, 32},
                                                                      {209, 64}, {1000, 256}, {10000, 2048},
                                                                      {100000, 16384}, {1000000, 262144}}) {
    auto map = holdfast::go::make_map<std::uint64_t, std::uint64_t>(static_cast<std::int64_t>(hint));
    map.set(1, 1);
    EXPECT_EQ(map.stats().buckets, buckets) << "hint " << hint;
  }
}

// contract M4
TEST(GoGrowth, AHintSparesEveryGrowthOnTheWayToIt) {
  for (const std::uint64_t hint : {1, 8, 9, 13, 14, 52, 53, 1000, 10000}) {
    auto map = holdfast::go::make_map<std::uint64_t, std::uint64_t>(static_cast<std::int64_t>(hint));
    for (std::uint64_t key = 0; key < hint; ++key) map.set(key, key);
    EXPECT_EQ(map.stats().growths, 0u) << "hint " << hint;
  }
}

// contract M5, T25
TEST(GoGrowth, ASmallMapHasNoBucketsBeforeItsFirstEntry) {
  EXPECT_EQ(numbers().stats().buckets, 0u);
  EXPECT_EQ((holdfast::go::make_map<int, int>().stats().buckets), 0u);
  EXPECT_EQ((holdfast::go::make_map<int, int>(8).stats().buckets), 0u);
}

// contract M6, T24
TEST(GoGrowth, AnAbsurdHintIsTakenAsNone) {
  for (const std::int64_t hint : {std::int64_t{-1}, std::int64_t{1} << 62, std::int64_t{-1} << 62, INT64_MAX, INT64_MIN}) {
    auto map = holdfast::go::make_map<int, int>(hint);
    map.set(1, 2);
    EXPECT_EQ(map.get(1), 2);
    EXPECT_EQ(map.stats().buckets, 1u);
  }
}

// contract T33
TEST(GoGrowth, TheLoadFactorIsThirteenHalvesOfEightSlots) {
  EXPECT_EQ(holdfast::go_growth::capacity(1), 8u);
  for (unsigned b = 1; b < 20; ++b) {
    const std::size_t buckets = std::size_t{1} << b;
    EXPECT_EQ(holdfast::go_growth::capacity(buckets), 13 * buckets / 2);
  }
}

// contract M33
// covers hf.table.growth-bounded
TEST(GoGrowth, AWriteMovesAtMostTwoOldBuckets) {
  numbers map;
  std::uint64_t moved = 0;
  for (std::uint64_t key = 0; key < 20000; ++key) {
    map[key] = key;
    ASSERT_LE(map.header().moved_buckets - moved, 2u) << "insert of " << key;
    moved = map.header().moved_buckets;
    if (key % 3 == 0) {
      map.erase(key / 2);
      ASSERT_LE(map.header().moved_buckets - moved, 2u) << "erase of " << key / 2;
      moved = map.header().moved_buckets;
    }
  }
  EXPECT_TRUE(sound(map));
}

// A map of 512 old buckets that has just begun to grow into 1024.
numbers just_growing() {
  numbers map;
  for (std::uint64_t key = 0; key <= 13 * 256; ++key) map[key] = key;
  return map;
}

// contract M33
TEST(GoGrowth, OverwritesOfOneKeyFinishIt) {
  numbers map = just_growing();
  ASSERT_TRUE(map.growing());
  ASSERT_EQ(map.stats().old_buckets, 512u);
  unsigned writes = 1;
  while (map.growing() && writes < 10000) {
    map[7] = writes;
    ++writes;
  }
  EXPECT_GE(writes, 512u / 2);
  EXPECT_LE(writes, 512u - 1);
  EXPECT_EQ(map.stats().old_buckets, 0u);
  EXPECT_TRUE(sound(map));
}

// contract M33, M40
TEST(GoGrowth, ErasuresOfAbsentKeysFinishIt) {
  numbers map = just_growing();
  unsigned writes = 1;
  while (map.growing() && writes < 10000) {
    map.erase(std::uint64_t{1} << 30);
    ++writes;
  }
  EXPECT_LE(writes, 512u - 1);
  EXPECT_EQ(map.size(), 13u * 256 + 1);
}

// contract M15
// covers hf.table.reads-move-nothing
TEST(GoGrowth, ReadsNeverMoveAnything) {
  numbers map = just_growing();
  const auto before = map.stats();
  ASSERT_TRUE(map.growing());
  std::uint64_t found = 0;
  for (std::uint64_t key = 0; key < 100000; ++key) found += map.count(key) + static_cast<bool>(map.get(key));
  for (const auto& entry : map) found += entry.second == entry.first;
  for (const auto& entry : std::as_const(map)) found += entry.second == entry.first;
  EXPECT_EQ(found, 4 * map.size());
  EXPECT_EQ(map.stats().moved_buckets, before.moved_buckets);
  EXPECT_EQ(map.stats().front, before.front);
}

// contract M14
// covers hf.table.findable-in-growth
TEST(GoGrowth, EveryKeyIsFoundAtEveryStepOfIt) {
  numbers map = just_growing();
  while (map.growing()) {
    for (std::uint64_t key = 0; key < map.size(); key += 13) ASSERT_EQ(map.at(key), key);
    ASSERT_FALSE(map.contains(map.size()));
    ASSERT_TRUE(sound(map));
    map.step_growth(7);
  }
}

// contract M23
TEST(GoGrowth, OverwritingNeverStartsItNorChangesTheSize) {
  numbers map;
  fill(map, 0, 13 * 64);  // full to the last
  map.finish_growth();
  const auto before = map.stats();
  for (int round = 0; round < 3; ++round) {
    for (std::uint64_t key = 0; key < 13 * 64; ++key) map[key] = key + 1;
  }
  EXPECT_EQ(map.size(), 13u * 64);
  EXPECT_EQ(map.stats().growths, before.growths);
  EXPECT_EQ(map.stats().buckets, before.buckets);
}

// contract M28
TEST(GoGrowth, NoSecondOneStartsWhileOneIsOn) {
  numbers map;
  for (std::uint64_t key = 0; key < 30000; ++key) {
    const bool was_growing = map.growing();
    const std::uint64_t growths = map.header().growths;
    map[key] = key;
    if (was_growing && map.growing()) {
      ASSERT_EQ(map.header().growths, growths);
    }
  }
}

// contract M29
// covers hf.table.never-shrinks
TEST(GoGrowth, TheArrayNeverShrinksByItself) {
  numbers map;
  fill(map, 0, 10000);
  map.finish_growth();
  const std::size_t buckets = map.stats().buckets;
  ASSERT_EQ(buckets, 2048u);
  for (std::uint64_t key = 0; key < 10000; ++key) map.erase(key);
  EXPECT_EQ(map.size(), 0u);
  EXPECT_EQ(map.stats().buckets, buckets);
  fill(map, 0, 10);
  EXPECT_EQ(map.stats().buckets, buckets);
  map.clear();
  EXPECT_EQ(map.stats().buckets, buckets);
}

// contract M26, M32
// covers hf.table.same-size
TEST(GoGrowth, AMovingWindowOfEntriesIsPackedInPlace) {
  numbers map;
  for (std::uint64_t n = 0; n < 200000; ++n) {
    map[scattered(n)] = n;
    if (n >= 150) map.erase(scattered(n - 150));
  }
  EXPECT_EQ(map.stats().buckets, 32u);
  EXPECT_GT(map.stats().same_size_growths, 10u);
  EXPECT_LT(map.stats().same_size_growths, 500u);
  EXPECT_LE(map.stats().overflow_buckets, 64u);
  for (std::uint64_t n = 200000 - 150; n < 200000; ++n) EXPECT_EQ(map.at(scattered(n)), n);
  EXPECT_TRUE(sound(map));
}

// contract M22, M34: all keys in one chain
TEST(GoGrowth, AChainOfManyOverflowBucketsSurvivesIt) {
  struct all_alike {
    std::size_t operator()(std::uint64_t) const noexcept { return 1; }
  };
  go_like<std::uint64_t, std::uint64_t, all_alike> map;
  for (std::uint64_t key = 0; key < 500; ++key) {
    map[key] = key;
    ASSERT_TRUE(sound(map)) << key;
  }
  EXPECT_GE(map.stats().longest_chain, 500u / 8);
  for (std::uint64_t key = 0; key < 500; ++key) ASSERT_EQ(map.at(key), key);
  for (std::uint64_t key = 0; key < 500; key += 2) ASSERT_EQ(map.erase(key), 1u);
  EXPECT_TRUE(sound(map));
  for (std::uint64_t key = 0; key < 500; ++key) ASSERT_EQ(map.contains(key), key % 2 == 1);
}

// contract M8, M43, M45, T35
// covers hf.hash.seed-per-map
TEST(GoGrowth, EachMapHasItsOwnSeed) {
  EXPECT_NE(numbers().stats().seed, numbers().stats().seed);
}

}  // namespace
