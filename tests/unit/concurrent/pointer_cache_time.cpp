// Time to live, idle time, known absence, by a clock that stands until it is moved.
#include <holdfast/concurrent/pointer_cache.hpp>

#include <chrono>
#include <memory>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "tests/unit/concurrent/cached_object.hpp"

namespace {

using namespace std::chrono_literals;
using holdfast::pointer_cache;
using holdfast::removal_cause;
using holdfast::tests::hand_clock;
using cache = pointer_cache<int, int>;

struct PointerCacheTime : testing::Test {
  hand_clock clock;
  std::vector<int> expired;
  cache::options with() {
    cache::options chosen;
    chosen.clock = [this] { return clock.now; };
    chosen.on_removal = [this](int key, const int*, removal_cause cause) {
      if (cause == removal_cause::expired) expired.push_back(key);
    };
    return chosen;
  }
};

// covers hf.cache.time-to-live
TEST_F(PointerCacheTime, AnEntryIsThereUntilItsTimeIsOver) {
  auto chosen = with();
  chosen.time_to_live = 10s;
  cache all(chosen);
  all.store(1, 10);
  clock.now += 10s - 1ns;
  EXPECT_TRUE(all.load(1));
  EXPECT_TRUE(all.update(1, [](int& copy) { ++copy; }));
  clock.now += 1ns;
  EXPECT_TRUE(all.load(1)) << "an update counts from anew";
  clock.now += 10s - 2ns;
  EXPECT_TRUE(all.load(1));
  clock.now += 1ns;
  EXPECT_FALSE(all.load(1));
  EXPECT_FALSE(all.update(1, [](int&) { FAIL(); }));
  EXPECT_FALSE(all.modify(1, [](int&) { FAIL(); }));
  all.for_each([](int, int) { FAIL(); });
  EXPECT_FALSE(all.erase(1));
  EXPECT_EQ(expired, (std::vector{1}));
}

// covers hf.cache.time-to-live
TEST_F(PointerCacheTime, WhatIsHeldOutlivesItsTime) {
  auto chosen = with();
  chosen.time_to_live = 1s;
  cache all(chosen);
  all.store(1, 10);
  const auto held = all.load(1);
  clock.now += 1h;
  EXPECT_EQ(all.expire(), 1U);
  holdfast::tests::settle_cache();
  EXPECT_EQ(*held, 10);
}

// covers hf.cache.time-to-live
TEST_F(PointerCacheTime, AnExpiredEntryGivesWayAsIfItWereNotThere) {
  auto chosen = with();
  chosen.time_to_live = 1s;
  cache all(chosen);
  all.store(1, 10);
  clock.now += 2s;
  EXPECT_TRUE(all.compare_exchange(1, nullptr, 11));
  clock.now += 2s;
  const auto made = all.load_or_make(1, [] { return 12; });
  EXPECT_FALSE(made.loaded);
  EXPECT_EQ(*made.value, 12);
  EXPECT_EQ(*all.load(1), 12);
  EXPECT_EQ(expired, (std::vector{1, 1}));
}

// covers hf.cache.time-to-live
TEST_F(PointerCacheTime, StoreForHasATimeOfItsOwn) {
  auto chosen = with();
  chosen.time_to_live = 10s;
  cache all(chosen);
  all.store_for(1, 1s, 10);
  all.store_for(2, 0s, 20);
  all.store(3, 30);
  clock.now += 1s;
  EXPECT_FALSE(all.load(1));
  EXPECT_TRUE(all.load(2));
  clock.now += 1h;
  EXPECT_TRUE(all.load(2));
  EXPECT_FALSE(all.load(3));
}

// covers hf.cache.time-to-idle
TEST_F(PointerCacheTime, AnEntryThatIsUsedStays) {
  auto chosen = with();
  chosen.time_to_idle = 16s;
  cache all(chosen);
  all.store(1, 10);
  all.store(2, 20);
  for (int i = 0; i < 20; ++i) {
    clock.now += 10s;
    ASSERT_TRUE(all.load(1));
  }
  EXPECT_FALSE(all.load(2));
  clock.now += 15s;
  EXPECT_TRUE(all.load(1)) << "exact to a sixteenth";
  clock.now += 16s;
  EXPECT_FALSE(all.load(1));
}

// covers hf.cache.expiry-collects
TEST_F(PointerCacheTime, WritesTakeOutWhatIsOver) {
  auto chosen = with();
  chosen.time_to_live = 10s;
  cache all(chosen);
  for (int key = 0; key < 100; ++key) all.store(key, key);
  clock.now += 10s;
  EXPECT_EQ(all.size(), 100U);
  for (int key = 1000; key < 1060; ++key) all.store(key, key);
  EXPECT_EQ(all.size(), 60U);
  EXPECT_EQ(expired.size(), 100U);
}

// covers hf.cache.expiry-collects
TEST_F(PointerCacheTime, WritesFindWhatIsOverAmongWhatIsNot) {
  auto chosen = with();
  cache all(chosen);
  for (int key = 0; key < 100; ++key) all.store_for(key, key % 2 == 0 ? 10s : 10h, key);
  clock.now += 10s;
  for (int key = 1000; key < 1200; ++key) all.store_for(key, 10h, key);
  EXPECT_EQ(all.size(), 250U);
}

// covers hf.cache.expiry-collects
TEST_F(PointerCacheTime, AFullCacheGivesUpWhatIsOverBeforeWhatIsNot) {
  auto chosen = with();
  chosen.capacity = 4;
  cache all(chosen);
  all.store_for(1, 10h, 1);
  for (int key = 2; key <= 4; ++key) all.store_for(key, 10s, key);
  for (int key = 1; key <= 4; ++key) (void)all.load(key);
  clock.now += 10s;
  all.store(5, 5);
  EXPECT_TRUE(all.load(1));
  EXPECT_FALSE(expired.empty());
  EXPECT_EQ(all.stats().over_capacity, 0U);
}

// covers hf.cache.expiry-collects
TEST_F(PointerCacheTime, ExpireTakesAllOutAtOnce) {
  auto chosen = with();
  chosen.time_to_live = 10s;
  cache all(chosen);
  for (int key = 0; key < 1000; ++key) all.store(key, key);
  clock.now += 5s;
  for (int key = 1000; key < 1500; ++key) all.store(key, key);
  EXPECT_EQ(all.expire(), 0U);
  clock.now += 5s;
  EXPECT_EQ(all.expire(), 1000U);
  EXPECT_EQ(all.size(), 500U);
  EXPECT_EQ(all.stats().expired, 1000U);
}

// Most entries have no deadline here, so it is not looked for one unless it is known that there is one.
// covers hf.cache.expiry-collects
TEST_F(PointerCacheTime, TheOneDeadlineAmongManyEntriesIsFound) {
  auto chosen = with();
  chosen.capacity = 100;
  cache all(chosen);
  for (int key = 0; key < 10; ++key) all.store(key, key);
  EXPECT_EQ(all.expire(), 0U);
  all.store_for(3, 10s, 30);  // comes by overwriting, and others go
  all.erase(4);
  all.store(5, 50);
  clock.now += 10s;
  EXPECT_EQ(all.expire(), 1U);
  all.store_for(3, 10s, 31);
  all.store_for(6, 10s, 60);
  all.store(6, 61);  // goes by overwriting, one stays
  clock.now += 10s;
  for (int key = 10; key < 20; ++key) all.store(key, key);
  EXPECT_EQ(expired, (std::vector{3, 3}));
  EXPECT_EQ(all.expire(), 0U);
}

// covers hf.cache.known-absence
TEST_F(PointerCacheTime, AbsenceIsKnownForItsTime) {
  auto chosen = with();
  chosen.time_of_absence = 5s;
  chosen.time_to_live = 100s;
  cache all(chosen);
  int asked = 0;
  const auto ask = [&] {
    return all.load_or_make(1, [&] {
      ++asked;
      return std::unique_ptr<int>();
    });
  };
  EXPECT_FALSE(ask().value);
  EXPECT_TRUE(all.knows_absent(1));
  EXPECT_FALSE(all.load(1));
  const auto again = ask();
  EXPECT_FALSE(again.value);
  EXPECT_TRUE(again.loaded);
  EXPECT_EQ(asked, 1);
  all.for_each([](int, int) { FAIL(); });
  clock.now += 5s;
  EXPECT_FALSE(all.knows_absent(1));
  EXPECT_FALSE(ask().loaded);
  EXPECT_EQ(asked, 2);
  all.store(1, 10);
  EXPECT_FALSE(all.knows_absent(1));
  EXPECT_EQ(*all.load(1), 10);
}

// covers hf.cache.known-absence
TEST_F(PointerCacheTime, AbsenceGivesWayAndIsBounded) {
  auto chosen = with();
  chosen.time_of_absence = 5s;
  chosen.capacity = 10;
  cache all(chosen);
  for (int key = 0; key < 100; ++key) all.store(key, nullptr);
  EXPECT_EQ(all.size(), 10U);
  EXPECT_TRUE(all.knows_absent(99));
  EXPECT_TRUE(all.compare_exchange(99, nullptr, 5));
  EXPECT_EQ(*all.load(99), 5);
  EXPECT_EQ(all.size(), 10U);
}

TEST(PointerCacheClock, TheSystemsTimeExpiresEntries) {
  cache all({.time_to_live = 30ms});
  all.store(1, 10);
  EXPECT_TRUE(all.load(1));
  std::this_thread::sleep_for(60ms);
  EXPECT_FALSE(all.load(1));
}

TEST(PointerCacheClock, AnEndlessTimeDoesNotWrapAround) {
  cache all({.time_to_live = std::chrono::nanoseconds::max()});
  all.store(1, 10);
  EXPECT_TRUE(all.load(1));
}

}  // namespace
