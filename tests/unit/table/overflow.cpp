// Chains that overflow: the filter in front of them, and the entries that come back.
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <holdfast/map/map.hpp>

namespace {

using holdfast::table::filter_of;
using holdfast::table::overflow_filter;

// The key is its hash: the top is its highest byte, its bit in the filter the highest three, its bucket bits 4 and up.
struct as_it_is {
  std::uint64_t operator()(std::uint64_t key, std::uint64_t) const noexcept { return key; }
};
using plain_map = holdfast::map<std::uint64_t, int, as_it_is>;

std::uint64_t key_of(std::uint64_t top, std::uint64_t number) { return top << 56 | number << 20; }
const overflow_filter& filter_in(const plain_map& map, std::uint64_t bucket) {
  return filter_of(map.header().now.tops, bucket);
}

// In 16 buckets: `count` keys of bucket 0 whose bit in the filter is `bit`.
void add(plain_map& map, std::uint64_t bit, std::uint64_t from, std::uint64_t count) {
  for (std::uint64_t i = from; i < from + count; ++i) map[key_of(bit << 5 | 7, i)] = 1;
}
plain_map sixteen_buckets() {
  plain_map map;
  map.reserve(200);
  return map;
}

TEST(OverflowFilter, HoldsWhatWasAddedUntilItIsCleared) {
  overflow_filter filter;
  EXPECT_TRUE(filter.empty());
  for (std::uint64_t bit = 0; bit < 8; ++bit) {
    EXPECT_FALSE(filter.may_hold(bit << 61));
    filter.add(bit << 61);
    for (std::uint64_t other = 0; other < 8; ++other) EXPECT_EQ(filter.may_hold(other << 61 | 12345), other <= bit);
  }
  filter.clear();
  EXPECT_TRUE(filter.empty());
}

TEST(OverflowFilter, LiesBelowTheTops) {
  std::vector<unsigned char> bytes(32);
  auto* const tops = reinterpret_cast<holdfast::table::top*>(bytes.data() + 16);
  filter_of(tops, 0).add(0);
  filter_of(tops, 15).add(1ull << 61);
  EXPECT_EQ(bytes[15], 1);
  EXPECT_EQ(bytes[0], 2);
}

// covers hf.table.overflow-filter
TEST(Overflow, AFullBucketThatNothingFollowsHasAnEmptyFilter) {
  plain_map map = sixteen_buckets();
  add(map, 3, 0, 16);
  EXPECT_TRUE(filter_in(map, 0).empty());
  add(map, 5, 16, 1);
  for (std::uint64_t bit = 0; bit < 8; ++bit) EXPECT_EQ(filter_in(map, 0).may_hold(bit << 61), bit == 5);
  EXPECT_FALSE(map.audit());
}

// covers hf.table.overflow-filter
TEST(Overflow, TheFilterForgetsWhoIsErased) {
  plain_map map = sixteen_buckets();
  add(map, 3, 0, 16);
  add(map, 5, 16, 1);
  add(map, 6, 17, 1);
  map.erase(key_of(5u << 5 | 7, 16));
  EXPECT_FALSE(filter_in(map, 0).may_hold(5ull << 61));
  EXPECT_TRUE(filter_in(map, 0).may_hold(6ull << 61));
  map.erase(key_of(6u << 5 | 7, 17));
  EXPECT_TRUE(filter_in(map, 0).empty());
  EXPECT_EQ(map.stats().overflow_buckets, 0u);
}

// covers hf.table.overflow-filter
TEST(Overflow, GrowthMakesFiltersAnew) {
  plain_map map = sixteen_buckets();
  for (std::uint64_t i = 0; i < 300; ++i) map[key_of(i % 8 << 5 | 7, i)] = 1;  // all in bucket 0, through two doublings
  while (map.growing()) {
    ASSERT_FALSE(map.audit()) << map.audit()->text;
    map.step_growth(1);
  }
  EXPECT_GT(map.stats().overflow_buckets, 0u);
  EXPECT_FALSE(map.audit());
  map.shrink_to_fit();
  EXPECT_FALSE(map.audit());
  map.clear();
  EXPECT_TRUE(filter_in(map, 0).empty());
  EXPECT_FALSE(map.audit());
}

TEST(Overflow, AnAuditMissesWhoIsNotInTheFilter) {
  plain_map map = sixteen_buckets();
  add(map, 3, 0, 17);
  auto& filter = const_cast<overflow_filter&>(filter_in(map, 0));
  const overflow_filter before = filter;
  filter.clear();
  ASSERT_TRUE(map.audit());
  EXPECT_STREQ(map.audit()->invariant, "hf.table.overflow-filter");
  filter.add(0);
  ASSERT_TRUE(map.audit());
  EXPECT_STREQ(map.audit()->invariant, "hf.table.overflow-filter");
  filter = before;
  EXPECT_FALSE(map.audit());
}

// covers hf.table.taken-back
TEST(Overflow, AnInsertThatFindsTwoVacantSlotsTakesAnEntryBack) {
  plain_map map = sixteen_buckets();
  add(map, 3, 0, 17);
  map.erase(key_of(3u << 5 | 7, 0));
  add(map, 3, 100, 1);  // into the only vacant slot
  EXPECT_EQ(map.stats().overflow_buckets, 1u);
  map.erase(key_of(3u << 5 | 7, 1));
  map.erase(key_of(3u << 5 | 7, 2));
  EXPECT_EQ(map.stats().overflow_buckets, 1u) << "an erasure moves nothing";
  add(map, 3, 101, 1);
  EXPECT_EQ(map.stats().overflow_buckets, 0u);
  EXPECT_TRUE(filter_in(map, 0).empty());
  EXPECT_EQ(map.size(), 16u);
  for (const std::uint64_t i : {3, 16, 100, 101}) EXPECT_TRUE(map.contains(key_of(3u << 5 | 7, i))) << i;
  EXPECT_FALSE(map.audit());
}

// covers hf.table.taken-back
TEST(Overflow, NothingComesBackUnderAWalk) {
  plain_map map = sixteen_buckets();
  add(map, 3, 0, 17);
  auto walk = map.begin();
  map.erase(key_of(3u << 5 | 7, 1));
  map.erase(key_of(3u << 5 | 7, 2));
  add(map, 3, 101, 1);
  EXPECT_EQ(map.stats().overflow_buckets, 1u);
  std::size_t met = 0;
  for (; walk != map.end(); ++walk) ++met;
  EXPECT_GE(met, 14u);
  EXPECT_LE(met, 16u);
}

// covers hf.table.taken-back
TEST(Overflow, LightIteratorsAreToldThatAnEntryCameBack) {
  plain_map map = sixteen_buckets();
  add(map, 3, 0, 17);
  const auto light = map.find(key_of(3u << 5 | 7, 16));
  map.erase(key_of(3u << 5 | 7, 1));
  map.erase(key_of(3u << 5 | 7, 2));
  add(map, 3, 101, 1);
  EXPECT_DEATH(static_cast<void>(*light), "moved");
}

// Content that changes at a constant size: without taking back every fourth chain overflows in the end.
// covers hf.table.taken-back
TEST(Overflow, StaysRareHoweverLongTheContentChanges) {
  holdfast::map<std::uint64_t, std::uint64_t> map;
  constexpr std::uint64_t entries = 11'060;  // 10.8 for each of 1024 buckets
  std::uint64_t next = 0;
  for (; next < entries; ++next) map[next * 0x9e3779b97f4a7c15u] = next;
  for (; next < 8 * entries; ++next) {
    map.erase((next - entries) * 0x9e3779b97f4a7c15u);
    map[next * 0x9e3779b97f4a7c15u] = next;
  }
  const auto now = map.stats();
  EXPECT_EQ(now.entries, entries);
  EXPECT_LT(now.overflow_buckets * 7, now.buckets);
  EXPECT_FALSE(map.audit());
}

// A hash that may throw is not asked for what is only a convenience; what is in overflow buckets stays there.
struct may_throw {
  std::size_t operator()(std::uint64_t key) const {
    if (key == ~std::uint64_t{0}) throw std::invalid_argument("no hash");
    return 0;
  }
};
TEST(Overflow, WorksWithAHashThatMayThrow) {
  holdfast::map<std::uint64_t, int, may_throw> map;
  for (std::uint64_t key = 0; key < 100; ++key) map[key] = 1;
  for (std::uint64_t key = 0; key < 90; ++key) map.erase(key);
  for (std::uint64_t key = 200; key < 260; ++key) map[key] = 2;
  EXPECT_EQ(map.size(), 70u);
  EXPECT_FALSE(map.audit());
  for (std::uint64_t key = 90; key < 100; ++key) EXPECT_TRUE(map.contains(key));
}

}  // namespace
