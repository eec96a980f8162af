// The reclamation protocol, from the source that programs run, in orders that a seed decides.
//
//   HOLDFAST_SEED=123 test_model --gtest_filter='ReclaimFibers.*'   one seed again
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "tests/model/fiber_watched.hpp"
#include "tests/model/reclaim_scenes.hpp"

namespace {

using namespace holdfast::tests;
using namespace holdfast::reclaim;

using watched = fiber_watched;

template <class Machine>
using stage_on = reclaim_stage<Machine, watched>;

// A play: puts fibers on the stage.
template <class Machine>
using play = std::function<void(fibers&, stage_on<Machine>&)>;

// Violations of one seed; -1: it does not end.
template <class Machine>
int violations(std::uint64_t seed, const play<Machine>& act) {
  fibers all(seed);
  stage_on<Machine> stage;
  act(all, stage);
  const bool ended = all.run(200, 4);
  return ended ? all.violations() : -1;
}

template <class Machine>
void expect_none(int seeds, const play<Machine>& act) {
  const char* const one = std::getenv("HOLDFAST_SEED");
  if (one != nullptr) {
    EXPECT_EQ(violations<Machine>(std::strtoull(one, nullptr, 10), act), 0);
    return;
  }
  for (int seed = 0; seed < seeds; ++seed)
    ASSERT_EQ(violations<Machine>(static_cast<std::uint64_t>(seed), act), 0) << "HOLDFAST_SEED=" << seed;
}

template <class Machine>
void expect_some(int seeds, const play<Machine>& act) {
  for (int seed = 0; seed < seeds; ++seed)
    if (violations<Machine>(static_cast<std::uint64_t>(seed), act) > 0) return;
  FAIL() << "none in " << seeds << " seeds: the play could not show it";
}

// covers hf.reclaim.scan-after-grace, hf.reclaim.grace-covers, hf.reclaim.pin-holds
TEST(ReclaimFibers, SectionsAndPinsKeepWhatTheyFound) {
  expect_none<fiber_machine>(6000, [](fibers& all, auto& stage) { readers_and_a_writer(all, stage); });
}

// A part of what is ripe is held against slots that were read when it was ripe.
// covers hf.reclaim.scan-after-grace, hf.reclaim.scan-whole
TEST(ReclaimFibers, PartsOfWhatIsRipeAreHeldAgainstSlotsReadAfterwards) {
  expect_none<fiber_machine>(6000, [](fibers& all, auto& stage) { readers_and_a_writer(all, stage, 1); });
}

struct without_light : fiber_machine {
  static void light_fence() {}
};
struct without_heavy : fiber_machine {
  static bool heavy_fence() { return true; }
};

TEST(ReclaimFibers, WouldShowAMissingLightFence) {
  expect_some<without_light>(6000, [](fibers& all, auto& stage) { readers_and_a_writer(all, stage); });
}
TEST(ReclaimFibers, WouldShowAMissingHeavyFence) {
  expect_some<without_heavy>(6000, [](fibers& all, auto& stage) { readers_and_a_writer(all, stage); });
}

// covers hf.reclaim.hold-and-look
TEST(ReclaimFibers, WhatIsHeldFirstAndFoundUnretiredStays) {
  expect_none<fiber_machine>(6000, [](fibers& all, auto& stage) { readers_that_look_and_a_writer(all, stage); });
}
TEST(ReclaimFibers, WouldShowALookWithoutLightFence) {
  expect_some<without_light>(6000, [](fibers& all, auto& stage) { readers_that_look_and_a_writer(all, stage); });
}
TEST(ReclaimFibers, WouldShowALookWithoutHeavyFence) {
  expect_some<without_heavy>(6000, [](fibers& all, auto& stage) { readers_that_look_and_a_writer(all, stage); });
}

// covers hf.reclaim.sections-nest
TEST(ReclaimFibers, InnerSectionsEndNothing) {
  expect_none<fiber_machine>(3000, [](fibers& all, auto& stage) { a_nested_reader(all, stage); });
}

// covers hf.reclaim.fenced-fallback
TEST(ReclaimFibers, ReadersThatFenceNeedNoHeavyFence) {
  expect_none<without_heavy>(3000, [](fibers& all, auto& stage) { readers_that_fence(all, stage); });
}

// covers hf.reclaim.scan-whole
TEST(ReclaimFibers, ScansNoticeCopiesOfPins) {
  expect_none<fiber_machine>(6000, [](fibers& all, auto& stage) { copies_of_a_pin(all, stage, true); });
}
TEST(ReclaimFibers, WouldShowACopyThatIsNotNoted) {
  expect_some<fiber_machine>(6000, [](fibers& all, auto& stage) { copies_of_a_pin(all, stage, false); });
}

// covers hf.reclaim.one-fence, hf.reclaim.grace-covers
TEST(ReclaimFibers, WritersShareGracePeriods) {
  expect_none<fiber_machine>(4000, [](fibers& all, auto& stage) { writers_that_share_periods(all, stage); });
}

// covers hf.reclaim.garbage-bounded
TEST(ReclaimFibers, NobodyIsTurnedAwayForEver) {
  int turned_away = 0;
  expect_none<fiber_machine>(2000, [&turned_away](fibers& all, auto& stage) {
    one_who_is_turned_away(all, stage, [&](unsigned refusals, haste hurry) {
      turned_away += refusals != 0;
      const unsigned most = hurry == haste::pressed ? 0 : stage.collector.most_refusals;
      if (refusals > most) fibers::current()->report_violation();
    });
  });
  EXPECT_GT(turned_away, 1000) << "nobody ever was";
}

// covers hf.reclaim.thread-exit, hf.reclaim.slot-one-owner
TEST(ReclaimFibers, RecordsChangeHandsWhilePinsOfTheirFirstOwnerLive) {
  expect_none<fiber_machine>(4000, [](fibers& all, auto& stage) {
    using slot = typename stage_on<fiber_machine>::slot;
    auto handed = std::make_shared<fiber_machine::atomic<slot*>>(nullptr);
    all.add([&stage, handed] {
      auto& mine = stage.claim(1);
      const std::uint64_t before = mine.enter();
      watched* const found = stage.source.load(std::memory_order_acquire);
      slot& held = mine.hold(found);
      mine.leave(before);
      stage.records.leave(mine);
      handed->store(&held, std::memory_order_release);
    });
    all.add([&stage, handed] {
      for (unsigned round = 0; round < 3; ++round) {
        if (slot* held = handed->load(std::memory_order_acquire)) {
          static_cast<const watched*>(held->load(std::memory_order_relaxed))->use();
          stage.records.for_each([](auto&) {});
          std::remove_reference_t<decltype(stage)>::record::release(*held);
          break;
        }
        fiber_machine::rest(round);
      }
    });
    all.add([&stage] {
      auto& mine = stage.claim(3);
      stage.read_once(mine);
      stage.records.leave(mine);
    });
    all.add([&stage] { stage.replace(1, 4); });
  });
}

// A reader is stopped for good wherever it stands: others go on, and what it holds stays.
// covers hf.reclaim.grace-covers
TEST(ReclaimFibers, AStoppedReaderStopsNobody) {
  for (std::uint64_t step = 0; step < 40; ++step)
    expect_none<fiber_machine>(60, [step](fibers& all, auto& stage) {
      readers_and_a_writer(all, stage);
      all.stop_at(0, step);
    });
}

}  // namespace
