// Tests of holdfast/base/reclaim/domain.hpp.
#include <holdfast/base/reclaim/domain.hpp>

#include <algorithm>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "tests/unit/base/reclaim/counted.hpp"

namespace {

using namespace holdfast::reclaim;
using holdfast::tests::counted;
using holdfast::tests::destroy_counted;
using holdfast::tests::pinned;
using holdfast::tests::retire;

class Domain : public testing::Test {
 protected:
  std::atomic<int> alive{0};
  domain own;
};

// Fences are spaced, so a batch may have to wait for a later one to take it along: `retire_batch` again and
// again until something is destroyed. False: nothing was in a minute.
template <class Batch>
bool ends_in_destruction(const std::atomic<int>& alive, Batch retire_batch) {
  for (int turn = 0; turn < 60'000; ++turn) {
    const int before = alive;
    const int added = retire_batch();
    if (alive < before + added) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return false;
}

TEST_F(Domain, DestroysNothingBeforeABatchIsFull) {
  default_domain().drain();
  for (int i = 0; i < 511; ++i) retire(own, *new counted(alive));
  EXPECT_EQ(alive, 511);
  EXPECT_TRUE(ends_in_destruction(alive, [&] {
    for (int i = 0; i < 512; ++i) retire(own, *new counted(alive));
    return 512;
  }));
}

TEST_F(Domain, DestroysByBytesToo) {
  own.drain();
  retire(own, *new counted(alive), 255 * 1024);
  EXPECT_EQ(alive, 1);
  EXPECT_TRUE(ends_in_destruction(alive, [&] {
    retire(own, *new counted(alive), 256 * 1024);
    return 1;
  }));
}

TEST_F(Domain, DefersUntilItIsSettled) {
  for (int i = 0; i < 2000; ++i) own.defer(*new counted(alive), sizeof(counted), destroy_counted);
  EXPECT_EQ(alive, 2000);
  EXPECT_TRUE(ends_in_destruction(alive, [&] {
    for (int i = 0; i < 512; ++i) own.defer(*new counted(alive), sizeof(counted), destroy_counted);
    own.settle();
    return 512;
  }));
}

TEST_F(Domain, DestroysNothingInsideASection) {
  {
    section inside(own);
    for (int i = 0; i < 2000; ++i) retire(own, *new counted(alive));
    own.settle();
    EXPECT_EQ(own.poll(), 0U);
    EXPECT_EQ(alive, 2000);
  }
  EXPECT_EQ(own.poll(), 2000U);
  EXPECT_EQ(alive, 0);
}

// What a domain that ends inside a section leaves behind, the default one does not take for seen through.
// covers hf.reclaim.grace-covers
TEST_F(Domain, LeavesItsObjectsToWaitForReaders) {
  default_domain().drain();
  {
    section inside(default_domain());
    {
      domain ending;
      retire(ending, *new counted(alive));
    }
    std::thread([] { default_domain().poll(); }).join();
    EXPECT_EQ(alive, 1);
  }
  default_domain().drain();
  EXPECT_EQ(alive, 0);
}

// covers hf.reclaim.one-fence
TEST_F(Domain, SpacesFencesApart) {
  own.drain();
  const std::uint64_t before = own.stats().heavy_fences;
  const std::uint64_t began = holdfast::sync::real_machine::now();
  for (int i = 0; i < 512 * 1000; ++i) retire(own, *new counted(alive));
  const std::uint64_t microseconds = (holdfast::sync::real_machine::now() - began) / 1000;
  EXPECT_LE(own.stats().heavy_fences - before, microseconds / 100 + 1);
  own.drain();
  EXPECT_EQ(alive, 0);
}

// covers hf.reclaim.drain-complete
TEST_F(Domain, DrainTakesWhatOtherThreadsRetiredAndLeftBehind) {
  limits no_batches;
  no_batches.batch_objects = no_batches.batch_bytes = ~std::size_t{0};
  own.set_limits(no_batches);
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 100; ++i) retire(own, *new counted(alive));
    });
  for (std::thread& each : threads) each.join();
  EXPECT_EQ(alive, 800);
  EXPECT_EQ(own.drain(), 0U);
  EXPECT_EQ(alive, 0);
}

// covers hf.reclaim.drain-complete
TEST_F(Domain, DrainTakesWhatDestructorsRetire) {
  struct link : retirable {
    domain* where;
    link* next;
    std::atomic<int>* alive;
    static void destroy(retirable* one) noexcept {
      auto* self = static_cast<link*>(one);
      if (self->next != nullptr) self->where->retire(*self->next, sizeof(link), destroy);
      --*self->alive;
      delete self;
    }
  };
  link* first = nullptr;
  for (int i = 0; i < 20; ++i, ++alive) first = new link{{}, &own, first, &alive};
  own.retire(*first, sizeof(link), link::destroy);
  EXPECT_EQ(own.drain(), 0U);
  EXPECT_EQ(alive, 0);
}

// covers hf.reclaim.drain-complete
TEST_F(Domain, DrainWaitsForADestructorThatAnotherThreadRuns) {
  struct slow : retirable {
    std::atomic<int>* stage;
  };
  std::atomic<int> stage{0};
  slow one{{}, &stage};
  std::thread other([&] {
    own.retire(one, 1, [](retirable* self) noexcept {
      std::atomic<int>& at = *static_cast<slow*>(self)->stage;
      at = 1;
      std::this_thread::sleep_for(std::chrono::milliseconds(30));
      at = 2;
    });
    own.poll();
  });
  while (stage == 0) std::this_thread::yield();
  own.drain();
  EXPECT_EQ(stage, 2);
  other.join();
}

// What a thread owed is owed by the next one that gets its record: many short threads leave no more behind
// than few long ones.
// covers hf.reclaim.garbage-bounded
TEST_F(Domain, ThreadsThatComeAndGoLeaveNoMoreThanABatchEach) {
  int most = 0;
  for (int t = 0; t < 1000; ++t) {
    std::thread([&] {
      for (int i = 0; i < 100; ++i) retire(own, *new counted(alive));
    }).join();
    most = std::max(most, alive.load());
    if (alive > 5000) own.poll();  // only where fences are slow, and so spaced far apart
  }
  EXPECT_LE(most, 5100);
  own.drain();
}

// covers hf.reclaim.barrier-leaves-nothing
TEST_F(Domain, BarrierWaitsForPinsAndGivesUp) {
  auto* one = new counted(alive);
  pin<counted> held = pinned(own, *one);
  retire(own, *one);
  EXPECT_FALSE(own.barrier(5'000'000));
  EXPECT_EQ(alive, 1);
  std::thread later([moved = std::move(held)]() mutable {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    moved.reset();
  });
  EXPECT_TRUE(own.barrier(60'000'000'000));
  EXPECT_EQ(alive, 0);
  later.join();
}

TEST_F(Domain, CountsWhatWaits) {
  retire(own, *new counted(alive), 100);
  retire(own, *new counted(alive), 200);
  EXPECT_EQ(own.stats().waiting_objects, 2U);
  EXPECT_EQ(own.stats().waiting_bytes, 300U);
  own.drain();
  EXPECT_EQ(own.stats().waiting_objects, 0U);
  EXPECT_EQ(own.stats().waiting_bytes, 0U);
  EXPECT_GE(own.stats().records, 1U);
  EXPECT_FALSE(own.stats().fence_lost);
}

TEST_F(Domain, CensusNamesWhoHoldsWhat) {
  auto* one = new counted(alive);
  const pin<counted> here = pinned(own, *one);
  pin<counted> there;
  std::thread other([&] {
    there = here.dup();
    const auto found = domain::census();
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0].node, one);
    EXPECT_EQ(found[1].node, one);
    EXPECT_NE(found[0].thread, found[1].thread);
    EXPECT_FALSE(found[0].thread_is_gone || found[1].thread_is_gone);
  });
  other.join();
  delete one;
}

// covers hf.reclaim.retire-allocates-nothing
TEST_F(Domain, TakesAnObjectThatIsRetiredAgainAfterItsDestruction) {
  struct reused : retirable {
  } one;
  static int destroyed;
  destroyed = 0;
  for (int i = 0; i < 3; ++i) {
    own.retire(one, 0, [](retirable*) noexcept { ++destroyed; });
    own.drain();
  }
  EXPECT_EQ(destroyed, 3);
}

// covers hf.reclaim.limits-kept
TEST(DomainLimits, TellWhenTheSoftOneIsCrossed) {
  static int told;
  static std::size_t waiting;
  told = 0;
  std::atomic<int> alive{0};
  limits chosen;
  chosen.batch_objects = 1;
  chosen.soft_bytes = 1000;
  chosen.on_soft_limit = [](const domain_stats& now, void* context) noexcept {
    told += *static_cast<int*>(context);
    waiting = now.waiting_bytes;
  };
  int one = 1;
  chosen.context = &one;
  domain own(chosen);
  std::atomic<int> stage{0};
  std::thread reader([&] {
    section inside(own);
    stage = 1;
    while (stage != 2) std::this_thread::yield();
  });
  while (stage != 1) std::this_thread::yield();
  for (int i = 0; i < 50; ++i) retire(own, *new counted(alive), 100);
  EXPECT_EQ(told, 1);
  EXPECT_EQ(waiting, 1100U);
  stage = 2;
  reader.join();
  own.drain();
  retire(own, *new counted(alive), 100);
  EXPECT_EQ(told, 1);
}

// covers hf.reclaim.garbage-bounded
TEST(DomainLimits, FencesAreNotSpacedAboveTheSoftOne) {
  std::atomic<int> alive{0};
  limits chosen;
  chosen.batch_objects = 1;
  chosen.soft_bytes = 150;
  domain own(chosen);
  for (int i = 0; i < 1000; ++i) {
    retire(own, *new counted(alive), 100);
    ASSERT_LE(alive, 3) << "after " << i;
  }
  own.drain();
  EXPECT_EQ(alive, 0);
}

// covers hf.reclaim.garbage-bounded
TEST(DomainLimits, WhatHasPiledUpIsDestroyedInPartsByWhoRetires) {
  std::atomic<int> alive{0};
  limits chosen;
  chosen.batch_objects = 512;
  chosen.soft_bytes = 1;
  domain own(chosen);
  std::atomic<int> stage{0};
  std::thread reader([&] {
    section inside(own);
    stage = 1;
    while (stage != 2) std::this_thread::yield();
  });
  while (stage != 1) std::this_thread::yield();
  for (int i = 0; i < 100'000; ++i) retire(own, *new counted(alive));
  EXPECT_EQ(alive, 100'000);
  stage = 2;
  reader.join();
  int most_at_once = 0;
  for (int i = 0; i < 50'000; ++i) {
    const int before = alive;
    retire(own, *new counted(alive));
    most_at_once = std::max(most_at_once, before + 1 - alive);
  }
  EXPECT_LE(most_at_once, 4096) << "one thread does it all, while others retire more";
  EXPECT_LE(alive, 4096) << "less is destroyed than retired";
  own.drain();
  EXPECT_EQ(alive, 0);
}

// Only so many are looked at in one go: those that are held must not stand in front of the others for ever.
// covers hf.reclaim.garbage-bounded
TEST(DomainLimits, PinsByTheThousandHideNothingThatCanBeDestroyed) {
  std::atomic<int> alive{0};
  limits chosen;
  chosen.soft_bytes = 1;
  domain own(chosen);
  std::vector<pin<counted>> held;
  for (int i = 0; i < 6000; ++i) {
    auto* const one = new counted(alive);
    held.push_back(pinned(own, *one));
    retire(own, *one);
  }
  for (int i = 0; i < 30'000; ++i) retire(own, *new counted(alive));
  EXPECT_GE(alive, 6000);
  EXPECT_LE(alive, 6000 + 4096);
  held.clear();
  own.drain();
  EXPECT_EQ(alive, 0);
}

// covers hf.reclaim.limits-kept
TEST(DomainLimits, MakeWritersWaitAtTheHardOneButNotForEver) {
  std::atomic<int> alive{0};
  limits chosen;
  chosen.batch_objects = 1;
  chosen.soft_bytes = chosen.hard_bytes = 1000;
  chosen.patience = 2'000'000;
  domain own(chosen);
  std::atomic<int> stage{0};
  std::thread reader([&] {
    section inside(own);
    stage = 1;
    while (stage != 2) std::this_thread::yield();
  });
  while (stage != 1) std::this_thread::yield();
  const std::uint64_t began = holdfast::sync::real_machine::now();
  for (int i = 0; i < 15; ++i) retire(own, *new counted(alive), 100);
  EXPECT_GE(holdfast::sync::real_machine::now() - began, 5 * chosen.patience);
  EXPECT_EQ(alive, 15) << "a reader that stays costs time, never an object in its hands";
  stage = 2;
  reader.join();
  retire(own, *new counted(alive), 100);
  EXPECT_LE(own.stats().waiting_bytes, 1000U);
  own.drain();
}

}  // namespace
