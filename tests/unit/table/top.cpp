#include <holdfast/table/top.hpp>

#include <cstdint>

#include <gtest/gtest.h>

namespace {

using namespace holdfast::table;

// covers hf.table.top-below-five, contract M10
TEST(TopOfHash, NeverCollidesWithAStateCode) {
  for (std::uint64_t byte = 0; byte < 256; ++byte) {
    EXPECT_TRUE(is_live(top_of(byte << 56))) << "top byte " << byte;
    EXPECT_EQ(static_cast<std::uint64_t>(top_of(byte << 56)), byte < 5 ? byte + 5 : byte);
  }
}

// contract M10
TEST(TopOfHash, DependsOnTheTopByteOnly) { EXPECT_EQ(top_of(0xab00'0000'0000'0000), top_of(0xabff'ffff'ffff'ffff)); }

// contract M10
TEST(Top, StatesAreTheFiveThatGoHas) {
  EXPECT_EQ(static_cast<int>(top::empty_rest), 0);
  EXPECT_EQ(static_cast<int>(top::empty_one), 1);
  EXPECT_EQ(static_cast<int>(top::moved_low), 2);
  EXPECT_EQ(static_cast<int>(top::moved_high), 3);
  EXPECT_EQ(static_cast<int>(top::moved_empty), 4);
}

TEST(Top, IsExactlyOneOfEmptyMovedAndLive) {
  for (int code = 0; code < 256; ++code) {
    const auto t = static_cast<top>(code);
    EXPECT_EQ(is_empty(t) + has_moved(t) + is_live(t), 1) << code;
  }
}

}  // namespace
