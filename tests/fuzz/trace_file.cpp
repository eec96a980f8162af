// A whole trace file of any bytes, compressed or not, its format found out: read or refused in one
// clear line, in bounded memory.
#include <string>

#include "holdfast/tools/byte_source.hpp"
#include "holdfast/tools/trace_reader.hpp"
#include "tests/fuzz/fuzz_case.hpp"
#include "tests/fuzz/trace_pieces.hpp"

// covers hf.tools.compression-by-bytes
// covers hf.tools.one-line-errors
FUZZ_CASE(trace_file) {
  using namespace holdfast::tools;
  const std::string bytes(in.rest());
  parse_options options;
  options.limit = 100'000;  // what little compressed data can blow up to
  try {
    const auto source = undo_compression(memory_source("fuzzed", bytes));
    const auto result = read_trace(*source, std::nullopt, options);
    EXPECT_GT(result.operations.size(), 0U);
    EXPECT_LE(result.operations.size(), options.limit);
  } catch (const input_error& error) {
    holdfast_test::expect_clear(error.what());
  }
}
