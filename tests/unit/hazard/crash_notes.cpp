// The notes of a dying process are read as far as they go.
#include <holdfast/hazard/crash_notes.hpp>

#include <gtest/gtest.h>

#include <csignal>

namespace {

namespace hazard = holdfast::hazard;

TEST(CrashNotes, AreReadWhole) {
  const auto notes = hazard::parse_crash_notes(
      "expect 0x7f00 8\n"
      "signal 11 2\n"
      "address 0x7f04\n"
      "frame 0x401000 0x1000 _ZN1a1bEi+0x10 /usr/bin/holdfast\n"
      "frame 0x7fff00 0x22 ? /usr/lib/libc.so.6\n");
  EXPECT_EQ(notes.expected, 0x7f00U);
  EXPECT_EQ(notes.expected_bytes, 8U);
  EXPECT_EQ(notes.signal, SIGSEGV);
  EXPECT_EQ(notes.code, 2);
  EXPECT_EQ(notes.address, 0x7f04U);
  ASSERT_EQ(notes.frames.size(), 2U);
  EXPECT_EQ(notes.frames[0].symbol, "a::b(int)+0x10");
  EXPECT_EQ(notes.frames[0].module, "holdfast");
  EXPECT_EQ(notes.frames[0].offset, 0x1000U);
  EXPECT_EQ(notes.frames[1].symbol, "");
  EXPECT_EQ(notes.frames[1].module, "libc.so.6");
}

TEST(CrashNotes, KeepANegativeCode) {
  EXPECT_EQ(hazard::parse_crash_notes("signal 6 18446744073709551610\n").code, SI_TKILL);
}

TEST(CrashNotes, MayBeEmptyCutOffOrNoise) {
  EXPECT_EQ(hazard::parse_crash_notes("").signal, 0);
  EXPECT_EQ(hazard::parse_crash_notes("sig").signal, 0);
  EXPECT_EQ(hazard::parse_crash_notes("signal").signal, 0);
  EXPECT_EQ(hazard::parse_crash_notes("frame").frames.size(), 1U);
  EXPECT_EQ(hazard::parse_crash_notes(std::string_view("\0\xff\n signal 11 1", 15)).signal, 0);
}

}  // namespace
