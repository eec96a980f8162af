// What a cache remembers of entries that it gave up.
#include <holdfast/concurrent/pointer_cache_ghosts.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>

#include <gtest/gtest.h>

namespace {

using ghosts = holdfast::concurrent::cache_ghosts;
using from = ghosts::from;
constexpr ghosts::limits many{1000, 1000};

// The n-th of a row of fingerprints that are spread over all lines.
std::uint32_t print_of(std::uint32_t n) { return n * 2'654'435'769U; }

// covers hf.cache.ghosts
TEST(PointerCacheGhosts, TellWhichListGaveAKeyUpOnce) {
  ghosts all;
  all.make_room_for(100, 100);
  all.remember(1, from::trial, many);
  all.remember(2, from::proven, many);
  EXPECT_EQ(all.take(3, many), std::nullopt);
  EXPECT_EQ(all.take(1, many), from::trial);
  EXPECT_EQ(all.take(1, many), std::nullopt);
  EXPECT_EQ(all.take(2, many), from::proven);
}

// covers hf.cache.ghosts
TEST(PointerCacheGhosts, KeepTheLatestOfEachList) {
  ghosts all;
  all.make_room_for(1000, 1000);
  const ghosts::limits few{10, 20};
  for (std::uint32_t n = 0; n < 200; ++n) all.remember(print_of(n), n % 2 == 0 ? from::trial : from::proven, few);
  EXPECT_EQ(all.count(from::trial), 10U);
  EXPECT_EQ(all.count(from::proven), 20U);
  EXPECT_EQ(all.take(print_of(178), few), std::nullopt) << "eleven came after it";
  EXPECT_EQ(all.take(print_of(180), few), from::trial);
  EXPECT_EQ(all.take(print_of(159), few), std::nullopt);
  EXPECT_EQ(all.take(print_of(161), few), from::proven);
  EXPECT_EQ(all.count(from::trial), 9U);
  EXPECT_EQ(all.count(from::proven), 19U);
}

// covers hf.cache.ghosts
TEST(PointerCacheGhosts, FindNearlyAllOfWhatTheyHaveRoomFor) {
  constexpr std::uint32_t entries = 4096;
  ghosts all;
  all.make_room_for(entries, entries);
  const ghosts::limits half{entries / 2, entries / 2};
  for (std::uint32_t n = 0; n < 10 * entries; ++n)
    all.remember(print_of(n), n % 2 == 0 ? from::trial : from::proven, half);
  std::size_t found = 0;
  for (std::uint32_t n = 9 * entries; n < 10 * entries; ++n) found += all.take(print_of(n), half) ? 1 : 0;
  EXPECT_GT(found, entries * 95 / 100);
}

// covers hf.cache.ghosts
TEST(PointerCacheGhosts, AFingerprintOfZeroIsOneLikeOthers) {
  ghosts all;
  all.make_room_for(100, 100);
  EXPECT_EQ(all.take(0, many), std::nullopt);
  all.remember(0, from::proven, many);
  EXPECT_EQ(all.take(0, many), from::proven);
}

// covers hf.cache.ghosts-are-hints
TEST(PointerCacheGhosts, WithoutRoomNothingIsRemembered) {
  ghosts all;
  all.remember(1, from::trial, many);
  EXPECT_EQ(all.take(1, many), std::nullopt);
  EXPECT_EQ(all.count(from::trial), 0U);
  all.make_room_for(10, 100);
  all.remember(1, from::trial, many);
  all.make_room_for(20, 100);
  EXPECT_EQ(all.take(1, many), from::trial) << "there was room for twice as many";
  all.remember(1, from::trial, many);
  all.make_room_for(21, 100);
  EXPECT_EQ(all.take(1, many), std::nullopt) << "larger ones begin empty";
  EXPECT_EQ(all.count(from::trial), 0U);
}

}  // namespace
