// Percentiles are never too small and too large by less than 1/128; the maximum is exact.
#include "holdfast/tools/histogram.hpp"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace {

using holdfast::tools::histogram;

TEST(Histogram, TellsNothingOfNothing) {
  const histogram empty;
  EXPECT_EQ(empty.count(), 0U);
  EXPECT_EQ(empty.percentile(50.0), 0U);
  EXPECT_EQ(empty.max(), 0U);
}

TEST(Histogram, IsExactBelow256) {
  for (std::uint64_t value = 0; value < 256; ++value) {
    histogram one;
    one.add(value);
    one.add(100'000);
    EXPECT_EQ(one.percentile(50.0), value);
  }
}

// covers hf.tools.histogram-error
TEST(Histogram, IsNeverTooSmallAndHardlyTooLargeAtAnyMagnitude) {
  for (int bit = 0; bit < 64; ++bit) {
    for (const std::uint64_t low : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{12345}}) {
      const std::uint64_t value = (std::uint64_t{1} << bit) | low;
      histogram one;
      one.add(value);
      one.add(~std::uint64_t{0});
      const auto told = one.percentile(50.0);
      EXPECT_GE(told, value);
      EXPECT_LE(static_cast<double>(told - value), static_cast<double>(value) / 128.0);
    }
  }
}

// covers hf.tools.histogram-error
TEST(Histogram, AgreesWithSortingWithinItsError) {
  std::mt19937_64 random(7);
  std::lognormal_distribution<double> times(5.0, 3.0);
  histogram counted;
  std::vector<std::uint64_t> all;
  for (int i = 0; i < 20'000; ++i) {
    all.push_back(static_cast<std::uint64_t>(times(random)));
    counted.add(all.back());
  }
  std::sort(all.begin(), all.end());
  for (const double percent : {1.0, 50.0, 90.0, 99.0, 99.9, 99.99, 100.0}) {
    const auto rank = static_cast<std::size_t>(std::ceil(percent / 100.0 * 20'000.0));
    const auto truth = all[rank - 1];
    EXPECT_GE(counted.percentile(percent), truth);
    EXPECT_LE(static_cast<double>(counted.percentile(percent)),
              static_cast<double>(truth) * (1.0 + 1.0 / 128.0));
  }
  EXPECT_EQ(counted.max(), all.back());
  EXPECT_EQ(counted.percentile(100.0), all.back());
}

TEST(Histogram, IsVisitedFromTheLeastToTheLargest) {
  histogram one;
  for (const std::uint64_t value : {7U, 7U, 1000U, 90'000U}) one.add(value);
  std::vector<std::uint64_t> above;
  std::uint64_t last = 0;
  one.for_each([&](std::uint64_t value, std::uint64_t more) {
    EXPECT_GT(value, last);
    last = value;
    above.push_back(more);
  });
  EXPECT_EQ(above, (std::vector<std::uint64_t>{2, 1, 0}));
  EXPECT_EQ(last, 90'000U);
}

TEST(Histogram, MergedIsAsIfAllHadBeenAddedToOne) {
  std::mt19937_64 random(5);
  histogram one;
  histogram first;
  histogram second;
  for (int i = 0; i < 10'000; ++i) {
    const auto value = random() % 1'000'000;
    one.add(value);
    (i % 3 == 0 ? first : second).add(value);
  }
  first.merge(second);
  EXPECT_EQ(first.count(), one.count());
  EXPECT_EQ(first.max(), one.max());
  for (const double percent : {1.0, 50.0, 99.0, 100.0}) EXPECT_EQ(first.percentile(percent), one.percentile(percent));
}

}  // namespace
