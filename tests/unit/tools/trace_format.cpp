// How `auto` tells formats apart.
#include "holdfast/tools/trace_format.hpp"

#include <gtest/gtest.h>

namespace {

using namespace holdfast::tools;

[[nodiscard]] std::string detected(std::string_view name, std::string_view head,
                                   bool key_column = false) {
  const auto format = detect_format(name, head, key_column);
  return format ? std::string(name_of(*format)) : "unknown";
}

TEST(TraceFormat, FollowsTheNamesEnding) {
  EXPECT_EQ(detected("a/keys.u64be", "text"), "u64be");
  EXPECT_EQ(detected("keys.u32be.xz", ""), "u32be");
  EXPECT_EQ(detected("x.csv.gz", "no header"), "csv");
  EXPECT_EQ(detected("x.words", "op,key\n"), "words");
}

TEST(TraceFormat, TellsCsvByItsHeader) {
  EXPECT_EQ(detected("standard input", "version,time,op,size,lbn\n1,2,3,4,5\n"), "csv");
  EXPECT_EQ(detected("x", "# comment\nop, Key \n"), "csv");
  EXPECT_EQ(detected("x", "a,b\n1,2\n"), "words");
  EXPECT_EQ(detected("x", "a,b\n1,2\n", true), "csv");
  EXPECT_EQ(detected("x", "Key words, in prose, are words.\n"), "words");
}

TEST(TraceFormat, TakesOtherTextForWords) {
  EXPECT_EQ(detected("README.md", "# Title\n\nA key is a key.\n"), "words");
  EXPECT_EQ(detected("x", "\x1b[1mbold\x1b[0m"), "words");
}

TEST(TraceFormat, DoesNotGuessTheSizeOfBinaryKeys) {
  EXPECT_EQ(detected("x.bin", std::string_view("\0\0\0\1", 4)), "unknown");
  EXPECT_EQ(detected("a.u64be/x", std::string_view("\0\0\0\1", 4)), "unknown");
}

TEST(TraceFormat, KnowsItsNames) {
  for (const auto* name : {"csv", "u64be", "u32be", "words"}) {
    EXPECT_EQ(name_of(*format_called(name)), name);
  }
  EXPECT_FALSE(format_called("auto"));
  EXPECT_FALSE(format_called(""));
}

}  // namespace
