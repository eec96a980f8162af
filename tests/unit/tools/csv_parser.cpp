// CSV traces: columns, kinds, key types, and every way such a file can be wrong.
#include <gtest/gtest.h>

#include "tests/unit/tools/parsed.hpp"

namespace {

using namespace holdfast_test;

[[nodiscard]] parsed csv(std::string_view text, parse_options options = {}) {
  return parse(trace_format::csv, text, 1 << 16, std::move(options));
}

[[nodiscard]] parse_options with_key_column(std::string column) {
  parse_options options;
  options.key_column = std::move(column);
  return options;
}

void expect_error(const parsed& result, std::string_view part) {
  EXPECT_NE(result.error.find(part), std::string::npos) << result.error;
  EXPECT_EQ(result.error.find('\n'), std::string::npos) << result.error;
}

using numbers = std::vector<std::uint64_t>;
using words = std::vector<std::string>;
using kinds = std::vector<op_kind>;

TEST(CsvParser, ReadsBlockInputAndOutput) {
  const auto result = csv(
      "version,time,op,size,lbn\n"
      "1,5633898,2a,512,42932745\n"
      "1,5633899,28,4096,7\r\n");
  EXPECT_EQ(result.error, "");
  EXPECT_EQ(result.numbers, (numbers{42932745, 7}));
  EXPECT_EQ(result.kinds, (kinds{op_kind::write, op_kind::read}));
}

TEST(CsvParser, ReadsAllocations) {
  const auto result = csv("op,addr\nmalloc,0x5555abc0\nfree,0x5555ABC0\n");
  EXPECT_EQ(result.numbers, (numbers{0x5555abc0, 0x5555abc0}));
  EXPECT_EQ(result.kinds, (kinds{op_kind::write, op_kind::erase}));
}

TEST(CsvParser, TakesEveryOperationForAReadWithoutAnOperationColumn) {
  EXPECT_EQ(csv("key\n5\n").kinds, kinds{op_kind::read});
}

TEST(CsvParser, TakesTheLastLineWithoutItsNewline) {
  EXPECT_EQ(csv("key\n5\n6").numbers, (numbers{5, 6}));
}

TEST(CsvParser, SkipsCommentsBlankLinesAndAByteOrderMark) {
  EXPECT_EQ(csv("\xEF\xBB\xBF# recorded today\n\nKey , size\n# more\n5,1\n\n").numbers,
            numbers{5});
}

TEST(CsvParser, TakesTheKeyColumnByNameOrNumber) {
  constexpr std::string_view text = "a,b\n1,2\n3,4\n";
  EXPECT_EQ(csv(text, with_key_column("b")).numbers, (numbers{2, 4}));
  EXPECT_EQ(csv(text, with_key_column("1")).numbers, (numbers{1, 3}));
  expect_error(csv(text, with_key_column("3")), "there is no column '3' in 'a,b'");
  expect_error(csv(text, with_key_column("c")), "a number from 1 to 2");
}

TEST(CsvParser, TakesAFirstLineOfNumbersForARowWhenTheColumnIsANumber) {
  EXPECT_EQ(csv("1,2\n3,4\n", with_key_column("2")).numbers, (numbers{2, 4}));
}

TEST(CsvParser, ReadsTextKeysWhereTheFirstIsNoNumber) {
  EXPECT_EQ(csv("op,key\nget,user:7\nset,8\n").words, (words{"user:7", "8"}));
}

TEST(CsvParser, ReadsNumbersAsTextWhenAsked) {
  parse_options options;
  options.text_keys = true;
  EXPECT_EQ(csv("key\n7\n", options).words, words{"7"});
}

TEST(CsvParser, ReadsQuotedFields) {
  EXPECT_EQ(csv("key,note\n\"a,b\",x\n\"say \"\"hi\"\"\",\"\"\n").words,
            (words{"a,b", "say \"hi\""}));
  expect_error(csv("key\n\"open\n"), "line 2: a double quote is not closed");
  expect_error(csv("key\n\"a\"b\n"), "line 2: a double quote");
}

TEST(CsvParser, StopsAtTheLimit) {
  parse_options options;
  options.limit = 1;
  EXPECT_EQ(csv("key\n5\nrubbish\x01\n", options).numbers, numbers{5});
  EXPECT_EQ(csv("key\n5\nrubbish\x01\n", options).error, "");
}

TEST(CsvParser, RefusesAHeaderWithoutAKey) {
  expect_error(csv("a,b,c\n1,2,3\n"), "test: line 1: the header 'a,b,c' names no key column");
}

TEST(CsvParser, RefusesNothingAtAll) {
  expect_error(csv(""), "has no header line");
  expect_error(csv("# only a comment\n"), "has no header line");
  expect_error(csv("op,key\n"), "a header but no operation");
}

TEST(CsvParser, RefusesARowThatIsCutOff) {
  expect_error(csv("op,key\nr,1\nr"), "line 3: has 1 fields where the header has 2; the file may "
                                      "be cut off");
  expect_error(csv("op,key\nr,1,2\n"), "line 2: has 3 fields");
}

TEST(CsvParser, RefusesAnUnknownOperation) {
  expect_error(csv("op,key\nfrob,1\n"), "line 2: 'frob' is no operation");
}

TEST(CsvParser, RefusesKeysThatChangeTheirType) {
  expect_error(csv("key\n1\nx\n"), "line 3: the key 'x' is no number");
  expect_error(csv("key\n1\n18446744073709551616\n"), "is no number below 2^64");
  expect_error(csv("op,key\nr,a\nr,\n"), "line 3: the key is empty");
}

// covers hf.tools.one-line-errors
TEST(CsvParser, RefusesBinaryNoiseInOneLine) {
  expect_error(csv(std::string_view("key\n\x00\x01\x02", 7)), "line 2: binary data where csv");
  expect_error(csv("a\x1b[31m,b\n"), "binary data");
  expect_error(csv(std::string(70'000, 'x')), "a line of more than 65536 bytes");
  expect_error(csv("k\xff\xc3,b\n1,2\n"), "names no key column");
}

// covers hf.tools.cut-anywhere
TEST(CsvParser, GivesTheSameWhereverTheBytesAreCut) {
  constexpr std::string_view text =
      "# c\r\nop,key,x\r\nget,\"a,\"\"b\",1\n\nset,cd,2\r\nerase,e,3";
  const auto whole = csv(text);
  EXPECT_EQ(whole.error, "");
  EXPECT_EQ(whole.words, (words{"a,\"b", "cd", "e"}));
  for (std::size_t piece = 1; piece < text.size(); ++piece) {
    EXPECT_EQ(parse(trace_format::csv, text, piece), whole) << piece;
  }
}

}  // namespace
