// Parses a piece of memory for a test: all at once, or in pieces of some size.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "holdfast/tools/input_error.hpp"
#include "holdfast/tools/trace_parser.hpp"

namespace holdfast_test {

using namespace holdfast::tools;

struct parsed {
  std::vector<std::uint64_t> numbers;
  std::vector<std::string> words;
  std::vector<op_kind> kinds;
  std::string error;  // empty when there was none

  [[nodiscard]] bool operator==(const parsed&) const = default;
};

[[nodiscard]] inline parsed parse(trace_format format, std::string_view bytes,
                                  std::size_t piece = 1 << 16, parse_options options = {}) {
  options.name = "test";
  trace operations;
  parsed result;
  try {
    const auto parser = parser_for(format, options, operations);
    while (!bytes.empty() && !parser->full()) {
      const auto length = std::min(piece, bytes.size());
      parser->feed(bytes.substr(0, length));
      bytes.remove_prefix(length);
    }
    parser->finish();
  } catch (const input_error& error) {
    result.error = error.what();
  }
  result.numbers.assign(operations.numbers().begin(), operations.numbers().end());
  result.words.assign(operations.words().begin(), operations.words().end());
  result.kinds.assign(operations.kinds().begin(), operations.kinds().end());
  return result;
}

}  // namespace holdfast_test
