// Bounds: by entries, by weight; what SIEVE gives up and what it spares.
#include <holdfast/concurrent/pointer_cache.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/unit/concurrent/cached_object.hpp"

namespace {

using holdfast::pointer_cache;
using holdfast::removal_cause;
using cache = pointer_cache<int, int>;

std::vector<int> keys_in(const cache& all, int end) {
  std::vector<int> keys;
  for (int key = 0; key < end; ++key) {
    bool is_in = false;
    all.for_each([&](int there, int) { is_in = is_in || there == key; });
    if (is_in) keys.push_back(key);
  }
  return keys;
}

// covers hf.cache.bounded, hf.cache.queue-counts
TEST(PointerCacheEviction, NeverKeepsMoreThanItsCapacity) {
  for (const std::size_t capacity : {1U, 2U, 7U, 100U}) {
    cache all(capacity);
    for (int key = 0; key < 500; ++key) {
      all.store(key * 7919 % 211, key);
      (void)all.load(key % 13);
      ASSERT_LE(all.size(), capacity);
      ASSERT_EQ(all.stats().weight, all.size());
    }
    EXPECT_EQ(all.size(), capacity);
  }
}

// covers hf.cache.sieve
TEST(PointerCacheEviction, TheOldestUnusedEntryGoes) {
  cache all(3);
  for (int key = 0; key < 3; ++key) all.store(key, key);
  all.store(3, 3);
  EXPECT_EQ(keys_in(all, 10), (std::vector{1, 2, 3}));
  all.store(4, 4);
  EXPECT_EQ(keys_in(all, 10), (std::vector{2, 3, 4}));
}

// covers hf.cache.sieve
TEST(PointerCacheEviction, AUsedEntryStaysAndLosesItsMark) {
  cache all(3);
  for (int key = 0; key < 3; ++key) all.store(key, key);
  (void)all.load(0);
  all.store(3, 3);  // the hand passes 0 and takes 1
  EXPECT_EQ(keys_in(all, 10), (std::vector{0, 2, 3}));
  all.store(4, 4);  // it goes on from there, though 0 is older
  EXPECT_EQ(keys_in(all, 10), (std::vector{0, 3, 4}));
  all.store(5, 5);
  all.store(6, 6);  // past the newest it begins again at the oldest, which lost its mark
  EXPECT_EQ(keys_in(all, 10), (std::vector{0, 5, 6}));
}

// covers hf.cache.sieve
TEST(PointerCacheEviction, AScanDoesNotPushOutWhatIsUsed) {
  cache all(10);
  for (int key = 0; key < 5; ++key) all.store(key, key);
  for (int scanned = 100; scanned < 1000; ++scanned) {
    for (int key = 0; key < 5; ++key) ASSERT_TRUE(all.load(key)) << "after " << scanned;
    all.store(scanned, scanned);
  }
}

// covers hf.cache.sieve
TEST(PointerCacheEviction, OverwritingCountsAsUse) {
  cache all(2);
  all.store(0, 0);
  all.store(1, 1);
  all.store(0, 10);
  all.store(2, 2);
  EXPECT_EQ(keys_in(all, 5), (std::vector{0, 2}));
}

// covers hf.cache.bounded-work
TEST(PointerCacheEviction, OneWriteLooksAtABoundedNumberOfUsedEntries) {
  constexpr int entries = 1000;
  cache all(entries);
  for (int key = 0; key < entries; ++key) all.store(key, key);
  for (int key = 0; key < entries; ++key) (void)all.load(key);
  all.store(entries, 0);
  constexpr auto passed = static_cast<int>(holdfast::concurrent::cache_queue::steps_at_most);
  EXPECT_TRUE(all.load(passed - 1));
  EXPECT_FALSE(all.load(passed)) << "all were used; the hand stops after its steps";
  EXPECT_TRUE(all.load(passed + 1));
}

// covers hf.cache.bounded
TEST(PointerCacheEviction, NeverWeighsMoreThanItsLimit) {
  pointer_cache<int, std::string> all(
      {.weight_limit = 100, .weigh = [](int, const std::string& text) { return text.size(); }});
  std::size_t heaviest = 0;
  for (int i = 0; i < 500; ++i) {
    all.store(i * 31 % 67, std::string(static_cast<std::size_t>(i * 17 % 61), 'x'));
    std::size_t weight = 0;
    all.for_each([&](int, const std::string& text) { weight += text.size(); });
    ASSERT_LE(weight, 100U);
    ASSERT_EQ(weight, all.stats().weight);
    heaviest = std::max(heaviest, weight);
  }
  EXPECT_GT(heaviest, 60U);
}

// covers hf.cache.bounded
TEST(PointerCacheEviction, WhatWeighsMoreThanTheWholeCacheIsNotKept) {
  int told = 0;
  pointer_cache<int, int> all({.weight_limit = 10,
                               .weigh = [](int, int weight) { return static_cast<std::size_t>(weight); },
                               .on_removal =
                                   [&](int key, const int*, removal_cause cause) {
                                     ++told;
                                     EXPECT_EQ(key, 2);
                                     EXPECT_EQ(cause, removal_cause::over_capacity);
                                   }});
  all.store(1, 4);
  all.store(2, 11);
  EXPECT_FALSE(all.load(2));
  EXPECT_TRUE(all.load(1)) << "others do not make room for it in vain";
  EXPECT_EQ(told, 1);
  EXPECT_EQ(all.load_or_make(2, [] { return 12; }).value.get() != nullptr, true) << "who made it gets it all the same";
  EXPECT_EQ(told, 2);
  EXPECT_EQ(all.stats().weight, 4U);
}

// covers hf.cache.bounded
TEST(PointerCacheEviction, AnEntryThatGrowsHeavyPushesOthersOut) {
  pointer_cache<int, int> all(
      {.weight_limit = 10, .weigh = [](int, int weight) { return static_cast<std::size_t>(weight); }});
  for (int key = 0; key < 10; ++key) all.store(key, 1);
  all.store(5, 8);
  EXPECT_EQ(all.stats().weight, 10U);
  EXPECT_EQ(all.size(), 3U);
  EXPECT_TRUE(all.load(5));
  all.store(5, 20);
  EXPECT_FALSE(all.load(5));
  EXPECT_EQ(all.stats().weight, 2U);
}

TEST(PointerCacheEviction, ErasedEntriesMakeRoom) {
  cache all(3);
  for (int key = 0; key < 3; ++key) all.store(key, key);
  all.erase(1);
  all.store(3, 3);
  EXPECT_EQ(keys_in(all, 5), (std::vector{0, 2, 3}));
}

}  // namespace
