// References of a pool for many threads: what a pin holds stays, what is erased cannot be pinned.
#include <holdfast/lifetime/sync_handle_pool.hpp>

#include <atomic>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <unordered_set>
#include <vector>

#include <gtest/gtest.h>

namespace {

using holdfast::cause;
using holdfast::cause_record;
using holdfast::handle_state;
using holdfast::sync_handle_pool;
using holdfast::weak;
using holdfast::when_stale;
using holdfast::reclaim::default_domain;

struct counted {
  static inline std::atomic<int> alive{0};
  static inline bool throws = false;
  int value;
  explicit counted(int v) : value(v) {
    if (throws) throw std::runtime_error("no");
    ++alive;
  }
  counted(const counted&) = delete;
  ~counted() {
    value = -1;
    --alive;
  }
};

class SyncHandlePool : public testing::Test {
 protected:
  ~SyncHandlePool() override {
    default_domain().drain();
    EXPECT_EQ(counted::alive.load(), 0);
    counted::throws = false;
  }
};

// covers hf.lifetime.weak-never-lies
TEST_F(SyncHandlePool, PinsTheObjectWhileItIsThere) {
  sync_handle_pool<counted> pool;
  const weak<counted> one = pool.make(1);
  EXPECT_FALSE(one.expired());
  EXPECT_EQ(one.pin()->value, 1);
  EXPECT_EQ(pool.size(), 1u);
  EXPECT_TRUE(pool.erase(one));
  EXPECT_FALSE(pool.erase(one));
  EXPECT_FALSE(one.pin());
  EXPECT_TRUE(one.expired());
  EXPECT_TRUE(pool.empty());
  EXPECT_FALSE(weak<counted>().pin());
  EXPECT_FALSE(weak<counted>(nullptr));
  EXPECT_TRUE(weak<counted>().expired());
}

// covers hf.lifetime.destroyed-once
TEST_F(SyncHandlePool, WhatIsPinnedIsDestroyedWhenThePinGoes) {
  sync_handle_pool<counted> pool;
  const auto one = pool.make(7);
  auto held = one.pin();
  pool.erase(one);
  default_domain().drain();
  EXPECT_EQ(held->value, 7);
  EXPECT_EQ(counted::alive.load(), 1);
  held.reset();
  default_domain().drain();
  EXPECT_EQ(counted::alive.load(), 0);
}

// covers hf.lifetime.weak-never-lies
TEST_F(SyncHandlePool, ASlotIsUsedAgainOnlyAfterItsPinsHaveGone) {
  struct own : counted {
    using counted::counted;
  };
  sync_handle_pool<own> pool;  // a type of its own, so that no other pool has used the slots
  const auto first = pool.make(0);
  auto held = first.pin();
  pool.erase(first);
  std::vector<weak<own>> others;
  for (int i = 1; i <= 200; ++i) {
    others.push_back(pool.make(i));
    EXPECT_NE(others.back().pin().get(), held.get());
    pool.erase(others.back());
    default_domain().drain();
  }
  EXPECT_EQ(held->value, 0);
  for (const auto& each : others) EXPECT_FALSE(each.pin());
  EXPECT_EQ(pool.capacity(), 64u);
}

// covers hf.lifetime.weak-outlives-pool
TEST_F(SyncHandlePool, ReferencesAndPinsOutliveThePool) {
  weak<counted> one;
  holdfast::reclaim::pin<counted> held;
  {
    sync_handle_pool<counted> pool;
    one = pool.make(5);
    held = one.pin();
  }
  EXPECT_EQ(held->value, 5);
  EXPECT_FALSE(one.pin());
  EXPECT_EQ(one.why().what(), cause::pool_destroyed);
  held.reset();
  // The next pool has the same slots, and the old reference still leads nowhere.
  sync_handle_pool<counted> next;
  next.name("next");
  for (int round = 0; round < 200; ++round) {
    const auto other = next.make(round);
    EXPECT_FALSE(one.pin());
    next.erase(other);
    default_domain().drain();
  }
  EXPECT_FALSE(next.erase(one));
  EXPECT_EQ(one.explain().find("next"), std::string::npos) << "it was not that pool's: " << one.explain();
}

// covers hf.lifetime.foreign-told
TEST_F(SyncHandlePool, KnowsAReferenceOfAnotherPool) {
  sync_handle_pool<counted> pool;
  sync_handle_pool<counted> other;
  const auto one = pool.make(1);
  EXPECT_EQ(pool.state(one), handle_state::live);
  EXPECT_EQ(other.state(one), handle_state::foreign);
  EXPECT_EQ(other.state({}), handle_state::null);
  EXPECT_FALSE(other.erase(one));
  EXPECT_TRUE(one.pin());
  pool.erase(one);
  EXPECT_EQ(pool.state(one), handle_state::stale);
}

// covers hf.lifetime.why-told
TEST_F(SyncHandlePool, KnowsHowAnObjectEnded) {
  sync_handle_pool<counted> pool;
  pool.name("sessions");
  EXPECT_EQ(pool.name(), "sessions");
  const auto one = pool.make(1);
  EXPECT_EQ(one.why(), cause_record());
  EXPECT_EQ(one.explain(), "");
  std::uint32_t other_thread = 0;
  std::thread([&] {
    other_thread = holdfast::this_thread_id();
    pool.erase(one);
  }).join();
  EXPECT_EQ(one.why().what(), cause::pool_erased);
  EXPECT_EQ(one.why().thread(), other_thread);
  EXPECT_GT(one.why().serial(), 0u);
  EXPECT_EQ(one.explain(), "stale reference to pool \"sessions\": " + holdfast::text_of(one.why()) +
                               "; ask get() each time, and expect nothing");
  const auto two = pool.make(2);
  pool.clear();
  EXPECT_EQ(two.why().what(), cause::pool_cleared);
  EXPECT_EQ(pool.size(), 0u);
}

// covers hf.lifetime.why-told
TEST_F(SyncHandlePool, OfAnEarlierObjectOfASlotItKnowsThatItWasErased) {
  sync_handle_pool<counted> pool;
  std::vector<weak<counted>> all;
  for (int i = 0; i < 64 * 3; ++i) {
    all.push_back(pool.make(i));
    pool.erase(all.back());
    default_domain().drain();
  }
  EXPECT_EQ(all.front().why(), cause_record(cause::pool_erased, 0, 0));
  EXPECT_GT(all.back().why().serial(), 0u);
}

// covers hf.lifetime.stale-policies
TEST_F(SyncHandlePool, AtThrowsOrAnswersNothing) {
  sync_handle_pool<counted> pool;
  const auto one = pool.make(4);
  EXPECT_EQ(one.at()->value, 4);
  pool.erase(one);
  EXPECT_THROW(static_cast<void>(one.at()), holdfast::stale_reference);
  EXPECT_FALSE(one.at<when_stale::null>());
  static_assert(noexcept(one.at<when_stale::null>()) && noexcept(one.at<when_stale::fatal>()));
  EXPECT_THROW(static_cast<void>(weak<counted>().at()), holdfast::stale_reference);
}

// covers hf.lifetime.no-wrap
TEST_F(SyncHandlePool, RetiresASlotAtItsLastGeneration) {
  struct own : counted {
    using counted::counted;
  };
  sync_handle_pool<own, 3> pool;  // a type of its own, so that no other pool has used the slots
  std::vector<weak<own>> all;
  for (int i = 0; i < 64 * 2; ++i) {
    all.push_back(pool.make(i));
    pool.erase(all.back());
    default_domain().drain();
  }
  EXPECT_EQ(pool.retired(), 64u);
  EXPECT_EQ(pool.capacity(), 64u);
  all.push_back(pool.make(-2));
  EXPECT_GT(pool.capacity(), 64u);
  for (std::size_t i = 0; i + 1 < all.size(); ++i) EXPECT_FALSE(all[i].pin());
  EXPECT_EQ((std::unordered_set<weak<own>>(all.begin(), all.end()).size()), all.size());
}

// covers hf.lifetime.first-in-first-out
TEST_F(SyncHandlePool, UsesTheSlotThatHasBeenVacantForLongestFirst) {
  sync_handle_pool<int> pool;
  std::vector<const int*> where;
  for (int i = 0; i < 64; ++i) {
    const auto one = pool.make(i);
    where.push_back(one.pin().get());
    pool.erase(one);
    default_domain().drain();
  }
  for (int i = 0; i < 64; ++i) {
    const auto one = pool.make(i);
    EXPECT_EQ(one.pin().get(), where[static_cast<std::size_t>(i)]);
    pool.erase(one);
    default_domain().drain();
  }
}

// covers hf.lifetime.make-strong
TEST_F(SyncHandlePool, AConstructorThatThrowsLeavesThePoolAsItWas) {
  sync_handle_pool<counted> pool;
  const auto one = pool.make(1);
  counted::throws = true;
  EXPECT_THROW(static_cast<void>(pool.make(2)), std::runtime_error);
  counted::throws = false;
  EXPECT_EQ(pool.size(), 1u);
  EXPECT_EQ(one.pin()->value, 1);
  EXPECT_EQ(pool.make(3).pin()->value, 3);
}

TEST_F(SyncHandlePool, ForEachPinsWhatItVisits) {
  sync_handle_pool<counted> pool;
  for (int i = 0; i < 300; ++i) static_cast<void>(pool.make(i));
  int visited = 0;
  pool.for_each([&](weak<counted> one, holdfast::reclaim::pin<counted> held) {
    EXPECT_EQ(one.pin().get(), held.get());
    pool.erase(one);
    EXPECT_GE(held->value, 0);
    ++visited;
  });
  EXPECT_EQ(visited, 300);
  EXPECT_TRUE(pool.empty());
}

}  // namespace
