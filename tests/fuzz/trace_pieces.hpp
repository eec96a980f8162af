// For the trace fuzzers: parses bytes whole and in pieces, and checks what must hold of both.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "holdfast/tools/input_error.hpp"
#include "holdfast/tools/trace_parser.hpp"

namespace holdfast_test {

struct fuzzed_trace {
  std::vector<std::uint64_t> numbers;
  std::vector<std::string> words;
  std::vector<holdfast::tools::op_kind> kinds;
  bool refused = false;

  [[nodiscard]] bool operator==(const fuzzed_trace&) const = default;
};

// An error is one printable line with a cure; anything but input_error is a finding.
inline void expect_clear(std::string_view text) {
  EXPECT_TRUE(text.starts_with("holdfast: fuzzed: ")) << text;
  EXPECT_NE(text.find("; "), std::string_view::npos) << text;
  EXPECT_TRUE(std::none_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  })) << text;
}

[[nodiscard]] inline fuzzed_trace parse_fuzzed(holdfast::tools::trace_format format,
                                               std::string_view bytes, std::size_t piece,
                                               holdfast::tools::parse_options options) {
  options.name = "fuzzed";
  holdfast::tools::trace operations;
  fuzzed_trace result;
  try {
    const auto parser = holdfast::tools::parser_for(format, options, operations);
    while (!bytes.empty() && !parser->full()) {
      const auto length = std::min(piece, bytes.size());
      parser->feed(bytes.substr(0, length));
      bytes.remove_prefix(length);
    }
    parser->finish();
  } catch (const holdfast::tools::input_error& error) {
    expect_clear(error.what());
    result.refused = true;
  }
  EXPECT_LE(operations.size(), options.limit);
  EXPECT_TRUE(operations.words().empty() || operations.numbers().empty());
  EXPECT_EQ(operations.size(), operations.words().size() + operations.numbers().size());
  result.numbers.assign(operations.numbers().begin(), operations.numbers().end());
  result.words.assign(operations.words().begin(), operations.words().end());
  result.kinds.assign(operations.kinds().begin(), operations.kinds().end());
  return result;
}

// Cutting the same bytes elsewhere gives the same trace, and a refusal stays one.
inline void expect_same_in_pieces(holdfast::tools::trace_format format, std::string_view bytes,
                                  std::size_t piece,
                                  const holdfast::tools::parse_options& options = {}) {
  const auto whole = parse_fuzzed(format, bytes, std::max<std::size_t>(bytes.size(), 1), options);
  EXPECT_EQ(parse_fuzzed(format, bytes, piece, options), whole);
}

}  // namespace holdfast_test
