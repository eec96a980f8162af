// Keys of every kind: NaN, the two zeros, pointers, strings of all lengths, nothing at all, the large.
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <holdfast/map/go_map.hpp>
#include <holdfast/map/map.hpp>

#include "tests/unit/map/key_kinds.hpp"
#include "tests/unit/map/policies.hpp"
#include "tests/unit/map/sound.hpp"

namespace {

namespace go = holdfast::go;
using holdfast::tests::float_and_int;
using holdfast::tests::half_blank;
using holdfast::tests::map_under;
using holdfast::tests::nothing_at_all;
using holdfast::tests::sound;

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

template <class Policy>
class Keys : public testing::Test {};
TYPED_TEST_SUITE(Keys, holdfast::tests::all_policies);

// contract M70, T3
TYPED_TEST(Keys, EachNanInsertedIsAnEntryOfItsOwn) {
  map_under<double, int, TypeParam> map;
  for (const int value : {1, 2, 4}) map.emplace(not_a_number, value);
  map.emplace(-not_a_number, 8);
  EXPECT_EQ(map.size(), 4u);
  EXPECT_FALSE(map.contains(not_a_number));
  EXPECT_EQ(map.erase(not_a_number), 0u);
  int values = 0;
  for (const auto& [key, value] : map) {
    EXPECT_TRUE(std::isnan(key));
    values |= value;
  }
  EXPECT_EQ(values, 15);
  EXPECT_TRUE(sound(map));
}

// contract M70
TYPED_TEST(Keys, NansSurviveGrowthAndOnlyClearOrAnIteratorRemovesThem) {
  map_under<float, int, TypeParam> map;
  constexpr float nan = std::numeric_limits<float>::quiet_NaN();
  for (int value = 0; value < 1000; ++value) map.emplace(nan, value);
  for (int key = 0; key < 1000; ++key) map[static_cast<float>(key)] = 0;
  EXPECT_EQ(map.size(), 2000u);
  EXPECT_EQ(erase_if(map, [](const auto& entry) { return std::isnan(entry.first); }), 1000u);
  EXPECT_EQ(map.size(), 1000u);
  map.emplace(nan, 1);
  map.clear();
  EXPECT_TRUE(map.empty());
}

// contract M72
// covers hf.hash.zeros-alike
TYPED_TEST(Keys, TheTwoZerosAreOneKey) {
  map_under<double, int, TypeParam> map;
  map[0.0] = 1;
  map[-0.0] = 2;
  EXPECT_EQ(map.size(), 1u);
  EXPECT_EQ(map.at(0.0), 2);
  EXPECT_FALSE(std::signbit(map.begin()->first)) << "this map keeps the key, as the standard does";
  map_under<float_and_int, int, TypeParam> structs;
  structs[{0.0, 1}] = 1;
  structs[{-0.0, 1}] = 2;
  EXPECT_EQ(structs.size(), 1u);
}

// contract M75
// covers hf.hash.any-hash
TYPED_TEST(Keys, BlankFieldsTakeNoPart) {
  map_under<half_blank, int, TypeParam> map;
  map[{1, 100}] = 1;
  map[{1, 200}] = 2;
  EXPECT_EQ(map.size(), 1u);
  EXPECT_EQ(map.at(half_blank{1, 300}), 2);
}

// contract M76, T15
TYPED_TEST(Keys, AKeyWithoutContentHasAtMostOneEntry) {
  map_under<nothing_at_all, int, TypeParam> keys;
  for (int value = 0; value < 10; ++value) keys[{}] = value;
  EXPECT_EQ(keys.size(), 1u);
  EXPECT_EQ(keys.at({}), 9);
  map_under<int, nothing_at_all, TypeParam> values;
  for (int key = 0; key < 1000; ++key) values[key] = {};
  EXPECT_EQ(values.size(), 1000u);
  map_under<nothing_at_all, nothing_at_all, TypeParam> both;
  both[{}] = {};
  both[{}] = {};
  EXPECT_EQ(both.size(), 1u);
  EXPECT_TRUE(sound(both));
}

struct large {
  std::array<std::string, 256> parts;
  friend bool operator==(const large&, const large&) = default;
};

large make_large(int number) {
  large made;
  for (std::size_t i = 0; i < made.parts.size(); ++i) made.parts[i] = std::to_string(number) + "." + std::to_string(i);
  return made;
}

struct hash_of_large {
  std::size_t operator()(const large& key) const noexcept {
    std::size_t all = 0;
    for (const std::string& part : key.parts) all = all * 31 + std::hash<std::string>{}(part);
    return all;
  }
};

// contract M78, T13
TYPED_TEST(Keys, KeysAndValuesOf256StringsComeBackAfterGrowth) {
  map_under<large, large, TypeParam, hash_of_large> map;
  for (int number = 0; number < 100; ++number) map[make_large(number)] = make_large(-number);
  for (int number = 0; number < 100; ++number) ASSERT_EQ(map.at(make_large(number)), make_large(-number));
  for (const auto& [key, value] : map) ASSERT_EQ(value.parts[7][0], key.parts[7][0] == '0' ? '0' : '-');
  EXPECT_TRUE(sound(map));
}

template <std::size_t Bytes>
struct block {
  std::array<std::uint64_t, Bytes / 8> words{};
  explicit block(std::uint64_t number = 0) { words.fill(number); }
  friend bool operator==(const block&, const block&) = default;
};

struct hash_of_block {
  template <std::size_t Bytes>
  std::size_t operator()(const block<Bytes>& key) const noexcept {
    return key.words[0];
  }
};

// contract M3, M78, T23, T34: on both sides of 128 bytes
TYPED_TEST(Keys, KeysAndValuesAreIntactOnBothSidesOfTheInlineLimit) {
  map_under<block<128>, block<136>, TypeParam, hash_of_block> one;
  map_under<block<136>, block<128>, TypeParam, hash_of_block> other;
  map_under<block<512>, block<512>, TypeParam, hash_of_block> both;
  for (std::uint64_t i = 0; i < 1000; ++i) {
    one[block<128>(i)] = block<136>(~i);
    other[block<136>(i)] = block<128>(~i);
    both[block<512>(i)] = block<512>(~i);
  }
  for (std::uint64_t i = 0; i < 1000; ++i) {
    ASSERT_EQ(one.at(block<128>(i)), block<136>(~i));
    ASSERT_EQ(other.at(block<136>(i)), block<128>(~i));
    ASSERT_EQ(both.at(block<512>(i)), block<512>(~i));
  }
}

// contract M18, T16
TYPED_TEST(Keys, FewStringsOfEqualOrDifferentLengthAreEachFound) {
  map_under<std::string, std::size_t, TypeParam> equal;
  map_under<std::string, std::size_t, TypeParam> different;
  const std::vector<std::size_t> lengths{0, 1, 3, 4, 7, 8, 31, 128};
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    equal[std::string(20, static_cast<char>('a' + i))] = i;
    different[std::string(lengths[i], 'x')] = i;
  }
  const std::string long_one = std::string(127, 'x') + 'y';
  different[long_one] = 99;
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    EXPECT_EQ(equal.at(std::string(20, static_cast<char>('a' + i))), i);
    EXPECT_EQ(different.at(std::string(lengths[i], 'x')), i);
  }
  EXPECT_EQ(different.at(long_one), 99u);
  EXPECT_FALSE(equal.contains(std::string(20, 'z')));
  EXPECT_FALSE(different.contains(std::string(2, 'x')));
}

// contract M18: each length takes the same entries as a map with another hash
// covers hf.hash.every-byte
TEST(KeyStrings, OfEveryLengthDifferingInOneByteAreToldApart) {
  holdfast::map<std::string, std::size_t> map;
  std::size_t number = 0;
  for (std::size_t length = 0; length <= 100; ++length) {
    map[std::string(length, 'a')] = number++;
    for (std::size_t at = 0; at < length; ++at) {
      std::string key(length, 'a');
      key[at] = 'b';
      map[key] = number++;
    }
  }
  EXPECT_EQ(map.size(), number);
  std::size_t expected = 0;
  for (std::size_t length = 0; length <= 100; ++length) {
    ASSERT_EQ(map.at(std::string(length, 'a')), expected++);
    for (std::size_t at = 0; at < length; ++at) {
      std::string key(length, 'a');
      key[at] = 'b';
      ASSERT_EQ(map.at(key), expected++);
    }
  }
}

// contract M73, X6
TEST(KeyPointers, AreComparedByAddressAndNeverFollowed) {
  holdfast::map<const void*, int> map;
  std::vector<void*> freed;
  for (int i = 0; i < 1000; ++i) freed.push_back(std::malloc(64));
  const std::vector<const void*> addresses(freed.begin(), freed.end());
  for (const void* const pointer : addresses) map[pointer] = 1;
  for (void* const pointer : freed) std::free(pointer);
  for (const void* const pointer : addresses) EXPECT_TRUE(map.contains(pointer));
  EXPECT_EQ(map.size(), 1000u);
  map[nullptr] = 2;
  EXPECT_EQ(map.size(), 1001u);
}

enum class colour : std::uint8_t { white, grey, black };

// contract M18: integers of every width and sign, enumerations, bool, char
TEST(KeyIntegers, OfEveryWidthKeepTheirIdentity) {
  const auto check = [](auto sample) {
    using key = decltype(sample);
    holdfast::map<key, int> map;
    const std::vector<key> keys{std::numeric_limits<key>::min(), std::numeric_limits<key>::max(), key(0), key(1), key(-1)};
    std::set<key> distinct(keys.begin(), keys.end());
    for (const key one : keys) map[one] = 1;
    EXPECT_EQ(map.size(), distinct.size());
    for (const key one : keys) EXPECT_TRUE(map.contains(one));
  };
  check(std::int8_t{});
  check(std::uint8_t{});
  check(std::int16_t{});
  check(std::int32_t{});
  check(std::uint32_t{});
  check(std::int64_t{});
  check(std::uint64_t{});
  check(char{});
  holdfast::map<bool, int> bools{{true, 1}, {false, 2}};
  EXPECT_EQ(bools.at(true), 1);
  holdfast::map<colour, int> colours{{colour::white, 1}, {colour::black, 3}};
  EXPECT_FALSE(colours.contains(colour::grey));
}

// contract M71, X10: keys that are multiples of a large power of two, and keys that differ in high bits only
// covers hf.hash.every-bit
TYPED_TEST(Keys, RegularIntegersDoNotPileUp) {
  map_under<std::uint64_t, int, TypeParam> multiples;
  map_under<std::uint64_t, int, TypeParam> high;
  for (std::uint64_t i = 0; i < 20000; ++i) {
    multiples[i << 20] = 1;
    high[i << 48] = 1;
  }
  EXPECT_LE(multiples.stats().longest_chain, 24u);
  EXPECT_LE(high.stats().longest_chain, 24u);
}

}  // namespace
