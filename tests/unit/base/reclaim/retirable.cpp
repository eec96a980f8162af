// Tests of holdfast/base/reclaim/retirable.hpp.
#include <holdfast/base/reclaim/retirable.hpp>

#include <gtest/gtest.h>

namespace {

using namespace holdfast::reclaim;

void nothing(retirable*) noexcept {}

TEST(Retirable, KeepsTheFunctionAndSmallSizesExactly) {
  for (std::size_t bytes = 0; bytes < 2048; ++bytes) {
    retirable one;
    EXPECT_FALSE(one.is_retired());
    one.note(nothing, bytes);
    EXPECT_TRUE(one.is_retired());
    EXPECT_EQ(one.destroyer(), &nothing);
    EXPECT_EQ(one.bytes(), bytes);
  }
}

TEST(Retirable, RoundsLargeSizesUpByLessThanAThousandth) {
  for (std::size_t bytes = 2048; bytes < (std::size_t{1} << 41); bytes += bytes / 7 + 1) {
    retirable one;
    one.note(nothing, bytes);
    EXPECT_GE(one.bytes(), bytes);
    EXPECT_LE(one.bytes() - bytes, bytes / 1000) << bytes;
    EXPECT_EQ(one.destroyer(), &nothing);
  }
}

TEST(Retirable, TakesTheLargestSizeForWhateverIsLarger) {
  retirable one;
  one.note(nothing, ~std::size_t{0});
  EXPECT_EQ(one.bytes(), std::size_t{0x7ff} << 31);
}

}  // namespace
