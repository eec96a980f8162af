// Objects that are used again: whose they are, when they go.
#include <holdfast/base/memory/object_pool.hpp>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <holdfast/base/lang/config.hpp>
#include <holdfast/base/lang/failure.hpp>
#include <holdfast/base/memory/sanitizer_hooks.hpp>

namespace {

using namespace holdfast;

struct counted {
  counted() { ++alive; }
  counted(const counted&) = delete;
  ~counted() { --alive; }
  static inline std::atomic<int> alive = 0;
  int number = 0;
};

// covers hf.arena.pool-reuses
TEST(ObjectPool, GivesBackWhatWasPut) {
  object_pool<counted> pool;
  counted* const one = pool.get();
  one->number = 7;
  pool.put(one);
  EXPECT_EQ(counted::alive, 1);
  counted* const again = pool.get();
  EXPECT_EQ(again, one);
  EXPECT_EQ(again->number, 7) << "as it was left";
  counted* const other = pool.get();
  EXPECT_NE(other, one);
  pool.put(other);
  pool.put(again);
  pool.put(nullptr);
  EXPECT_EQ(pool.stats().made, 2u);
  EXPECT_EQ(pool.stats().idle, 2u);
}

// covers hf.arena.pool-one-owner
TEST(ObjectPool, HandsEachObjectToOneOwner) {
  object_pool<counted> pool;
  std::set<counted*> out;
  for (int n = 0; n < 100; ++n) EXPECT_TRUE(out.insert(pool.get()).second);
  for (counted* const one : out) pool.put(one);
  EXPECT_EQ(pool.stats().idle, 100u);
  std::set<counted*> again;
  for (int n = 0; n < 100; ++n) EXPECT_TRUE(again.insert(pool.get()).second);
  EXPECT_EQ(out, again);
  for (counted* const one : again) pool.put(one);
}

// covers hf.arena.pool-reuses
TEST(ObjectPool, BorrowedObjectsGoBackByThemselves) {
  object_pool<counted> pool;
  counted* first = nullptr;
  {
    const auto one = pool.borrow();
    first = one.get();
  }
  EXPECT_EQ(pool.borrow().get(), first);
}

// covers hf.arena.pool-two-trims
TEST(ObjectPool, WhatNobodyWantedForTwoTrimsIsDestroyed) {
  object_pool<counted> pool;
  counted* const busy = pool.get();
  std::vector<counted*> idle;
  for (int n = 0; n < 10; ++n) idle.push_back(pool.get());
  for (counted* const one : idle) pool.put(one);
  pool.trim();
  EXPECT_EQ(counted::alive, 11) << "idle once";
  counted* const wanted = pool.get();
  EXPECT_TRUE(std::ranges::count(idle, wanted) == 1) << "still to be had";
  pool.put(wanted);
  pool.trim();
  EXPECT_EQ(counted::alive, 2) << "idle twice, but for the wanted and the one that is out";
  EXPECT_EQ(pool.get(), wanted);
  pool.put(wanted);
  pool.put(busy);
  pool.trim();
  pool.trim();
  EXPECT_EQ(counted::alive, 0);
  EXPECT_EQ(pool.stats().destroyed, 11u);
  pool.trim();
}

// covers hf.arena.pool-reuses
TEST(ObjectPool, MakesByTheMakerAndAtItsAlignment) {
  struct alignas(256) wide {
    int number;
  };
  int calls = 0;
  const auto make = [&] { return wide{++calls}; };
  object_pool<wide, decltype(make)> pool(make);
  wide* const one = pool.get();
  EXPECT_EQ(one->number, 1);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(one) % 256, 0u);
  pool.put(one);
  pool.put(pool.get());
  EXPECT_EQ(calls, 1);
}

// covers hf.arena.pool-strong
TEST(ObjectPool, AMakerThatThrowsLeavesNothing) {
  const auto make = []() -> int { throw std::runtime_error("no"); };
  object_pool<int, decltype(make)> pool(make);
  EXPECT_THROW(static_cast<void>(pool.get()), std::runtime_error);
  EXPECT_EQ(pool.stats().made, 0u);
}

// covers hf.arena.pool-reuses
TEST(ObjectPool, AnotherThreadTakesWhatThisOnePut) {
  object_pool<counted> pool;
  std::vector<counted*> all;
  for (int n = 0; n < 5; ++n) all.push_back(pool.get());
  for (counted* const one : all) pool.put(one);
  std::thread([&] {
    std::vector<counted*> taken;
    for (int n = 0; n < 5; ++n) taken.push_back(pool.get());
    for (counted* const one : taken) pool.put(one);
  }).join();
  EXPECT_EQ(pool.stats().made, 5u);
}

// covers hf.arena.pool-fork
TEST(ObjectPool, AChildGoesOnWithIt) {
  object_pool<counted> pool;
  pool.put(pool.get());
  const pid_t child = fork();
  if (child == 0) {
    alarm(20);
    counted* const one = pool.get();
    pool.put(one);
    pool.trim();
    pool.trim();
    _exit(counted::alive == 0 ? 0 : 1);
  }
  int status = -1;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(counted::alive, 1);
}

// covers hf.arena.pool-misuse-told
TEST(ObjectPool, ReportsObjectsThatAreOutAtItsEnd) {
  static std::string told;
  told.clear();
  const failure_handler before = set_failure_handler([](const failure& what) { told += what.text; });
  static int* kept = nullptr;  // reachable, so that it is no leak to the checker
  {
    object_pool<int> pool;
    kept = pool.get();
  }
  set_failure_handler(before);
  EXPECT_NE(told.find("object_pool ends while objects of it are out\n  objects: 1\n  cure: put all"), std::string::npos)
      << told;
  EXPECT_EQ(*kept, 0);
}

// covers hf.arena.pool-misuse-told
TEST(ObjectPoolDeath, PuttingTwiceOrElsewhere) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_DEATH(
      {
        object_pool<int> pool;
        int* const one = pool.get();
        pool.put(one);
        pool.put(one);
      },
      "holdfast: fatal: object put into its pool twice\n(.|\n)*cure: put an object back once");
  EXPECT_DEATH(
      {
        object_pool<int> pool;
        object_pool<int> other;
        other.put(pool.get());
      },
      "holdfast: fatal: object put into a pool that it is not from\n(.|\n)*cure: put an object back where");
}

// covers hf.arena.asan-sees
TEST(ObjectPoolDeath, AddressSanitizerSeesAUseOfAnIdleObject) {
  if (!memory::has_address_sanitizer()) GTEST_SKIP() << "needs AddressSanitizer";
  object_pool<int> pool;
  int* const one = pool.get();
  pool.put(one);
  EXPECT_DEATH(*static_cast<volatile int*>(one) = 5, "use-after-poison");
}

}  // namespace
