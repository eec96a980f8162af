// Reading a whole trace: format found out, at least one operation, limits kept.
#include "holdfast/tools/trace_reader.hpp"

#include <gtest/gtest.h>

#include "holdfast/tools/input_error.hpp"

namespace {

using namespace holdfast::tools;

[[nodiscard]] read_result read(std::string name, std::string_view bytes,
                               parse_options options = {}) {
  const auto source = memory_source(std::move(name), bytes);
  return read_trace(*source, std::nullopt, std::move(options));
}

[[nodiscard]] std::string error_of(std::string name, std::string_view bytes) {
  try {
    (void)read(std::move(name), bytes);
  } catch (const input_error& error) {
    return error.what();
  }
  return "no error";
}

TEST(TraceReader, FindsTheFormatOut) {
  const auto result = read("x", "op,key\nr,5\n");
  EXPECT_EQ(result.format, trace_format::csv);
  EXPECT_EQ(result.operations.numbers()[0], 5U);
}

TEST(TraceReader, ReadsMoreThanOnePiece) {
  std::string text;
  for (int i = 0; i < 50'000; ++i) text += "word" + std::to_string(i % 1000) + ' ';
  const auto result = read("x", text);
  EXPECT_EQ(result.operations.size(), 50'000U);
  EXPECT_EQ(result.operations.words()[49'999], "word999");
}

TEST(TraceReader, KeepsTheLimit) {
  parse_options options;
  options.limit = 3;
  EXPECT_EQ(read("x", "a b c d e", options).operations.size(), 3U);
}

TEST(TraceReader, RefusesWhatHoldsNoOperation) {
  EXPECT_EQ(error_of("x", ""),
            "holdfast: x: is empty; give a trace with at least one operation");
  EXPECT_NE(error_of("x", " . ").find("has not one key"), std::string::npos);
  EXPECT_NE(error_of("x", std::string_view("\0\0", 2)).find("say --format u64be"),
            std::string::npos);
}

TEST(TraceReader, TellsHowFarItIs) {
  const std::string text(200'000, 'x');
  std::uint64_t last = 0;
  const auto spaced = "a " + text.substr(0, 1000) + " b";
  const auto source = memory_source("x", spaced);
  (void)read_trace(*source, std::nullopt, {}, [&](std::uint64_t consumed, std::uint64_t size) {
    EXPECT_EQ(size, spaced.size());
    last = consumed;
  });
  EXPECT_EQ(last, spaced.size());
}

}  // namespace
