// Big-endian keys of four and eight bytes.
#include <gtest/gtest.h>

#include "tests/unit/tools/parsed.hpp"

namespace {

using namespace holdfast_test;

constexpr std::string_view sixteen("\x01\x02\x03\x04\x05\x06\x07\x08\xff\xfe\xfd\xfc\xfb\xfa\xf9\x00",
                                   16);

TEST(BinaryParser, ReadsEightByteKeys) {
  const auto result = parse(trace_format::u64be, sixteen);
  EXPECT_EQ(result.error, "");
  EXPECT_EQ(result.numbers,
            (std::vector<std::uint64_t>{0x0102030405060708U, 0xfffefdfcfbfaf900U}));
  EXPECT_EQ(result.kinds, (std::vector<op_kind>{op_kind::read, op_kind::read}));
}

TEST(BinaryParser, ReadsFourByteKeys) {
  EXPECT_EQ(parse(trace_format::u32be, sixteen).numbers,
            (std::vector<std::uint64_t>{0x01020304U, 0x05060708U, 0xfffefdfcU, 0xfbfaf900U}));
}

TEST(BinaryParser, RefusesAPartOfAKey) {
  for (std::size_t length = 1; length < 16; ++length) {
    const auto result = parse(trace_format::u64be, sixteen.substr(0, length));
    const auto wanted =
        "test: its " + std::to_string(length) + " bytes are no multiple of 8; it is cut off";
    EXPECT_EQ(result.error.find(wanted) != std::string::npos, length % 8 != 0) << result.error;
  }
}

TEST(BinaryParser, StopsAtTheLimitInTheMiddleOfAKey) {
  parse_options options;
  options.limit = 1;
  const auto result = parse(trace_format::u64be, sixteen.substr(0, 13), 16, options);
  EXPECT_EQ(result.error, "");
  EXPECT_EQ(result.numbers.size(), 1U);
}

// covers hf.tools.cut-anywhere
TEST(BinaryParser, GivesTheSameWhereverTheBytesAreCut) {
  for (const auto format : {trace_format::u64be, trace_format::u32be}) {
    for (std::size_t length = 0; length <= 16; ++length) {
      const auto bytes = sixteen.substr(0, length);
      for (std::size_t piece = 1; piece <= 16; ++piece) {
        EXPECT_EQ(parse(format, bytes, piece), parse(format, bytes)) << length << '/' << piece;
      }
    }
  }
}

}  // namespace
