// Numbers as people read them, and tables that stay aligned.
#include "holdfast/tools/number_text.hpp"

#include <gtest/gtest.h>

#include "holdfast/tools/text_table.hpp"

namespace {

using namespace holdfast::tools;

TEST(NumberText, GroupsThousands) {
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(1000), "1,000");
  EXPECT_EQ(grouped(1245184), "1,245,184");
}

TEST(NumberText, PicksTheUnit) {
  EXPECT_EQ(duration_text(0), "0 ns");
  EXPECT_EQ(duration_text(34), "34 ns");
  EXPECT_EQ(duration_text(1230), "1.23 µs");
  EXPECT_EQ(duration_text(17.4e6), "17.4 ms");
  EXPECT_EQ(duration_text(5e12), "5000 s");
  EXPECT_EQ(memory_text(1536), "1.50 KiB");
}

TEST(NumberText, KeepsThreeDigits) {
  EXPECT_EQ(three_digits(0.944), "0.94");
  EXPECT_EQ(three_digits(12.34), "12.3");
  EXPECT_EQ(three_digits(872.9), "873");
}

TEST(TextTable, AlignsTheFirstColumnLeftAndOthersRightByCharacters) {
  text_table table({"map", "time"});
  table.add_row({{"a", ink::plain}, {"1 µs", ink::good}});
  table.add_row({{"longer", ink::plain}, {"10000 ns", ink::plain}});
  EXPECT_EQ(table.text(false),
            "  map         time\n"
            "  a           1 µs\n"
            "  longer  10000 ns\n");
  EXPECT_NE(table.text(true).find("    \x1b[32m1 µs\x1b[0m\n"), std::string::npos);
}

}  // namespace
