// Text as a trace of words.
#include <gtest/gtest.h>

#include "tests/unit/tools/parsed.hpp"

namespace {

using namespace holdfast_test;
using words = std::vector<std::string>;

TEST(WordsParser, TakesRunsOfLettersDigitsAndUnderscores) {
  EXPECT_EQ(parse(trace_format::words, "The map, the\tmap_2: 42!\n").words,
            (words{"The", "map", "the", "map_2", "42"}));
}

TEST(WordsParser, KeepsUtf8Whole) {
  EXPECT_EQ(parse(trace_format::words, "größe Ångström").words, (words{"größe", "Ångström"}));
}

TEST(WordsParser, FindsNothingWhereThereIsNothing) {
  EXPECT_TRUE(parse(trace_format::words, "").words.empty());
  EXPECT_TRUE(parse(trace_format::words, " .,;\n").words.empty());
}

TEST(WordsParser, RefusesAZeroByteTellingWhere) {
  const auto result = parse(trace_format::words, std::string_view("ab c\0d", 6));
  EXPECT_EQ(result.error,
            "holdfast: test: byte 4: a zero byte, so this is not text; give --format u64be or u32be "
            "if these are binary keys");
}

TEST(WordsParser, RefusesAWordWithoutEnd) {
  for (const std::size_t piece : {std::size_t{1000}, std::size_t{1} << 20}) {
    const auto result = parse(trace_format::words, std::string(70'000, 'x'), piece);
    EXPECT_NE(result.error.find("a word of more than 65536 bytes"), std::string::npos);
  }
  EXPECT_EQ(parse(trace_format::words, std::string(65'536, 'x')).words.size(), 1U);
}

TEST(WordsParser, StopsAtTheLimit) {
  parse_options options;
  options.limit = 2;
  EXPECT_EQ(parse(trace_format::words, "a b c", 1, options).words, (words{"a", "b"}));
}

// covers hf.tools.cut-anywhere
TEST(WordsParser, GivesTheSameWhereverTheBytesAreCut) {
  constexpr std::string_view text = "one two  three\nfour";
  const auto whole = parse(trace_format::words, text);
  for (std::size_t piece = 1; piece < text.size(); ++piece) {
    EXPECT_EQ(parse(trace_format::words, text, piece), whole) << piece;
  }
}

}  // namespace
