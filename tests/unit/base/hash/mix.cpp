// How well one multiplication mixes, seen as the table sees it: buckets by the low bits, tops by the high.
#include <holdfast/base/hash/mix.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace {

using holdfast::mix;
using holdfast::mix_word;

constexpr std::uint64_t one = 1;

TEST(Mix, FoldsTheHalvesOfTheProduct) {
  static_assert(mix(3, 5) == 15);
  static_assert(mix(one << 63, 2) == 1);
  static_assert(mix(one << 32, one << 32) == 1);
  static_assert(mix(~std::uint64_t{0}, ~std::uint64_t{0}) == ((~std::uint64_t{0} - 1) ^ 1));
  static_assert(mix_word(7, 7) == 0);  // what a seed unknown outside prevents
}

// covers hf.hash.every-bit
TEST(MixWord, AFlippedBitFlipsAboutHalfOfTheResult) {
  std::mt19937_64 random(1);
  constexpr int trials = 2000;
  for (std::size_t bit = 0; bit < 64; ++bit) {
    int flips = 0;
    for (int trial = 0; trial < trials; ++trial) {
      const std::uint64_t word = random();
      const std::uint64_t seed = random();
      flips += std::popcount(mix_word(word, seed) ^ mix_word(word ^ one << bit, seed));
    }
    EXPECT_NEAR(flips, 32 * trials, trials) << "bit " << bit;
  }
}

// covers hf.hash.every-bit
TEST(MixWord, GivesRegularWordsNoHashTwice) {
  for (int shift = 0; shift < 48; shift += 4) {
    std::vector<std::uint64_t> hashes;
    for (std::uint64_t i = 0; i < 65536; ++i) hashes.push_back(mix_word(i << shift, 0x1234'5678'9abc'def0));
    std::ranges::sort(hashes);
    EXPECT_EQ(std::ranges::adjacent_find(hashes), hashes.end()) << "multiples of 2^" << shift;
  }
}

// The sum of squared deviations over the expectation, by degree of freedom: 1 for random keys.
template <std::size_t Classes>
double unevenness(const std::array<int, Classes>& counts, int keys) {
  const double expected = static_cast<double>(keys) / Classes;
  double sum = 0;
  for (const int count : counts) sum += (count - expected) * (count - expected) / expected;
  return sum / (Classes - 1);
}

// Numbers that differ in thirteen neighbouring bits only, wherever in the word those are. A hash that lost
// the high ones would put all keys into one bucket, which makes this 8192.
// covers hf.hash.every-bit
TEST(MixWord, SpreadsRegularWordsOverBucketsAndTops) {
  std::mt19937_64 random(2);
  constexpr int keys = 8192;
  for (int shift = 0; shift < 64; ++shift) {
    for (int trial = 0; trial < 8; ++trial) {
      const std::uint64_t seed = random();
      std::array<int, 1024> buckets{};
      std::array<int, 256> tops{};
      for (std::uint64_t i = 0; i < keys; ++i) {
        const std::uint64_t hash = mix_word(std::rotl(i, shift), seed);
        ++buckets[hash % buckets.size()];
        ++tops[hash >> 56];
      }
      EXPECT_LT(unevenness(buckets, keys), 6) << "shift " << shift << " seed " << seed;
      EXPECT_LT(unevenness(tops, keys), 12) << "shift " << shift << " seed " << seed;
    }
  }
}

// covers hf.hash.seed-per-map
TEST(MixWord, PutsTheSameWordsElsewhereUnderAnotherSeed) {
  std::mt19937_64 random(3);
  for (int trial = 0; trial < 100; ++trial) {
    const std::uint64_t seed = random();
    const std::uint64_t other = random();
    int same = 0;
    for (std::uint64_t i = 0; i < 1024; ++i) same += mix_word(i, seed) % 1024 == mix_word(i, other) % 1024;
    EXPECT_LT(same, 64) << seed << " " << other;
  }
}

}  // namespace
