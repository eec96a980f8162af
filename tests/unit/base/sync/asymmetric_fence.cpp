// Tests of holdfast/base/sync/asymmetric_fence.hpp.
#include <holdfast/base/sync/asymmetric_fence.hpp>

#include <linux/membarrier.h>

#include <gtest/gtest.h>

namespace {

using namespace holdfast::sync;

// covers hf.reclaim.fenced-fallback
TEST(AsymmetricFence, IsTheKernelsOnlyWhenItOffersAndRegisters) {
  const long offered = MEMBARRIER_CMD_GLOBAL | MEMBARRIER_CMD_PRIVATE_EXPEDITED;
  EXPECT_EQ(fencing_for(offered, 0), fencing::by_kernel);
  EXPECT_EQ(fencing_for(offered, -1), fencing::by_readers) << "registration refused";
  EXPECT_EQ(fencing_for(MEMBARRIER_CMD_GLOBAL, 0), fencing::by_readers) << "only the slow kind is offered";
  EXPECT_EQ(fencing_for(0, 0), fencing::by_readers);
  EXPECT_EQ(fencing_for(-1, 0), fencing::by_readers) << "no such call, or a filter";
}

TEST(AsymmetricFence, IsDecidedOnce) {
  const fencing first = decided_fencing();
  EXPECT_NE(first, fencing::undecided);
  EXPECT_EQ(decided_fencing(), first);
  EXPECT_TRUE(heavy_fence());
}

}  // namespace
