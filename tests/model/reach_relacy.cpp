// Which bucket a lookup is led to, from the source that programs run, under the memory model of C++ as Relacy
// simulates it. What each order is for is shown by tests/mutation/bugs/sync_map_orders.txt, which takes them away one by
// one.
#include <gtest/gtest.h>

// Last, because of its #include <relacy/relacy.hpp>.
#include "tests/model/reach_relacy.hpp"

namespace {

using namespace holdfast::tests;

// covers hf.concurrent.reach-is-filled, hf.concurrent.absent-is-checked
TEST(ReachRelacy, LookupsAreLedToWhatWasFilled) {
  const relacy_says seen = simulate<buckets_made_known<relacy_machine>>(100'000);
  EXPECT_TRUE(seen.good) << seen.story;
}

}  // namespace
