// The word of a slot by itself: who may count, borrow, close and mark, and where generations end.
#include <holdfast/lifetime/resource_state.hpp>

#include <memory>
#include <vector>

#include <gtest/gtest.h>

#include <holdfast/base/sync/real_machine.hpp>
#include <holdfast/lifetime/resource_slots.hpp>

namespace {

using namespace holdfast;
using namespace holdfast::lifetime;

using short_state = basic_resource_state<sync::real_machine, 3>;

// covers hf.resources.generation-saturates
TEST(ResourceState, StopsAtItsLastGeneration) {
  short_state state;
  for (std::uint32_t generation = 1; generation <= 3; ++generation) {
    EXPECT_FALSE(state.is_exhausted());
    EXPECT_EQ(state.open(0), generation);
    EXPECT_TRUE(state.release(generation).last);
  }
  EXPECT_TRUE(state.is_exhausted());
  for (std::uint32_t generation = 1; generation <= 3; ++generation) {
    EXPECT_EQ(state.share(generation), resource_error::stale);
    EXPECT_EQ(state.borrow(generation), resource_error::stale);
  }
}

// covers hf.resources.generation-saturates
TEST(ResourceState, AnExhaustedSlotIsNotGivenOutAgain) {
  static resource_slots slots;  // what it has taken it never gives back
  resource_slot* const worn = slots.take();
  std::construct_at(&worn->state, resource_word::last_generation - 1);
  EXPECT_FALSE(worn->state.is_exhausted());
  EXPECT_EQ(worn->state.open(0), resource_word::last_generation);
  static_cast<void>(worn->state.release(resource_word::last_generation));
  slots.give(*worn);
  EXPECT_EQ(slots.exhausted(), 1u);
  EXPECT_NE(slots.take(), worn);
  EXPECT_EQ(slots.size(), 2u);
}

TEST(ResourceSlots, AreUsedAgainInTheOrderInWhichTheyBecameFree) {
  static resource_slots slots;
  resource_slot* const first = slots.take();
  resource_slot* const second = slots.take();
  slots.give(*second);
  slots.give(*first);
  EXPECT_EQ(slots.take(), second);
  EXPECT_EQ(slots.take(), first);
  EXPECT_EQ(slots.size(), 2u);
}

// covers hf.resources.share-refuses-zero
TEST(ResourceState, CountsOnlyWhatIsThere) {
  resource_state state;
  EXPECT_EQ(state.share(0), resource_error::invalid);
  EXPECT_EQ(state.share(1), resource_error::invalid);
  ASSERT_EQ(state.open(0), 1u);
  EXPECT_EQ(state.share(1), resource_error::none);
  EXPECT_EQ(state.load().count(), 2u);
  EXPECT_EQ(state.share(2), resource_error::invalid);
  EXPECT_FALSE(state.release(1).last);
  const auto last = state.release(1);
  EXPECT_TRUE(last.last);
  EXPECT_FALSE(last.borrowed);
  EXPECT_EQ(state.share(1), resource_error::stale);
  EXPECT_EQ(state.share_again(1), resource_error::stale);
  EXPECT_EQ(state.release(1).error, resource_error::stale);
  EXPECT_EQ(state.load().count(), 0u);
  ASSERT_EQ(state.open(0), 2u);
  EXPECT_EQ(state.release(1).error, resource_error::stale);
  EXPECT_EQ(state.load().count(), 1u) << "another's share is left alone";
}

// covers hf.resources.free-after-use
TEST(ResourceState, ABorrowerIsSeenByTheLastRelease) {
  resource_state state;
  static_cast<void>(state.open(0));
  EXPECT_FALSE(state.load().is_plainly_readable(1));
  EXPECT_EQ(state.borrow(1), resource_error::none);
  EXPECT_TRUE(state.load().is_plainly_readable(1));
  EXPECT_FALSE(state.load().is_plainly_readable(2));
  EXPECT_EQ(state.borrow(1), resource_error::none);
  EXPECT_EQ(state.share(1), resource_error::none);
  EXPECT_TRUE(state.load().is_plainly_readable(1)) << "whatever the count";
  EXPECT_FALSE(state.release(1).last);
  EXPECT_TRUE(state.release(1).borrowed);
  EXPECT_FALSE(state.load().is_plainly_readable(1));
  EXPECT_EQ(state.borrow(1), resource_error::stale);
  static_cast<void>(state.open(0));
  EXPECT_FALSE(state.load().is_plainly_readable(2)) << "the next tenant begins anew";
}

// covers hf.resources.close
TEST(ResourceState, EachMarkIsSetOnceAndOnlyForItsTenant) {
  resource_state state;
  static_cast<void>(state.open(0));
  static_cast<void>(state.borrow(1));
  EXPECT_FALSE(state.mark(2, flag_closing));
  EXPECT_TRUE(state.mark(1, flag_closing));
  EXPECT_FALSE(state.mark(1, flag_closing));
  EXPECT_FALSE(state.load().is_plainly_readable(1));
  EXPECT_EQ(state.share(1), resource_error::closing);
  EXPECT_EQ(state.borrow(1), resource_error::closing);
  EXPECT_EQ(state.share_again(1), resource_error::none);
  EXPECT_TRUE(state.mark(1, flag_gone));
  EXPECT_EQ(state.share(1), resource_error::freed);
}

// covers hf.resources.misuse-reported
TEST(ResourceState, TheCountStopsBeforeTheGeneration) {
  resource_state state;
  static_cast<void>(state.open(0));
  for (std::uint32_t count = 1; count < resource_word::most_shares; ++count) static_cast<void>(state.share(1));
  EXPECT_EQ(state.load().count(), resource_word::most_shares);
  EXPECT_EQ(state.share(1), resource_error::too_many);
  EXPECT_EQ(state.share_again(1), resource_error::too_many);
  EXPECT_EQ(state.load().generation(), 1u);
  EXPECT_FALSE(state.release(1).last);
  EXPECT_EQ(state.share(1), resource_error::none);
}

// covers hf.resources.slots-stay
TEST(ResourceSlots, EveryIndexLeadsToASlotOrToNothing) {
  static const resource_slots slots;
  for (const std::uint32_t index : {0u, 1u, 0xffffu}) {
    ASSERT_NE(slots.find(index), nullptr);
    EXPECT_EQ(slots.find(index)->state.load().judge(1), resource_error::invalid) << index;
  }
  for (const std::uint32_t index : {0x10000u, 0xfffffffu, 0x10000000u, 0x7fffffffu, 0xffffffffu})
    EXPECT_EQ(slots.find(index), nullptr) << index;
}

// covers hf.resources.slots-stay
TEST(ResourceSlots, StayThroughGrowth) {
  static resource_slots slots;
  std::vector<resource_slot*> taken;
  for (std::uint32_t index = 0; index < 70'000; ++index) {
    taken.push_back(slots.take());
    ASSERT_EQ(taken.back()->index, index);
    ASSERT_EQ(reinterpret_cast<std::uintptr_t>(taken.back()) % 64, 0u);
  }
  for (std::uint32_t index = 0; index < 70'000; ++index) EXPECT_EQ(slots.find(index), taken[index]);
  EXPECT_EQ(slots.size(), 70'000u);
  EXPECT_EQ(slots.exhausted(), 0u);
}

}  // namespace
