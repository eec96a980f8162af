// Sources undo compression, tell damage by name and place, and never crash on it.
#include "holdfast/tools/byte_source.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "holdfast/tools/input_error.hpp"

namespace {

using namespace holdfast::tools;

constexpr std::string_view plain = "op,key\nr,7\n";

constexpr std::string_view in_xz(
    "\xfd\x37\x7a\x58\x5a\x00\x00\x04\xe6\xd6\xb4\x46\x02\x00\x21\x01"
    "\x1c\x00\x00\x00\x10\xcf\x58\xcc\x01\x00\x0a\x6f\x70\x2c\x6b\x65"
    "\x79\x0a\x72\x2c\x37\x0a\x00\x00\xb4\xc8\x91\x72\x10\x35\x78\x97"
    "\x00\x01\x23\x0b\xc2\x1b\xfd\x09\x1f\xb6\xf3\x7d\x01\x00\x00\x00"
    "\x00\x04\x59\x5a",
    68);

constexpr std::string_view in_gzip(
    "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xcb\x2f\xd0\xc9\x4e\xad"
    "\xe4\x2a\xd2\x31\xe7\x02\x00\x83\x22\x06\x88\x0b\x00\x00\x00",
    31);

[[nodiscard]] std::string all_of(std::string_view stored, std::size_t piece = 3) {
  const auto source = undo_compression(memory_source("test", stored));
  std::string all;
  std::array<char, 64> room = {};
  while (const auto got = source->read(std::span(room).first(piece))) all.append(room.data(), got);
  return all;
}

[[nodiscard]] std::string error_of(std::string_view stored) {
  try {
    (void)all_of(stored);
  } catch (const input_error& error) {
    return error.what();
  }
  return "no error";
}

TEST(ByteSource, GivesPlainBytesAsTheyAre) { EXPECT_EQ(all_of(plain), plain); }

TEST(ByteSource, GivesNothingForNothing) { EXPECT_EQ(all_of(""), ""); }

#if HOLDFAST_HAVE_LZMA
// covers hf.tools.compression-by-bytes
TEST(ByteSource, UndoesXz) { EXPECT_EQ(all_of(in_xz), plain); }

TEST(ByteSource, UndoesSeveralXzStreamsInARow) {
  EXPECT_EQ(all_of(std::string(in_xz) + std::string(in_xz)),
            std::string(plain) + std::string(plain));
}

TEST(ByteSource, TellsWhereXzIsCutOff) {
  for (std::size_t length = 6; length < in_xz.size(); ++length) {
    EXPECT_NE(error_of(in_xz.substr(0, length)).find("is cut off"), std::string::npos) << length;
  }
  EXPECT_NE(error_of(in_xz.substr(0, 20)).find("test: is cut off at byte 20 of the xz stream"),
            std::string::npos);
}

TEST(ByteSource, TellsThatXzIsDamaged) {
  std::string damaged(in_xz);
  damaged[8] = static_cast<char>(damaged[8] ^ 0x40);
  EXPECT_NE(error_of(damaged).find("is damaged"), std::string::npos);
}
#endif

#if HOLDFAST_HAVE_ZLIB
// covers hf.tools.compression-by-bytes
TEST(ByteSource, UndoesGzip) { EXPECT_EQ(all_of(in_gzip), plain); }

TEST(ByteSource, UndoesSeveralGzipMembersInARow) {
  EXPECT_EQ(all_of(std::string(in_gzip) + std::string(in_gzip)),
            std::string(plain) + std::string(plain));
}

TEST(ByteSource, TellsWhereGzipIsCutOff) {
  for (std::size_t length = 3; length < in_gzip.size(); ++length) {
    EXPECT_NE(error_of(in_gzip.substr(0, length)).find("is cut off"), std::string::npos) << length;
  }
}

TEST(ByteSource, TellsThatGzipIsDamaged) {
  std::string damaged(in_gzip);
  damaged[damaged.size() - 6] = static_cast<char>(damaged[damaged.size() - 6] ^ 1);  // checksum
  EXPECT_NE(error_of(damaged).find("is damaged"), std::string::npos);
}
#endif

TEST(ByteSource, NamesTheToolForCompressionItDoesNotUndo) {
  const auto error = error_of("\x28\xB5\x2F\xFD....");
  EXPECT_NE(error.find("zstd -dc FILE | holdfast replay -"), std::string::npos) << error;
}

TEST(ByteSource, RefusesAFolderAndAMissingFile) {
  EXPECT_THROW((void)open_source("/"), input_error);
  EXPECT_THROW((void)open_source("/no/such/file"), input_error);
}

}  // namespace
