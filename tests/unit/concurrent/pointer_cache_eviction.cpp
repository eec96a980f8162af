// Bounds: by entries, by weight; what a full cache gives up, what it spares, and what it learns from keys that
// come back.
#include <holdfast/concurrent/pointer_cache.hpp>

#include <algorithm>
#include <cstddef>
#include <list>
#include <memory>
#include <random>
#include <string>
#include <unordered_map>
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

// covers hf.cache.trial
TEST(PointerCacheEviction, TheOldestUnusedEntryGoes) {
  cache all(3);
  for (int key = 0; key < 3; ++key) all.store(key, key);
  all.store(3, 3);
  EXPECT_EQ(keys_in(all, 10), (std::vector{1, 2, 3}));
  all.store(4, 4);
  EXPECT_EQ(keys_in(all, 10), (std::vector{2, 3, 4}));
}

// covers hf.cache.trial
TEST(PointerCacheEviction, AnEntryUsedOnTrialIsProven) {
  cache all(3);
  for (int key = 0; key < 3; ++key) all.store(key, key);
  (void)all.load(0);
  all.store(3, 3);  // 0 was used and is proven, 1 goes
  EXPECT_EQ(keys_in(all, 10), (std::vector{0, 2, 3}));
  for (int key = 4; key < 10; ++key) all.store(key, key);
  EXPECT_EQ(keys_in(all, 10), (std::vector{0, 8, 9})) << "entries on trial go before it";
}

// covers hf.cache.trial
TEST(PointerCacheEviction, AScanDoesNotPushOutWhatIsUsed) {
  cache all(10);
  for (int key = 0; key < 5; ++key) all.store(key, key);
  for (int scanned = 100; scanned < 1000; ++scanned) {
    for (int key = 0; key < 5; ++key) ASSERT_TRUE(all.load(key)) << "after " << scanned;
    all.store(scanned, scanned);
  }
}

// covers hf.cache.trial
TEST(PointerCacheEviction, OverwritingCountsAsUse) {
  cache all(2);
  all.store(0, 0);
  all.store(1, 1);
  all.store(0, 10);
  all.store(2, 2);
  EXPECT_EQ(keys_in(all, 5), (std::vector{0, 2}));
}

// covers hf.cache.proven
TEST(PointerCacheEviction, AProvenEntryIsSparedOnceForEachUseUpToThree) {
  cache all(4);
  for (int key = 0; key < 4; ++key) all.store(key, key);
  for (int key = 0; key < 4; ++key) (void)all.load(key);
  all.store(4, 4);  // all four are proven, in this order, and their uses on trial are used up; 0 goes
  ASSERT_EQ(keys_in(all, 10), (std::vector{1, 2, 3, 4}));
  for (int use = 0; use < 10; ++use) (void)all.load(1);
  (void)all.load(2);
  // What comes in is used each time, so the room has to be made among the proven ones, round by round.
  std::vector<std::vector<int>> old_ones;
  for (int key = 5; key < 14; ++key) {
    (void)all.load(key - 1);
    all.store(key, key);
    old_ones.push_back(keys_in(all, 4));
  }
  const std::vector<int> both{1, 2};
  const std::vector<int> one{1};
  EXPECT_EQ(old_ones, (std::vector{both, both, one, one, one, one, one, one, std::vector<int>()}));
}

// covers hf.cache.ghosts
TEST(PointerCacheEviction, AKeyThatComesBackSoonIsProvenAtOnce) {
  cache all(4);
  for (int key = 0; key < 4; ++key) all.store(key, key);
  (void)all.load(0);
  (void)all.load(1);
  for (int key = 4; key < 6; ++key) all.store(key, key);  // 0 and 1 are proven; 2 and 3 went on trial
  ASSERT_EQ(keys_in(all, 10), (std::vector{0, 1, 4, 5}));
  all.store(3, 3);  // remembered: proven, unused
  ASSERT_TRUE(keys_in(all, 10) == (std::vector{0, 1, 3, 5}));
  for (int key = 10; key < 20; ++key) all.store(key, key);
  EXPECT_EQ(keys_in(all, 10), (std::vector{0, 1, 3})) << "what is new and unused goes before it";
}

// covers hf.cache.ghosts
TEST(PointerCacheEviction, WhatWentLongAgoIsForgotten) {
  cache all(4);
  for (int key = 0; key < 4; ++key) all.store(key, key);
  (void)all.load(0);
  (void)all.load(1);
  for (int key = 4; key < 40; ++key) all.store(key, key);
  all.store(2, 2);
  for (int key = 40; key < 44; ++key) all.store(key, key);
  EXPECT_FALSE(all.load(2)) << "it was on trial like any other";
}

// A plain LRU, and what a cache answers of the same requests.
struct answered {
  int by_cache = 0;
  int by_lru = 0;
};
template <class Next>
answered ask(std::size_t capacity, int requests, Next&& next) {
  answered hits;
  cache all(capacity);
  std::list<int> order;
  std::unordered_map<int, std::list<int>::iterator> places;
  for (int i = 0; i < requests; ++i) {
    const int key = next();
    if (all.load(key)) {
      ++hits.by_cache;
    } else {
      all.store(key, key);
    }
    if (const auto found = places.find(key); found != places.end()) {
      ++hits.by_lru;
      order.splice(order.begin(), order, found->second);
      continue;
    }
    if (order.size() == capacity) {
      places.erase(order.back());
      order.pop_back();
    }
    order.push_front(key);
    places[key] = order.begin();
  }
  return hits;
}

// covers hf.cache.adapts
TEST(PointerCacheEviction, BurstsAreAnsweredAsByLru) {
  // Each key is asked for ten times within a hundred requests, and then never again.
  std::mt19937 random(1);
  const int requests = 50'000;
  int now = 0;
  const answered hits = ask(20, requests, [&] {
    const int newest = now++ / 10;
    return newest + static_cast<int>(random() % 10);
  });
  EXPECT_GT(hits.by_lru, requests * 8 / 10);
  EXPECT_GT(hits.by_cache, hits.by_lru - requests / 50);
}

// covers hf.cache.adapts
TEST(PointerCacheEviction, ScansThroughMoreThanFitsLeaveWhatIsPopular) {
  // Half of the requests go to fifty keys, the others scan ten thousand.
  std::mt19937 random(1);
  const int requests = 50'000;
  int scanned = 0;
  const answered hits = ask(
      60, requests, [&] { return random() % 2 == 0 ? static_cast<int>(random() % 50) : 1000 + scanned++ % 10'000; });
  EXPECT_GT(hits.by_cache, requests * 45 / 100);
  EXPECT_LT(hits.by_lru, requests * 40 / 100) << "nothing is shown by this scan";
}

// covers hf.cache.adapts
TEST(PointerCacheEviction, ItLearnsAnewWhenTheLoadChanges) {
  std::mt19937 random(1);
  const int phase = 30'000;
  int request = 0;
  const answered hits = ask(60, 4 * phase, [&] {
    const int at = request++;
    if (at / phase % 2 == 0) return at / 30 + static_cast<int>(random() % 30);
    return random() % 2 == 0 ? static_cast<int>(random() % 50) : 1'000'000 + at % 10'000;
  });
  EXPECT_GT(hits.by_cache, hits.by_lru);
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
