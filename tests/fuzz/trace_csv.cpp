// CSV traces from any bytes: parsed or refused in one clear line, the same however they are cut.
#include "tests/fuzz/fuzz_case.hpp"
#include "tests/fuzz/trace_pieces.hpp"

// covers hf.tools.cut-anywhere
// covers hf.tools.one-line-errors
FUZZ_CASE(trace_csv) {
  holdfast::tools::parse_options options;
  const auto choice = in.take<std::uint8_t>();
  const std::size_t piece = std::size_t{1} + choice % 32;
  options.text_keys = (choice & 0x20) != 0;
  if ((choice & 0x40) != 0) options.key_column = "2";
  if ((choice & 0x80) != 0) options.limit = 3;
  const std::string bytes(in.rest());
  holdfast_test::expect_same_in_pieces(holdfast::tools::trace_format::csv, bytes, piece, options);
}
