// The reclamation protocol, from the source that programs run, under the memory model of C++ as Relacy
// simulates it. What each order is for is shown by tests/mutation/bugs/reclaim_orders.txt, which takes them away one by
// one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

// Last, because of its #include <relacy/relacy.hpp>.
#include "tests/model/reclaim_relacy.hpp"

namespace {

using namespace holdfast::tests;

struct without_light : relacy_machine {
  static void light_fence() {}
};
struct without_heavy : relacy_machine {
  static bool heavy_fence() { return true; }
};

// Takes release for relaxed: what would then go unordered must be noticed.
struct relaxed_stores : relacy_machine {
  template <class T>
  class atomic : public relacy_machine::atomic<T> {
   public:
    using relacy_machine::atomic<T>::atomic;
    void store(T value, std::memory_order) { relacy_machine::atomic<T>::store(value, std::memory_order_relaxed); }
  };
};

// The same for the loads of those pairs.
struct relaxed_loads : relacy_machine {
  template <class T>
  class atomic : public relacy_machine::atomic<T> {
   public:
    using relacy_machine::atomic<T>::atomic;
    T load(std::memory_order) const { return relacy_machine::atomic<T>::load(std::memory_order_relaxed); }
  };
};

template <class Play>
void expect_good() {
  destroyed_in_all = 0;
  const relacy_says seen = simulate<Play>(100'000);
  EXPECT_TRUE(seen.good) << seen.story;
  EXPECT_GT(destroyed_in_all, 2'000) << "hardly anything was tried";
}

template <class Play>
void expect_bad() {
  const relacy_says seen = simulate<Play>(100'000);
  EXPECT_FALSE(seen.good);
  // The last of them is a record that is seen before it has been filled.
  EXPECT_THAT(seen.story, testing::AnyOf(testing::HasSubstr("DATA RACE"), testing::HasSubstr("USER ASSERT FAILED"),
                                         testing::HasSubstr("ACCESS TO UNINITIALIZED VARIABLE")));
}

// covers hf.reclaim.scan-after-grace, hf.reclaim.pin-holds
TEST(ReclaimRelacy, SectionsAndPinsKeepWhatTheyFound) { expect_good<read_and_write<relacy_machine>>(); }

// covers hf.reclaim.scan-after-grace, hf.reclaim.garbage-bounded
TEST(ReclaimRelacy, WritersTakeTurnsAndPartsOfWhatIsRipe) { expect_good<writers_in_turn<relacy_machine>>(); }

// covers hf.reclaim.hold-and-look
TEST(ReclaimRelacy, WhatIsHeldFirstAndFoundUnretiredStays) { expect_good<hold_look_and_write<relacy_machine>>(); }

// covers hf.reclaim.grace-covers
TEST(ReclaimRelacy, WhoCollectsNeedNotBeWhoUnlinked) { expect_good<unlinked_by_another<watching_retired>>(); }

// covers hf.reclaim.grace-covers, hf.reclaim.one-fence
TEST(ReclaimRelacy, WaitersShareGracePeriods) { expect_good<waiters_for_periods<relacy_machine>>(); }

// covers hf.reclaim.grace-covers
TEST(ReclaimRelacy, WhoIsTurnedAwayMayTrustTheNumberAlone) { expect_good<turned_away_waiter<relacy_machine>>(); }

// covers hf.reclaim.drain-complete
TEST(ReclaimRelacy, WhoDrainsWaitsForWhoCollects) { expect_good<drained_and_collected<relacy_machine>>(); }

// covers hf.reclaim.scan-whole
TEST(ReclaimRelacy, ScansNoticeCopiesOfPins) { expect_good<copied_pin<relacy_machine>>(); }

// covers hf.reclaim.pin-holds, hf.reclaim.slot-one-owner
TEST(ReclaimRelacy, PinsMayBeLetGoByAnotherThread) {
  expect_good<given_pin<relacy_machine>>();
  expect_good<given_pin_of_many<relacy_machine>>();
}

// covers hf.reclaim.pin-holds
TEST(ReclaimRelacy, PinsInFurtherSlotsAreSeen) {
  expect_good<copied_to_first_further_slots<relacy_machine>>();
  expect_good<copied_to_next_further_slots<relacy_machine>>();
}

// covers hf.reclaim.signal-safe
TEST(ReclaimRelacy, ReservedSlotsHaveOneOwner) { expect_good<given_reserved_pin<relacy_machine>>(); }

// covers hf.reclaim.thread-exit
TEST(ReclaimRelacy, RecordsChangeHandsInOrder) { EXPECT_TRUE(simulate<record_in_turn<relacy_machine>>(20'000).good); }

TEST(ReclaimRelacy, WouldShowAMissingLightFence) { expect_bad<read_and_write<without_light>>(); }
TEST(ReclaimRelacy, WouldShowAMissingLightFenceBeforeTheLook) { expect_bad<hold_look_and_write<without_light>>(); }
TEST(ReclaimRelacy, WouldShowAMissingHeavyFence) { expect_bad<read_and_write<without_heavy>>(); }
TEST(ReclaimRelacy, WouldShowStoresWithoutRelease) { expect_bad<read_and_write<relaxed_stores>>(); }
TEST(ReclaimRelacy, WouldShowLoadsWithoutAcquire) { expect_bad<read_and_write<relaxed_loads>>(); }

}  // namespace
