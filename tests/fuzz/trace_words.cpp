// Words from any bytes: parsed or refused in one clear line, the same however they are cut.
#include "tests/fuzz/fuzz_case.hpp"
#include "tests/fuzz/trace_pieces.hpp"

// covers hf.tools.cut-anywhere
FUZZ_CASE(trace_words) {
  holdfast::tools::parse_options options;
  const auto choice = in.take<std::uint8_t>();
  if ((choice & 0x80) != 0) options.limit = 3;
  const std::string bytes(in.rest());
  holdfast_test::expect_same_in_pieces(holdfast::tools::trace_format::words, bytes,
                                       std::size_t{1} + choice % 32, options);
}
