// Several queues that share the permits of one cache.
#include <holdfast/concurrent/pointer_cache.hpp>

#include <chrono>
#include <cstddef>
#include <vector>

#include <gtest/gtest.h>

#include "tests/unit/concurrent/cached_object.hpp"

namespace {

using namespace std::chrono_literals;
using holdfast::pointer_cache;
using holdfast::concurrent::cache_item;
using holdfast::concurrent::cache_permits;
using holdfast::concurrent::cache_queue;
using holdfast::concurrent::cache_queues;
using holdfast::concurrent::cache_victims;
using holdfast::concurrent::zeroed_memory;
using holdfast::tests::hand_clock;

constexpr int permits = 4 * static_cast<int>(cache_queues::enough);  // for four queues

TEST(PointerCacheQueues, SmallAndWeighedCachesHaveOne) {
  constexpr std::size_t enough = cache_queues::enough;
  EXPECT_EQ(cache_queues::count_for({}), 1U);
  EXPECT_EQ(cache_queues::count_for({.entries = 2 * enough - 1}), 1U);
  EXPECT_EQ(cache_queues::count_for({.entries = 2 * enough}), 2U);
  EXPECT_EQ(cache_queues::count_for({.entries = 7 * enough}), 4U);
  EXPECT_EQ(cache_queues::count_for({.entries = 1000 * enough}), cache_queues::most);
  EXPECT_EQ(cache_queues::count_for({.entries = 1000 * enough, .weight = 1}), 1U);
}

TEST(PointerCacheQueues, PlacesAreCounted) {
  cache_permits few(2);
  EXPECT_TRUE(few.take());
  EXPECT_TRUE(few.take());
  EXPECT_FALSE(few.take());
  few.give_back(1);
  EXPECT_TRUE(few.take());
  EXPECT_FALSE(few.take());
  cache_permits any(0);
  for (int n = 0; n < 10; ++n) EXPECT_TRUE(any.take());
}

// covers hf.cache.bounded
TEST(PointerCacheQueues, EveryPlaceIsUsedAndNoneTwice) {
  pointer_cache<int, int> all(permits);
  for (int key = 0; key < permits; ++key) all.store(key, key);
  ASSERT_EQ(all.size(), std::size_t{permits});
  ASSERT_EQ(all.stats().over_capacity, 0U) << "there was room";
  for (int key = permits; key < 2 * permits; ++key) {
    all.store(key, key);
    ASSERT_EQ(all.size(), std::size_t{permits});
  }
  for (int key = 0; key < 2 * permits; ++key) all.erase(key);
  ASSERT_TRUE(all.empty());
  const auto gone = all.stats().over_capacity;
  for (int key = 0; key < permits; ++key) all.store(key, key);
  EXPECT_EQ(all.size(), std::size_t{permits});
  EXPECT_EQ(all.stats().over_capacity, gone) << "permits of erased entries are free";
}

// All permits are taken in one queue when an item comes to another one.
// covers hf.cache.bounded
TEST(PointerCacheQueues, AnEmptyQueueGetsAPlaceOfAnother) {
  cache_queues queues({.entries = std::size_t{permits}}, zeroed_memory());
  std::vector<cache_item> items(permits + 1);
  const auto admit = [&](cache_item& one) {
    cache_victims victims;
    const auto got = queues.admit(one, nullptr, 0, victims);
    const bool is_first = !victims.empty() && victims.begin()->item.get() == &items[0];
    victims.clear();
    return std::pair{got, is_first};
  };
  for (cache_item& one : items) one.is_queued = true;
  for (int n = 0; n < permits; ++n) {
    ASSERT_EQ(admit(items[static_cast<std::size_t>(n)]), std::pair(cache_queue::answer::done, false));
  }
  items[permits].fingerprint = 1;
  EXPECT_EQ(admit(items[permits]), std::pair(cache_queue::answer::again, true));
  EXPECT_EQ(admit(items[permits]), std::pair(cache_queue::answer::done, false));
  EXPECT_EQ(queues.count().entries, std::size_t{permits});
  for (cache_item& one : items) queues.remove(one);
  EXPECT_EQ(queues.count().entries, 0U);
}

// covers hf.cache.expiry-collects
TEST(PointerCacheQueues, ExpireGoesThroughAll) {
  hand_clock clock;
  pointer_cache<int, int>::options chosen;
  chosen.clock = [&clock] { return clock.now; };
  chosen.capacity = permits;
  chosen.time_to_live = 10s;
  pointer_cache<int, int> all(chosen);
  for (int key = 0; key < 1000; ++key) all.store(key, key);
  clock.now += 10s;
  EXPECT_EQ(all.expire(), 1000U);
  EXPECT_TRUE(all.empty());
}

}  // namespace
