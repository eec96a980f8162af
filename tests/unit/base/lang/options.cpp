// What is understood. What is said about the rest: tests/death/base_options.cpp.
#include <holdfast/base/lang/options.hpp>

#include <cstdint>
#include <cstdlib>
#include <optional>
#include <utility>

#include <gtest/gtest.h>

namespace {

std::optional<std::uint64_t> seed_of(const char* text) {
  setenv("HOLDFAST_OPTIONS", text, 1);
  const std::optional<std::uint64_t> seed = holdfast::wanted_options().seed;
  unsetenv("HOLDFAST_OPTIONS");
  return seed;
}

TEST(Options, AskForNothingWhenThereAreNone) {
  unsetenv("HOLDFAST_OPTIONS");
  EXPECT_FALSE(holdfast::wanted_options().seed);
  EXPECT_FALSE(seed_of(""));
  EXPECT_FALSE(seed_of(","));
}

// covers hf.lang.options-read
TEST(Options, GiveTheSeed) {
  const std::pair<const char*, std::uint64_t> known[] = {
      {"seed=0", 0},    {"seed=7", 7},       {"seed=007", 7}, {"seed=18446744073709551615", ~std::uint64_t{0}},
      {",seed=1,,", 1}, {"seed=1,seed=2", 2}};
  for (const auto& [text, seed] : known) EXPECT_EQ(seed_of(text), seed) << text;
}

// covers hf.lang.bad-options-told
TEST(Options, PassOverWhatIsNoSeed) {
  for (const char* text : {"seed", "seed=", "seed=x", "seed=1x", "seed= 1", "seed=-1", "seed=0x10", "seed=1.5",
                           "seed=18446744073709551616", "sed=1", "Seed=1", " seed=1", "=1"})
    EXPECT_FALSE(seed_of(text)) << text;
  EXPECT_EQ(seed_of("colour=blue,seed=3,seed=x"), 3u);
}

}  // namespace
