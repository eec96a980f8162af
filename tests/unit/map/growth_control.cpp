// The caller steers growth: steps, pause, reserve, shrink; and what one operation may cost is bounded.
#include <algorithm>
#include <cstdint>

#include <gtest/gtest.h>

#include <holdfast/map/map.hpp>

#include "tests/unit/map/key_kinds.hpp"
#include "tests/unit/map/policies.hpp"
#include "tests/unit/map/sound.hpp"

namespace {

using holdfast::tests::map_under;
using holdfast::tests::sound;

template <class Policy>
class GrowthControl : public testing::Test {
 protected:
  using numbers = map_under<std::uint64_t, std::uint64_t, Policy>;
  static numbers growing(std::uint64_t old_buckets) {
    numbers map;
    while (!map.growing() || map.stats().old_buckets < old_buckets) map[map.size()] = map.size();
    return map;
  }
  static void expect_whole(const numbers& map, std::uint64_t entries) {
    ASSERT_EQ(map.size(), entries);
    for (std::uint64_t key = 0; key < entries; ++key) ASSERT_EQ(map.at(key), key);
    ASSERT_TRUE(sound(map));
  }
};
TYPED_TEST_SUITE(GrowthControl, holdfast::tests::all_policies);

TYPED_TEST(GrowthControl, AStepMovesNoMoreThanItIsTold) {
  auto map = this->growing(64);
  const std::uint64_t entries = map.size();
  while (map.growing()) {
    const std::uint64_t front = map.stats().front;
    const std::uint64_t moved = map.stats().moved_buckets;
    const std::size_t left = map.step_growth(5);
    ASSERT_LE(map.stats().moved_buckets - moved, 5u);
    if (!map.growing()) {
      ASSERT_EQ(left, 0u);
    } else {
      ASSERT_EQ(map.stats().front, front + 5);
      ASSERT_EQ(left, map.stats().old_buckets - map.stats().front);
    }
    this->expect_whole(map, entries);
  }
  EXPECT_EQ(map.step_growth(5), 0u);
}

TYPED_TEST(GrowthControl, FinishMovesTheRest) {
  auto map = this->growing(32);
  map.finish_growth();
  EXPECT_FALSE(map.growing());
  EXPECT_EQ(map.stats().old_buckets, 0u);
  this->expect_whole(map, map.size());
  map.finish_growth();
}

// covers hf.map.paused
TYPED_TEST(GrowthControl, APausedMapNeitherStartsNorContinues) {
  auto map = this->growing(16);
  EXPECT_FALSE(map.growth_paused());
  map.pause_growth();
  EXPECT_TRUE(map.growth_paused());
  const auto before = map.stats();
  for (std::uint64_t key = map.size(); key < 3000; ++key) {
    map[key] = key;
    map[key / 2] = key / 2;
  }
  EXPECT_EQ(map.stats().moved_buckets, before.moved_buckets);
  EXPECT_EQ(map.stats().buckets, before.buckets);
  EXPECT_GT(map.stats().longest_chain, 2u);
  this->expect_whole(map, 3000);
  map.resume_growth();
  for (std::uint64_t key = 3000; key < 10000; ++key) map[key] = key;
  EXPECT_GT(map.stats().buckets, before.buckets);
  map.finish_growth();
  this->expect_whole(map, 10000);
  EXPECT_LT(map.stats().longest_chain, 8u);
}

// covers hf.map.reserved, hf.memory.fresh-pages-are-zero
TYPED_TEST(GrowthControl, ReservedRoomIsFilledWithoutGrowth) {
  for (const std::uint64_t entries : {1, 5, 8, 9, 100, 1000, 50000}) {
    typename TestFixture::numbers map;
    map.reserve(entries);
    const auto before = map.stats();
    for (std::uint64_t key = 0; key < entries; ++key) map[key] = key;
    ASSERT_EQ(map.stats().growths, before.growths) << entries;
    ASSERT_EQ(map.stats().buckets, before.buckets) << entries;
    this->expect_whole(map, entries);
  }
}

TYPED_TEST(GrowthControl, ReserveInMidGrowthKeepsEverything) {
  auto map = this->growing(16);
  const std::uint64_t entries = map.size();
  map.reserve(20000);
  this->expect_whole(map, entries);
  const auto before = map.stats();
  for (std::uint64_t key = entries; key < 20000; ++key) map[key] = key;
  EXPECT_EQ(map.stats().growths, before.growths);
}

TYPED_TEST(GrowthControl, AConstructorsHintIsAReservation) {
  typename TestFixture::numbers map(5000);
  for (std::uint64_t key = 0; key < 5000; ++key) map[key] = key;
  EXPECT_EQ(map.stats().growths, 0u);
}

// contract M29
// covers hf.map.shrinks-on-demand
TYPED_TEST(GrowthControl, ShrinkToFitGivesBackOnDemand) {
  typename TestFixture::numbers map;
  for (std::uint64_t key = 0; key < 50000; ++key) map[key] = key;
  for (std::uint64_t key = 100; key < 50000; ++key) map.erase(key);
  const auto before = map.stats();
  map.shrink_to_fit();
  const auto after = map.stats();
  EXPECT_LT(after.buckets, before.buckets / 100);
  EXPECT_LT(after.bytes, before.bytes / 10);
  this->expect_whole(map, 100);
  for (std::uint64_t key = 100; key < 5000; ++key) map[key] = key;
  this->expect_whole(map, 5000);
  map.clear();
  map.shrink_to_fit();
  EXPECT_EQ(map.stats().bytes, 0u);
  EXPECT_EQ(map.stats().buckets, 0u);
  map[1] = 1;
  EXPECT_EQ(map.at(std::uint64_t{1}), 1u);
}

TYPED_TEST(GrowthControl, ShrinkInMidGrowthKeepsEverything) {
  for (std::uint64_t erased = 0; erased < 8; ++erased) {
    auto map = this->growing(32);
    const std::uint64_t entries = map.size();
    for (std::uint64_t key = entries * erased / 8; key < entries; ++key) map.erase(key);
    map.shrink_to_fit();
    this->expect_whole(map, entries * erased / 8);
  }
}

TYPED_TEST(GrowthControl, ShrinkOfOneLongChainKeepsEverything) {
  map_under<int, int, TypeParam, holdfast::tests::constant_hash> map;
  for (int key = 0; key < 300; ++key) map[key] = key;
  for (int key = 100; key < 300; ++key) map.erase(key);
  map.shrink_to_fit();
  EXPECT_TRUE(sound(map));
  for (int key = 0; key < 100; ++key) ASSERT_EQ(map.at(key), key);
}

TYPED_TEST(GrowthControl, RehashTakesBothDirections) {
  typename TestFixture::numbers map;
  for (std::uint64_t key = 0; key < 1000; ++key) map[key] = key;
  map.rehash(100000);
  EXPECT_GE(map.bucket_count() * map.stats().slots_per_bucket, 100000u);
  this->expect_whole(map, 1000);
  map.rehash(0);
  EXPECT_LT(map.bucket_count() * map.stats().slots_per_bucket, 10000u);
  this->expect_whole(map, 1000);
}

TYPED_TEST(GrowthControl, WalksLiveThroughSteps) {
  auto map = this->growing(64);
  const std::uint64_t entries = map.size();
  std::uint64_t met = 0;
  std::uint64_t sum = 0;
  for (const auto& [key, value] : map) {
    ++met;
    sum += key;
    if (met % 3 == 0) map.step_growth(1);
  }
  EXPECT_EQ(met, entries);
  EXPECT_EQ(sum, entries * (entries - 1) / 2);
}

// contract M33, X7: counted, not timed
// covers hf.table.growth-bounded
TYPED_TEST(GrowthControl, WorkPerInsertStaysBoundedUpToAMillion) {
  typename TestFixture::numbers map;
  std::uint64_t moved = 0;
  std::uint64_t front = 0;
  std::uint64_t worst = 0;
  for (std::uint64_t key = 0; key < 1'000'000; ++key) {
    map[key] = key;
    const auto& header = map.header();
    worst = std::max(worst, header.moved_buckets - moved);
    if (header.growth != holdfast::table::growth_kind::none && header.front < front) front = 0;
    ASSERT_LE(header.front, front + TypeParam::buckets_per_write) << "the front leapt at " << key;
    front = header.front;
    moved = header.moved_buckets;
  }
  EXPECT_LE(worst, std::uint64_t{TypeParam::buckets_per_write});
  EXPECT_GT(moved, 0u);
  EXPECT_TRUE(sound(map));
}

// Growth must be over before the next one is due, whatever the mix of writes.
TYPED_TEST(GrowthControl, GrowthKeepsUpWithInserts) {
  typename TestFixture::numbers map;
  std::uint64_t longest = 0;
  for (std::uint64_t key = 0; key < 200000; ++key) {
    map[holdfast::tests::scattered(key)] = key;
    if (key % 4096 == 0) longest = std::max<std::uint64_t>(longest, map.stats().longest_chain);
  }
  EXPECT_LE(longest, 10u);
}

}  // namespace
