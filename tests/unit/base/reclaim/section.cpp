// Tests of holdfast/base/reclaim/section.hpp and read_scope.hpp.
#include <holdfast/base/reclaim/section.hpp>

#include <chrono>
#include <thread>

#include <gtest/gtest.h>

#include <holdfast/base/sync/thread_id.hpp>

#include "tests/unit/base/reclaim/counted.hpp"

namespace {

using namespace holdfast::reclaim;
using holdfast::tests::counted;
using holdfast::tests::retire;

class Section : public testing::Test {
 protected:
  // Does it in another thread, since this one may be inside a section.
  std::size_t poll_elsewhere(int times = 1) {
    std::size_t destroyed = 0;
    std::thread([&] {
      for (int i = 0; i < times; ++i) destroyed += own.poll();
    }).join();
    return destroyed;
  }

  std::atomic<int> alive{0};
  domain own;
};

// covers hf.reclaim.grace-covers
TEST_F(Section, KeepsWhatIsRetiredMeanwhile) {
  auto* one = new counted(alive);
  {
    section inside(own);
    retire(own, *one);
    EXPECT_EQ(poll_elsewhere(5), 0U);
    EXPECT_EQ(alive, 1);
  }
  EXPECT_EQ(poll_elsewhere(), 1U);
  EXPECT_EQ(alive, 0);
}

// covers hf.reclaim.grace-covers
TEST_F(Section, KeepsNothingThatWasRetiredAndSeenThroughBefore) {
  retire(own, *new counted(alive));
  own.synchronize();
  own.drain();
  section inside(own);
  EXPECT_EQ(alive, 0);
}

// covers hf.reclaim.sections-nest
TEST_F(Section, AnInnerOneEndsNothing) {
  auto* one = new counted(alive);
  {
    section outer(own);
    retire(own, *one);
    { section inner(own); }
    { section inner(default_domain()), innermost(own); }
    EXPECT_EQ(poll_elsewhere(5), 0U);
  }
  EXPECT_EQ(poll_elsewhere(), 1U);
}

// covers hf.reclaim.grace-covers
TEST_F(Section, OfOneDomainCountsForAll) {
  auto* one = new counted(alive);
  {
    section inside(default_domain());
    retire(own, *one);
    EXPECT_EQ(poll_elsewhere(5), 0U);
  }
  EXPECT_EQ(poll_elsewhere(), 1U);
}

// covers hf.reclaim.grace-covers
TEST_F(Section, OnlyThoseThatWereOpenAreWaitedFor) {
  auto* one = new counted(alive);
  std::atomic<int> stage{0};
  std::thread reader([&] {
    for (int turn = 0; turn < 2; ++turn) {
      section inside(own);
      ++stage;
      while (stage != 2 * turn + 2) std::this_thread::yield();
    }
  });
  while (stage != 1) std::this_thread::yield();
  retire(own, *one);
  EXPECT_EQ(own.poll(), 0U);
  stage = 2;
  while (stage != 3) std::this_thread::yield();
  // The reader is in its second section, which began after the object was unlinked.
  EXPECT_EQ(own.poll(), 1U);
  stage = 4;
  reader.join();
}

TEST_F(Section, ReadScopeIsWaitedForUntilItIsRefreshed) {
  auto* one = new counted(alive);
  {
    read_scope reading(own);
    retire(own, *one);
    EXPECT_EQ(poll_elsewhere(3), 0U);
    reading.refresh();
    EXPECT_EQ(poll_elsewhere(), 1U);
  }
}

TEST_F(Section, ReadScopeHandsOff) {
  auto* one = new counted(alive, 4);
  pin<counted> held;
  {
    read_scope reading(own);
    held = reading.hand_off(one, one);
  }
  retire(own, *one);
  EXPECT_EQ(own.drain(), 1U);
  EXPECT_EQ(held->value, 4);
  held.reset();
  own.drain();
}

// covers hf.reclaim.scope-budget
TEST_F(Section, ReadScopeIsAskedToMakeRoomWhenItsBudgetIsSpent) {
  retire(own, *new counted(alive));
  read_scope reading(own);
  EXPECT_EQ(poll_elsewhere(), 0U);
  EXPECT_FALSE(reading.make_room()) << "not before the budget is spent";
  EXPECT_EQ(own.stats().blocking_thread, holdfast::this_thread_id());
  std::this_thread::sleep_for(std::chrono::milliseconds(12));
  EXPECT_EQ(poll_elsewhere(), 0U);
  EXPECT_GE(own.stats().blocked_for, 12'000'000U);
  EXPECT_TRUE(reading.make_room());
  EXPECT_FALSE(reading.make_room()) << "asked once";
  EXPECT_EQ(poll_elsewhere(), 1U);
  EXPECT_EQ(own.stats().blocking_thread, 0U);
}

}  // namespace
