// Texts of every length from 0 to 300: the paths of hash_bytes change at 4, 8, 32 and every further 32.
#include <holdfast/base/hash/bytes.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "tests/unit/base/hash/guarded_bytes.hpp"

namespace {

using holdfast::equal_bytes;
using holdfast::hash_bytes;
using holdfast::tests::guarded_bytes;

constexpr std::size_t longest = 300;

std::string random_text(std::mt19937_64& random, std::size_t length) {
  std::string text(length, '\0');
  for (char& c : text) c = static_cast<char>(random());
  return text;
}

std::uint64_t hash_of(std::string_view text, std::uint64_t seed) { return hash_bytes(text.data(), text.size(), seed); }

bool alike(std::string_view a, std::string_view b) { return equal_bytes(a.data(), b.data(), a.size()); }

// covers hf.hash.inside-the-text
TEST(HashBytes, ReadsNothingBeforeOrBehindTheText) {
  guarded_bytes bytes;
  std::mt19937_64 random(1);
  for (std::size_t length = 0; length <= longest; ++length) {
    const std::string text = random_text(random, length);
    const std::uint64_t hash = hash_of(text, length);
    EXPECT_EQ(hash_of(bytes.at_start(text), length), hash) << length;
    EXPECT_EQ(hash_of(bytes.at_end(text), length), hash) << length;
    // A block of exactly that size: what AddressSanitizer watches.
    const std::vector<char> exact(text.begin(), text.end());
    EXPECT_EQ(hash_bytes(exact.data(), exact.size(), length), hash) << length;
  }
}

// covers hf.hash.inside-the-text
TEST(EqualBytes, ReadsNothingBeforeOrBehindTheTexts) {
  guarded_bytes one;
  guarded_bytes other;
  std::mt19937_64 random(2);
  for (std::size_t length = 0; length <= longest; ++length) {
    const std::string text = random_text(random, length);
    EXPECT_TRUE(alike(one.at_start(text), other.at_start(text))) << length;
    EXPECT_TRUE(alike(one.at_end(text), other.at_end(text))) << length;
    EXPECT_TRUE(alike(one.at_start(text), other.at_end(text))) << length;
  }
}

// covers hf.hash.texts-alike
TEST(HashBytes, IsTheSameWhereverTheTextLies) {
  std::mt19937_64 random(3);
  alignas(64) std::array<char, longest + 64> room{};
  for (std::size_t length = 0; length <= longest; ++length) {
    const std::string text = random_text(random, length);
    for (std::size_t offset = 0; offset < 16; ++offset) {
      std::ranges::fill(room, static_cast<char>(offset));
      std::ranges::copy(text, room.begin() + static_cast<std::ptrdiff_t>(offset));
      ASSERT_EQ(hash_bytes(room.data() + offset, length, 7), hash_of(text, 7)) << length << " at " << offset;
      ASSERT_TRUE(equal_bytes(room.data() + offset, text.data(), length)) << length << " at " << offset;
    }
  }
}

// covers hf.hash.every-byte
TEST(EqualBytes, SeesADifferenceInAnyOneBit) {
  std::mt19937_64 random(4);
  for (std::size_t length = 1; length <= longest; ++length) {
    const std::string text = random_text(random, length);
    std::string other = text;
    for (std::size_t at = 0; at < length; ++at) {
      other[at] = static_cast<char>(text[at] ^ (1 << at % 8));
      ASSERT_FALSE(alike(text, other)) << length << " at " << at;
      other[at] = text[at];
    }
  }
}

// covers hf.hash.every-byte
TEST(HashBytes, ChangesWithAnyOneBit) {
  std::mt19937_64 random(5);
  for (std::size_t length = 1; length <= longest; ++length) {
    const std::string text = random_text(random, length);
    std::string other = text;
    for (std::size_t bit = 0; bit < 8 * length; ++bit) {
      other[bit / 8] = static_cast<char>(text[bit / 8] ^ (1 << bit % 8));
      ASSERT_NE(hash_of(other, 7), hash_of(text, 7)) << length << " bit " << bit;
      other[bit / 8] = text[bit / 8];
    }
  }
}

// A quarter to three quarters for each bit of the result, and half of them on the whole.
// covers hf.hash.every-byte
TEST(HashBytes, AFlippedBitFlipsAboutHalfOfTheResult) {
  std::mt19937_64 random(6);
  constexpr int trials = 300;
  for (const std::size_t length : {1u, 3u, 4u, 7u, 8u, 9u, 16u, 31u, 32u, 33u, 64u, 65u, 100u}) {
    for (std::size_t bit = 0; bit < 8 * length; bit += 1 + length / 16) {
      std::array<int, 64> flips{};
      for (int trial = 0; trial < trials; ++trial) {
        const std::uint64_t seed = random();
        std::string text = random_text(random, length);
        const std::uint64_t before = hash_of(text, seed);
        text[bit / 8] = static_cast<char>(text[bit / 8] ^ (1 << bit % 8));
        const std::uint64_t changed = before ^ hash_of(text, seed);
        for (std::size_t i = 0; i < 64; ++i) flips[i] += static_cast<int>(changed >> i & 1);
      }
      int all = 0;
      for (const int of_one : flips) {
        EXPECT_GT(of_one, trials * 15 / 100) << length << " bit " << bit;
        EXPECT_LT(of_one, trials * 85 / 100) << length << " bit " << bit;
        all += of_one;
      }
      EXPECT_NEAR(all, 32 * trials, 2 * trials) << length << " bit " << bit;
    }
  }
}

// covers hf.hash.lengths-differ
TEST(HashBytes, TellsRunsOfOneByteApartByTheirLength) {
  for (const char fill : {'\0', 'a', '\xff'}) {
    std::vector<std::uint64_t> hashes;
    for (std::size_t length = 0; length <= longest; ++length) hashes.push_back(hash_of(std::string(length, fill), 7));
    std::ranges::sort(hashes);
    EXPECT_EQ(std::ranges::adjacent_find(hashes), hashes.end()) << static_cast<int>(fill);
  }
}

// covers hf.hash.seed-per-map
TEST(HashBytes, IsAnotherOneUnderAnotherSeed) {
  std::mt19937_64 random(8);
  for (std::size_t length = 0; length <= longest; ++length) {
    const std::string text = random_text(random, length);
    std::vector<std::uint64_t> hashes;
    for (std::size_t bit = 0; bit < 64; ++bit) hashes.push_back(hash_of(text, std::uint64_t{1} << bit));
    hashes.push_back(hash_of(text, 0));
    std::ranges::sort(hashes);
    EXPECT_EQ(std::ranges::adjacent_find(hashes), hashes.end()) << length;
  }
}

// Names as programs have them: numbered, with common beginnings and endings.
// covers hf.hash.every-byte
TEST(HashBytes, GivesNumberedNamesNoHashTwice) {
  for (const auto& [before, behind] :
       {std::pair{"", ""}, {"user-", ""}, {"", ".example.org"}, {"/var/lib/service/sessions/", "/state.json"}}) {
    std::vector<std::uint64_t> hashes;
    for (int i = 0; i < 100000; ++i) hashes.push_back(hash_of(before + std::to_string(i) + behind, 9));
    std::ranges::sort(hashes);
    EXPECT_EQ(std::ranges::adjacent_find(hashes), hashes.end()) << before << behind;
  }
}

}  // namespace
