// What is read from HOLDFAST_GUARD.
#include "guard/options.hpp"

#include <string>

#include <gtest/gtest.h>

namespace holdfast::guard {
namespace {

options read_well(std::string_view text) {
  text_line complaints;
  const options wanted = read_options(text, complaints);
  EXPECT_EQ(complaints.view(), "") << text;
  return wanted;
}

std::string complaint_about(std::string_view text) {
  text_line complaints;
  static_cast<void>(read_options(text, complaints));
  return std::string(complaints.view());
}

// covers hf.guard.options-read
TEST(GuardOptions, HaveDefaults) {
  for (const std::string_view text : {"", ":", "::"}) {
    const options wanted = read_well(text);
    EXPECT_EQ(wanted.sample, 5000u);
    EXPECT_EQ(wanted.slots, 128u);
    EXPECT_EQ(wanted.containers, answer::report);
    EXPECT_FALSE(wanted.status);
  }
}

// covers hf.guard.options-read
TEST(GuardOptions, AreSeparatedByColonsAndTheLastCounts) {
  const options wanted = read_well("sample=10:slots=4096:containers=abort:tables=off:log=/a=b:status:sample=0:hold=50");
  EXPECT_EQ(wanted.sample, 0u);
  EXPECT_EQ(wanted.slots, 4096u);
  EXPECT_EQ(wanted.containers, answer::abort);
  EXPECT_EQ(wanted.tables, answer::off);
  EXPECT_EQ(wanted.log, "/a=b");
  EXPECT_EQ(wanted.hold, 50u);
  EXPECT_TRUE(wanted.status);
  EXPECT_FALSE(wanted.help);
}

// covers hf.guard.bad-options-told
TEST(GuardOptions, ThatAreWrongAreNamedAndPassedOver) {
  EXPECT_NE(complaint_about("x").find("\"x\" (unknown)"), std::string::npos);
  EXPECT_NE(complaint_about("sample").find("(not a number)"), std::string::npos);
  EXPECT_NE(complaint_about("sample=-1").find("(not a number)"), std::string::npos);
  EXPECT_NE(complaint_about("sample=1x").find("(not a number)"), std::string::npos);
  EXPECT_NE(complaint_about("hold=51").find("(out of range)"), std::string::npos);
  EXPECT_NE(complaint_about("slots=4097").find("(out of range)"), std::string::npos);
  EXPECT_NE(complaint_about("status=1").find("(takes no value)"), std::string::npos);
  EXPECT_NE(complaint_about("containers=yes").find("(neither off, report nor abort)"), std::string::npos);
  EXPECT_NE(complaint_about("log=").find("(needs a file)"), std::string::npos);
  text_line complaints;
  EXPECT_EQ(read_options("sample=3:nonsense:slots=5", complaints).slots, 5u);
}

// covers hf.guard.bad-options-told
TEST(GuardOptions, AreToldInOneLineWhateverStandsInThem) {
  const std::string told = complaint_about("a\nb\x01:" + std::string(5000, 'y') + ":z");
  EXPECT_EQ(told.find('\n'), told.empty() ? std::string::npos : told.size() - 1);
  EXPECT_LE(told.size(), 512u);
  EXPECT_NE(told.find("\"a?b?\""), std::string::npos);
}

}  // namespace
}  // namespace holdfast::guard
