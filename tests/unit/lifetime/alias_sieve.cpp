#include <holdfast/lifetime/alias_sieve.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <vector>

namespace {

using holdfast::object_extent;
using holdfast::lifetime::alias_sieve;

object_extent at(std::uintptr_t begin, std::size_t bytes = 0) {
  return {reinterpret_cast<const void*>(begin), bytes, 0};
}

TEST(AliasSieve, LetsExtentsPassThatAreGrainsApart) {
  alias_sieve sieve;
  for (std::uintptr_t begin = 0x10000; begin < 0x40000; begin += 32) sieve.add(at(begin, 32));
  EXPECT_FALSE(sieve.any_met());
  EXPECT_FALSE(sieve.may_share(at(0x10000, 32)));
}

TEST(AliasSieve, CountsNullAndNothingElse) {
  alias_sieve sieve;
  sieve.add(at(0));
  sieve.add(at(0));
  EXPECT_FALSE(sieve.any_met());
  EXPECT_EQ(sieve.added(), 2U);
  EXPECT_EQ(sieve.without_object(), 2U);
}

// A small one in the middle, at the ends and at the seams of a large one, which spans words and pages.
TEST(AliasSieve, StopsWhatMeetsALargeExtentAnywhere) {
  constexpr std::uintptr_t begin = 0x70000 - 0x1234;
  constexpr std::size_t bytes = 0x30000;
  for (const std::uintptr_t place :
       {begin, begin + 1, begin + 0x1234, begin + 0x11234, begin + 0x12345, begin + bytes - 1}) {
    alias_sieve sieve;
    sieve.add(at(begin, bytes));
    sieve.add(at(place, 1));
    EXPECT_TRUE(sieve.any_met()) << std::hex << place;
    EXPECT_TRUE(sieve.may_share(at(begin, bytes))) << std::hex << place;
    EXPECT_TRUE(sieve.may_share(at(place, 1))) << std::hex << place;
    EXPECT_FALSE(sieve.may_share(at(begin + bytes + 16, 1)));
  }
}

// covers hf.alias.sieve-misses-none
TEST(AliasSieve, MissesNoPairThatShares) {
  std::mt19937_64 random(3);
  for (int round = 0; round < 30; ++round) {
    alias_sieve sieve;
    std::vector<object_extent> all;
    for (int i = 0; i < 300; ++i) all.push_back(at(1 + random() % 0x400000, random() % 6000));
    for (const auto& one : all) sieve.add(one);
    const auto begin = [](const object_extent& one) { return reinterpret_cast<std::uintptr_t>(one.address); };
    const auto meets = [&](const object_extent& a, const object_extent& b) {
      return begin(a) < begin(b) + std::max<std::size_t>(b.bytes, 1) &&
             begin(b) < begin(a) + std::max<std::size_t>(a.bytes, 1);
    };
    for (const auto& one : all) {
      for (const auto& other : all) {
        EXPECT_TRUE(&one == &other || !meets(one, other) || sieve.may_share(one));
      }
    }
  }
}

TEST(AliasSieve, KeepsWhatItHasWhenItGrows) {
  alias_sieve sieve;
  for (std::uintptr_t page = 1; page < 3000; ++page) sieve.add(at(page << 24, 8));
  EXPECT_FALSE(sieve.any_met());
  for (std::uintptr_t page = 1; page < 3000; page += 7) sieve.add(at(page << 24, 8));
  for (std::uintptr_t page = 1; page < 3000; ++page) EXPECT_EQ(sieve.may_share(at(page << 24, 8)), page % 7 == 1);
}

}  // namespace
