// Tests of holdfast/base/reclaim/pin.hpp.
#include <holdfast/base/reclaim/pin.hpp>

#include <algorithm>
#include <thread>
#include <type_traits>
#include <vector>

#include <gtest/gtest.h>

#include "tests/unit/base/reclaim/counted.hpp"

namespace {

using namespace holdfast::reclaim;
using holdfast::tests::counted;
using holdfast::tests::pinned;
using holdfast::tests::retire;

static_assert(sizeof(pin<int>) == 2 * sizeof(void*));
static_assert(!std::is_copy_constructible_v<pin<int>> && !std::is_copy_assignable_v<pin<int>>);
static_assert(std::is_nothrow_move_constructible_v<pin<int>> && std::is_nothrow_move_assignable_v<pin<int>>);

class Pin : public testing::Test {
 protected:
  ~Pin() override { EXPECT_EQ(alive, 0); }

  std::atomic<int> alive{0};
  domain own;
};

// covers hf.reclaim.pin-holds
TEST_F(Pin, KeepsItsObjectThroughDrains) {
  auto* one = new counted(alive, 7);
  pin<counted> held = pinned(own, *one);
  retire(own, *one);
  EXPECT_EQ(own.drain(), 1U);
  EXPECT_EQ(alive, 1);
  EXPECT_EQ(held->value, 7);
  held.reset();
  EXPECT_FALSE(held);
  EXPECT_EQ(own.drain(), 0U);
  EXPECT_EQ(alive, 0);
}

// covers hf.reclaim.pin-holds
TEST_F(Pin, BlocksNothingButItsObject) {
  auto* one = new counted(alive);
  pin<counted> held = pinned(own, *one);
  retire(own, *one);
  for (int i = 0; i < 10'000; ++i) retire(own, *new counted(alive));
  EXPECT_EQ(own.drain(), 1U);
  EXPECT_EQ(alive, 1);
  held.reset();
  own.drain();
}

// covers hf.reclaim.slot-one-owner
TEST_F(Pin, MovesWithItsSlot) {
  auto* one = new counted(alive);
  pin<counted> first = pinned(own, *one);
  pin<counted> second = std::move(first);
  EXPECT_FALSE(first);
  EXPECT_TRUE(second);
  EXPECT_EQ(domain::census().size(), 1U);
  first = std::move(second);
  pin<counted>& same = first;
  first = std::move(same);
  EXPECT_TRUE(first);
  retire(own, *one);
  EXPECT_EQ(own.drain(), 1U);
  first = nullptr;
  EXPECT_TRUE(domain::census().empty());
  own.drain();
}

TEST_F(Pin, LetsGoOfWhatItHeldWhenAssigned) {
  auto *one = new counted(alive), *two = new counted(alive);
  pin<counted> held = pinned(own, *one);
  held = pinned(own, *two);
  retire(own, *one), retire(own, *two);
  EXPECT_EQ(own.drain(), 1U);
  EXPECT_EQ(held.get(), two);
  held.reset();
  own.drain();
}

// covers hf.reclaim.pin-holds
TEST_F(Pin, IsDoubledAndEachHoldsByItself) {
  auto* one = new counted(alive);
  pin<counted> first = pinned(own, *one);
  pin<counted> second = first.dup();
  EXPECT_FALSE(pin<counted>().dup());
  retire(own, *one);
  first.reset();
  EXPECT_EQ(own.drain(), 1U);
  EXPECT_EQ(second.get(), one);
  second.reset();
  EXPECT_EQ(own.drain(), 0U);
}

TEST_F(Pin, MayPointIntoWhatItHolds) {
  auto* one = new counted(alive, 3);
  pin<const int> value = pinned(own, *one).on<const int>(&one->value);
  retire(own, *one);
  EXPECT_EQ(own.drain(), 1U);
  EXPECT_EQ(*value, 3);
  value.reset();
  own.drain();
}

// covers hf.reclaim.slot-one-owner
TEST_F(Pin, ManyAtATimeTakeFurtherSlots) {
  constexpr int many = 5000;
  std::vector<pin<counted>> held;
  std::vector<counted*> objects;
  for (int i = 0; i < many; ++i) {
    objects.push_back(new counted(alive, i));
    held.push_back(pinned(own, *objects.back()));
  }
  EXPECT_EQ(domain::census().size(), many);
  for (counted* one : objects) retire(own, *one);
  EXPECT_EQ(own.drain(), many);
  for (int i = 0; i < many; i += 2) held[static_cast<std::size_t>(i)].reset();
  EXPECT_EQ(own.drain(), many / 2);
  for (int i = 1; i < many; i += 2) EXPECT_EQ(held[static_cast<std::size_t>(i)]->value, i);
  // The slots that became free are found again.
  auto* late = new counted(alive, -1);
  for (int i = 0; i < many; i += 2) held[static_cast<std::size_t>(i)] = pinned(own, *late);
  EXPECT_EQ(domain::census().size(), many);
  held.clear();
  retire(own, *late);
  EXPECT_EQ(own.drain(), 0U);
}

// covers hf.reclaim.pin-holds, hf.reclaim.thread-exit
TEST_F(Pin, IsReleasedByAnotherThreadAfterItsOwnHasEnded) {
  auto* one = new counted(alive, 5);
  pin<counted> held;
  std::uint32_t maker = 0;
  std::thread([&] {
    held = pinned(own, *one);
    maker = domain::census().front().thread;
  }).join();
  retire(own, *one);
  EXPECT_EQ(own.drain(), 1U);
  EXPECT_EQ(held->value, 5);
  const auto who = domain::census();
  ASSERT_EQ(who.size(), 1U);
  EXPECT_EQ(who[0].node, one);
  EXPECT_EQ(who[0].thread, maker);
  EXPECT_TRUE(who[0].thread_is_gone);
  EXPECT_EQ(own.stats().orphaned_records, 1U);
  std::thread([moved = std::move(held)]() mutable { moved.reset(); }).join();
  EXPECT_EQ(own.stats().orphaned_records, 0U);
  EXPECT_EQ(own.drain(), 0U);
}

// covers hf.reclaim.pin-holds
TEST_F(Pin, OutlivesTheDomainItsObjectWasRetiredTo) {
  auto* one = new counted(alive, 5);
  pin<counted> held;
  {
    domain passing;
    held = pinned(passing, *one);
    retire(passing, *one);
  }
  EXPECT_EQ(alive, 1);
  EXPECT_EQ(held->value, 5);
  held.reset();
  default_domain().drain();
  EXPECT_EQ(alive, 0);
}

}  // namespace
