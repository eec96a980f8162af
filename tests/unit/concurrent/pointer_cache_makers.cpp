// One flight for each key: who makes, who waits, what is kept.
#include <holdfast/concurrent/pointer_cache.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <latch>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "tests/unit/concurrent/cached_object.hpp"

namespace {

using holdfast::pointer_cache;

// covers hf.cache.one-flight
TEST(PointerCacheMakers, OneMakesAndTheOthersWait) {
  pointer_cache<int, int> all;
  std::atomic<int> made{0};
  std::atomic<int> right{0};
  std::latch start(4);
  const auto ask = [&] {
    start.arrive_and_wait();
    const auto got = all.load_or_make(1, [&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
      return ++made;
    });
    if (got.value && *got.value == 1) ++right;
  };
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) threads.emplace_back(ask);
  }
  EXPECT_EQ(made, 1);
  EXPECT_EQ(right, 4);
  EXPECT_EQ(all.stats().loads, 1U);
}

// covers hf.cache.one-flight
TEST(PointerCacheMakers, WhenOneThrowsTheNextIsAsked) {
  pointer_cache<int, std::string> all;
  std::atomic<int> calls{0};
  std::atomic<int> thrown{0};
  std::atomic<int> got{0};
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        try {
          const auto answer = all.load_or_make(1, [&]() -> std::string {
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
            if (++calls <= 2) throw std::runtime_error("not yet");
            return "made";
          });
          if (*answer.value == "made") ++got;
        } catch (const std::runtime_error&) {
          ++thrown;
        }
      });
    }
  }
  EXPECT_EQ(calls, 3);
  EXPECT_EQ(thrown, 2);
  EXPECT_EQ(got, 2);
  EXPECT_EQ(all.stats().load_failures, 2U);
  EXPECT_EQ(all.stats().loads, 1U);
}

// covers hf.cache.no-key-without-object
TEST(PointerCacheMakers, WhatIsBeingMadeIsNotThereYet) {
  pointer_cache<int, int> all;
  const auto made = all.load_or_make(1, [&] {
    EXPECT_FALSE(all.load(1));
    EXPECT_TRUE(all.empty());
    return 10;
  });
  EXPECT_FALSE(made.loaded);
  EXPECT_EQ(*all.load(1), 10);
  EXPECT_TRUE(all.load_or_make(1, [] { return 11; }).loaded);
}

// covers hf.cache.erase-beats-maker
TEST(PointerCacheMakers, WhatWasErasedWhileItWasMadeIsNotKept) {
  pointer_cache<int, int> all({.capacity = 10});
  for (const bool clears : {false, true}) {
    const auto made = all.load_or_make(1, [&] {
      if (clears) {
        all.clear();
      } else {
        EXPECT_FALSE(all.erase(1));
      }
      return 10;
    });
    EXPECT_EQ(*made.value, 10) << "who asked gets it";
    EXPECT_FALSE(all.load(1));
    EXPECT_EQ(all.size(), 0U);
  }
  EXPECT_EQ(all.stats().withdrawn, 2U);
  EXPECT_EQ(*all.load_or_make(1,
                              [&] {
                                all.erase(2);
                                return 11;
                              })
                 .value,
            11);
  EXPECT_TRUE(all.load(1)) << "another key's erase does not matter";
}

TEST(PointerCacheMakers, WhatWasStoredMeanwhileWins) {
  pointer_cache<int, int> all;
  const auto got = all.load_or_make(1, [&] {
    all.store(1, 20);
    return 10;
  });
  EXPECT_EQ(*got.value, 20);
  EXPECT_TRUE(got.loaded);
  EXPECT_EQ(*all.load(1), 20);
}

TEST(PointerCacheMakers, MayMakeOtherKeys) {
  pointer_cache<int, int> all;
  const auto got = all.load_or_make(1, [&] { return *all.load_or_make(2, [] { return 5; }).value + 1; });
  EXPECT_EQ(*got.value, 6);
  EXPECT_EQ(*all.load(2), 5);
}

TEST(PointerCacheMakers, ANullIsNotKeptUnlessAbsenceIs) {
  pointer_cache<int, int> all;
  int asked = 0;
  for (int i = 0; i < 2; ++i) {
    const auto got = all.load_or_make(1, [&] {
      ++asked;
      return std::shared_ptr<int>();
    });
    EXPECT_FALSE(got.value);
    EXPECT_FALSE(got.loaded);
  }
  EXPECT_EQ(asked, 2);
  EXPECT_TRUE(all.empty());
}

// covers hf.cache.counted-once
TEST(PointerCacheMakers, EachCallCountsAsOneHitOrOneMiss) {
  pointer_cache<int, int> all;
  for (int i = 0; i < 3; ++i) (void)all.load_or_make(1, [] { return 1; });
  EXPECT_EQ(all.stats().hits, 2U);
  EXPECT_EQ(all.stats().misses, 1U);
}

// covers hf.cache.counted-once
TEST(PointerCacheMakers, ManyThreadsLoseNoCount) {
  // More threads than stripes, so that some share.
  constexpr int threads = 40;
  constexpr int loads = 10'000;
  pointer_cache<int, int> all;
  all.store(1, 1);
  for (int round = 0; round < 2; ++round) {
    std::latch start(threads);
    std::vector<std::jthread> crew;
    for (int i = 0; i < threads; ++i) {
      crew.emplace_back([&] {
        start.arrive_and_wait();
        for (int n = 0; n < loads; ++n) (void)all.load(n % 2);
      });
    }
  }
  EXPECT_EQ(all.stats().hits, std::uint64_t{threads} * loads);
  EXPECT_EQ(all.stats().misses, std::uint64_t{threads} * loads);
}

}  // namespace
