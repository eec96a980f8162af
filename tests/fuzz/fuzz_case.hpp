// One body, two lives: a fuzz case is a libFuzzer target or an ordinary test.
//
//   FUZZ_CASE(map_ops) { while (!in.done()) { … in.take<std::uint16_t>() … ASSERT_EQ(…); } }
//
// With HOLDFAST_LIBFUZZER the body is LLVMFuzzerTestOneInput, and a failed assertion stops the fuzzer
// with the input that did it. Otherwise it is the test Fuzz.map_ops, which replays each file of
// tests/fuzz/corpus/map_ops and then 200 random inputs; HOLDFAST_SEED=N chooses other ones, and the
// seed stands in the failure. One case in a file.
#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>

#include "tests/fuzz/fuzz_input.hpp"

#if defined(HOLDFAST_LIBFUZZER)

#define FUZZ_CASE(name)                                                                      \
  static void fuzz_body_##name(holdfast_test::fuzz_input& in);                               \
  extern "C" int LLVMFuzzerInitialize(int*, char***) {                                       \
    GTEST_FLAG_SET(break_on_failure, true);                                                  \
    return 0;                                                                                \
  }                                                                                          \
  extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {        \
    holdfast_test::fuzz_input in({reinterpret_cast<const char*>(data), size});               \
    fuzz_body_##name(in);                                                                    \
    return 0;                                                                                \
  }                                                                                          \
  static void fuzz_body_##name([[maybe_unused]] holdfast_test::fuzz_input& in)

#else

#include "tests/fuzz/replay_corpus.hpp"

#define FUZZ_CASE(name)                                                                      \
  static void fuzz_body_##name(holdfast_test::fuzz_input& in);                               \
  TEST(Fuzz, name) {                                                                         \
    holdfast_test::replay_corpus(HOLDFAST_SOURCE_DIR "/tests/fuzz/corpus/" #name,            \
                                 fuzz_body_##name);                                          \
    holdfast_test::replay_random(fuzz_body_##name);                                          \
  }                                                                                          \
  static void fuzz_body_##name([[maybe_unused]] holdfast_test::fuzz_input& in)

#endif
