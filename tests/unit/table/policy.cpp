#include <holdfast/table/policy.hpp>

#include <bit>
#include <cstddef>

#include <gtest/gtest.h>

namespace {

template <class Policy>
void expect_sensible() {
  EXPECT_TRUE(std::has_single_bit(Policy::initial_buckets));
  EXPECT_GE(Policy::buckets_per_write, 1u);
  for (std::size_t buckets = Policy::initial_buckets; buckets < (std::size_t{1} << 40); buckets *= 2) {
    const std::size_t capacity = Policy::capacity(buckets);
    ASSERT_LE(capacity, buckets * Policy::slots);
    ASSERT_GT(Policy::capacity(2 * buckets), capacity);
    // Every new entry moves buckets_per_write old buckets: growth must end before the next is due.
    ASSERT_GE((Policy::capacity(2 * buckets) - capacity) * Policy::buckets_per_write, buckets);
    ASSERT_FALSE(Policy::crowded(0, buckets));
    ASSERT_TRUE(Policy::crowded(8 * buckets + 8, buckets));
  }
}

// covers hf.table.growth-finishes
TEST(GrowthPolicy, LetsGrowthEndBeforeTheNextIsDue) {
  expect_sensible<holdfast::fast_growth>();
  expect_sensible<holdfast::go_growth>();
  expect_sensible<holdfast::article_growth>();
  expect_sensible<holdfast::stable<holdfast::go_growth>>();
}

// contract M25
TEST(GrowthPolicy, OfGoHasGosNumbers) {
  static_assert(holdfast::go_growth::slots == 8 && holdfast::go_growth::buckets_per_write == 2);
  EXPECT_EQ(holdfast::go_growth::capacity(1), 8u);
  EXPECT_EQ(holdfast::go_growth::capacity(2), 13u);
  EXPECT_EQ(holdfast::go_growth::capacity(4), 26u);
  EXPECT_EQ(holdfast::go_growth::capacity(128), 832u);
}

TEST(GrowthPolicy, OfTheArticleStartsWithFourBucketsAtThreeQuarters) {
  static_assert(holdfast::article_growth::initial_buckets == 4);
  EXPECT_EQ(holdfast::article_growth::capacity(4), 24u);
}

}  // namespace
