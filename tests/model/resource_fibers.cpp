// The use of a C resource without a share, from the source that programs run, in orders that a seed decides.
#include <cstdint>

#include <gtest/gtest.h>

#include "tests/model/fiber_watched.hpp"
#include "tests/model/resource_plays.hpp"

namespace {

using namespace holdfast::tests;

using watched = fiber_watched;

struct told {
  int violations = 0;
  int destroyed = 0;
  int stuck = 0;
};

// Two users, and who releases the last share, in the orders of so many seeds.
template <class Machine>
told play(std::uint64_t seeds) {
  told all_told;
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    fibers all(seed);
    resource_stage<Machine, watched> stage;
    for (int user = 0; user < 2; ++user)
      all.add([&stage] {
        auto& mine = stage.claim(1);
        for (int turn = 0; turn < 3; ++turn) stage.use(mine);
        stage.records.leave(mine);
      });
    all.add([&stage] { stage.release_last(4); });
    if (!all.run(200, 4)) ++all_told.stuck;
    all_told.violations += all.violations();
    all_told.destroyed += stage.resource().destroyed ? 1 : 0;
  }
  return all_told;
}

struct without_light : fiber_machine {
  static void light_fence() {}
};
struct without_heavy : fiber_machine {
  static bool heavy_fence() { return true; }
};

// covers hf.resources.free-after-use, hf.reclaim.hold-and-look
TEST(ResourceFibers, WhatIsUsedWithoutAShareIsNotFreed) {
  const told seen = play<fiber_machine>(6000);
  EXPECT_EQ(seen.violations, 0);
  EXPECT_EQ(seen.stuck, 0);
  EXPECT_GT(seen.destroyed, 3000) << "hardly anything was tried";
}

TEST(ResourceFibers, WouldShowMissingFences) {
  EXPECT_GT(play<without_light>(6000).violations, 0);
  EXPECT_GT(play<without_heavy>(6000).violations, 0);
}

}  // namespace
