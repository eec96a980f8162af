// The reclamation protocol, from the source that programs run, in orders that a seed decides.
//
//   HOLDFAST_SEED=123 test_model --gtest_filter='ReclaimFibers.*'   one seed again
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "tests/model/fibers.hpp"
#include "tests/model/reclaim_plays.hpp"

namespace {

using namespace holdfast::tests;
using namespace holdfast::reclaim;

struct watched : retirable {
  void use() const {
    fibers::current()->step();
    if (destroyed) fibers::current()->report_violation();
  }
  static void destroy(retirable* one) noexcept { static_cast<watched*>(one)->destroyed = true; }
  bool destroyed = false;
};

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

template <class Machine>
void read_and_write(fibers& all, stage_on<Machine>& stage) {
  for (int reader = 0; reader < 2; ++reader)
    all.add([&stage] {
      auto& mine = stage.claim(1);
      stage.read_once(mine);
      stage.read_once(mine);
      stage.records.leave(mine);
    });
  all.add([&stage] {
    stage.replace(1, 2);
    stage.replace(2, 3);
  });
}

// covers hf.reclaim.scan-after-grace, hf.reclaim.grace-covers, hf.reclaim.pin-holds
TEST(ReclaimFibers, SectionsAndPinsKeepWhatTheyFound) { expect_none<fiber_machine>(6000, read_and_write<fiber_machine>); }

struct without_light : fiber_machine {
  static void light_fence() {}
};
struct without_heavy : fiber_machine {
  static bool heavy_fence() { return true; }
};

TEST(ReclaimFibers, WouldShowAMissingLightFence) { expect_some<without_light>(6000, read_and_write<without_light>); }
TEST(ReclaimFibers, WouldShowAMissingHeavyFence) { expect_some<without_heavy>(6000, read_and_write<without_heavy>); }

// covers hf.reclaim.sections-nest
TEST(ReclaimFibers, InnerSectionsEndNothing) {
  expect_none<fiber_machine>(3000, [](fibers& all, auto& stage) {
    all.add([&stage] { stage.read_nested(stage.claim(1)); });
    all.add([&stage] { stage.replace(1, 4); });
  });
}

// covers hf.reclaim.fenced-fallback
TEST(ReclaimFibers, ReadersThatFenceNeedNoHeavyFence) {
  expect_none<without_heavy>(3000, [](fibers& all, auto& stage) {
    for (int reader = 0; reader < 2; ++reader) all.add([&stage] { stage.read_fenced(stage.claim(1)); });
    all.add([&stage] { stage.replace(1, 4); });
  });
}

// A pin is copied from the slot of one thread to that of another, and the first one is released: a scan in
// between reads both slots too early or too late.
template <class Machine>
void copy_pins(fibers& all, stage_on<Machine>& stage, bool noted) {
  auto& giver = stage.claim(1);
  auto& taker = stage.claim(2);
  watched* const found = &stage.objects[0];
  auto* held = &giver.hold(found);
  all.add([&, found, held, noted]() mutable {
    for (int turn = 0; turn < 3; ++turn) {
      auto& owner = turn % 2 == 0 ? taker : giver;
      auto& copy = owner.hold(found);
      if (noted) owner.note_transfer();
      giver.release(*held);
      held = &copy;
      found->use();
    }
    giver.release(*held);
  });
  all.add([&] { stage.replace(1, 4); });
}

// covers hf.reclaim.scan-whole
TEST(ReclaimFibers, ScansNoticeCopiesOfPins) {
  expect_none<fiber_machine>(6000, [](fibers& all, auto& stage) { copy_pins(all, stage, true); });
}
TEST(ReclaimFibers, WouldShowACopyThatIsNotNoted) {
  expect_some<fiber_machine>(6000, [](fibers& all, auto& stage) { copy_pins(all, stage, false); });
}

// covers hf.reclaim.one-fence, hf.reclaim.grace-covers
TEST(ReclaimFibers, WritersShareGracePeriods) {
  expect_none<fiber_machine>(4000, [](fibers& all, auto& stage) {
    all.add([&stage] {
      auto& mine = stage.claim(1);
      for (int i = 0; i < 3; ++i) stage.read_once(mine);
    });
    all.add([&stage] { stage.replace(1, 3); });
    all.add([&stage] { stage.replace(2, 3); });
  });
}

// Whoever is at work may be taken off its processor there; what another retires meanwhile is nowhere counted. So he is
// turned away a few times and then waits, and in haste he waits at once.
// covers hf.reclaim.garbage-bounded
TEST(ReclaimFibers, NobodyIsTurnedAwayForEver) {
  int turned_away = 0;
  expect_none<fiber_machine>(2000, [&turned_away](fibers& all, auto& stage) {
    all.add([&stage] { stage.replace(1, 4); });
    all.add([&stage] { stage.replace(2, 4); });
    all.add([&stage, &turned_away] {
      unsigned refusals = 0;
      for (int i = 0; i < 20; ++i) {
        stage.collect(refusals);
        turned_away += refusals != 0;
        if (refusals > stage.collector.most_refusals) fibers::current()->report_violation();
      }
      stage.collect(refusals, haste::pressed);
      if (refusals != 0) fibers::current()->report_violation();
    });
  });
  EXPECT_GT(turned_away, 1000) << "nobody ever was";
}

// A part of what is ripe is compared with slots that were read when it was ripe.
// covers hf.reclaim.scan-after-grace, hf.reclaim.scan-whole
TEST(ReclaimFibers, PartsOfWhatIsRipeAreHeldAgainstSlotsReadAfterwards) {
  expect_none<fiber_machine>(6000, [](fibers& all, auto& stage) {
    for (int reader = 0; reader < 2; ++reader)
      all.add([&stage] {
        auto& mine = stage.claim(1);
        stage.read_once(mine);
        stage.read_once(mine);
      });
    all.add([&stage] {
      stage.replace(1, 2, haste::now, 1);
      stage.replace(2, 3, haste::pressed, 1);
    });
  });
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
      read_and_write(all, stage);
      all.stop_at(0, step);
    });
}

}  // namespace
