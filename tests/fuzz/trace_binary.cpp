// Big-endian keys from any bytes: parsed or refused in one clear line, the same however they are cut.
#include "tests/fuzz/fuzz_case.hpp"
#include "tests/fuzz/trace_pieces.hpp"

// covers hf.tools.cut-anywhere
FUZZ_CASE(trace_binary) {
  using holdfast::tools::trace_format;
  holdfast::tools::parse_options options;
  const auto choice = in.take<std::uint8_t>();
  if ((choice & 0x80) != 0) options.limit = 3;
  const auto format = (choice & 0x40) != 0 ? trace_format::u64be : trace_format::u32be;
  const std::string bytes(in.rest());
  holdfast_test::expect_same_in_pieces(format, bytes, std::size_t{1} + choice % 32, options);
}
