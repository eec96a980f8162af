// Assignment in a go::map: arithmetic on elements, keys replaced, absent entries start from zero.
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <holdfast/map/go_map.hpp>
#include <holdfast/map/map.hpp>

#include "tests/unit/map/key_kinds.hpp"

namespace {

namespace go = holdfast::go;
using holdfast::tests::float_and_int;

// contract T5
TEST(GoAssign, OperatorsGiveWhatPlainArithmeticGives) {
  auto map = go::make_map<int, int>();
  map[1] = 12345;
  map[1] += 67890;
  EXPECT_EQ(map.get(1), 12345 + 67890);
  map[1] /= 123;
  EXPECT_EQ(map.get(1), (12345 + 67890) / 123);
  map[1] %= 456;
  EXPECT_EQ(map.get(1), (12345 + 67890) / 123 % 456);
  map[1] -= 3;
  map[1] *= 5;
  EXPECT_EQ(map.get(1), ((12345 + 67890) / 123 % 456 - 3) * 5);
}

// An element of the map itself on the right-hand side.
TEST(GoAssign, TakesAnElementOfTheSameMapAsAnOperand) {
  auto map = go::make_map<int, int>();
  map[1] = 5;
  map[2] = map[1];
  map[1] += map[2];
  map[3] += map[1];
  map[3] -= map[2];
  map[1] = map[1] + map[3];
  EXPECT_EQ(map.get(1), 15);
  EXPECT_EQ(map.get(2), 5);
  EXPECT_EQ(map.get(3), 5);
}

// contract M31
TEST(GoAssign, PostfixIncrementAndDecrementAreThereAsInGo) {
  auto map = go::make_map<std::string, int>();
  for (int i = 0; i < 10; ++i) map["a"]++;
  map["a"]--;
  map["b"]--;
  EXPECT_EQ(map.get("a"), 9);
  EXPECT_EQ(map.get("b"), -1);
}

// contract T6
TEST(GoAssign, AnElementThatIsASequenceKeepsItsOrder) {
  holdfast::map<int, std::vector<int>> map;
  map[1] = {1};
  map[1].push_back(2);
  map[1].insert(map[1].end(), {3, 4});
  map.at(1).push_back(5);
  map.get(1)->push_back(6);
  EXPECT_EQ(map.at(1), (std::vector<int>{1, 2, 3, 4, 5, 6}));
}

// contract M24, T2, X11
// covers hf.map.go-key-replaced
TEST(GoAssign, ReplacesAKeyThatIsEqualButNotAlike) {
  auto map = go::make_map<double, bool>();
  map.set(+0.0, true);
  map.set(-0.0, true);
  EXPECT_EQ(map.len(), 1u);
  for (auto [key, value] : map) EXPECT_TRUE(std::signbit(key));
  map.set(+0.0, true);
  for (auto [key, value] : map) EXPECT_FALSE(std::signbit(key));
  map[-0.0] = false;
  for (auto [key, value] : map) EXPECT_TRUE(std::signbit(key));
}

// contract M24: inside a struct
TEST(GoAssign, ReplacesAStructKeyThatHoldsOne) {
  auto map = go::make_map<float_and_int, int>();
  map.set({0.0, 1}, 1);
  map.set({-0.0, 1}, 2);
  EXPECT_EQ(map.len(), 1u);
  for (auto [key, value] : map) {
    EXPECT_TRUE(std::signbit(key.real));
    EXPECT_EQ(value, 2);
  }
}

// contract M24: strings, whose bytes may live elsewhere; the newest key must be the one kept
TEST(GoAssign, ReplacesAStringKeyWithoutLosingTheEntry) {
  auto map = go::make_map<std::string, int>();
  const std::string key(100, 'k');
  for (int value = 0; value < 100; ++value) map.set(std::string(key), value);
  EXPECT_EQ(map.len(), 1u);
  EXPECT_EQ(map.get(key), 99);
}

// contract T3, T4
TEST(GoAssign, EachAssignmentUnderNanMakesAnEntry) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  auto plain = go::make_map<double, int>();
  auto adding = go::make_map<double, int>();
  for (const int value : {1, 2, 4}) {
    plain.set(nan, value);
    adding[nan] += value;
  }
  for (auto& map : {plain, adding}) {
    EXPECT_EQ(map.len(), 3u);
    int values = 0;
    for (auto [key, value] : map) {
      EXPECT_TRUE(std::isnan(key));
      values |= value;
    }
    EXPECT_EQ(values, 7);
  }
}

// contract M31, T28: a slot that held something else must not show through
TEST(GoAssign, IncrementAfterAnEraseOfAnotherKeyStartsFromZero) {
  auto ints = go::make_map<int, int>();
  ints.set(0, 10);
  ints.erase(0);
  ints[1] += 2;
  EXPECT_EQ(ints.get(1), 2);
  auto narrow = go::make_map<std::int32_t, std::int32_t>();
  narrow.set(0, 10);
  narrow.erase(0);
  ++narrow[1];
  EXPECT_EQ(narrow.get(1), 1);
  auto wide = go::make_map<std::int64_t, std::int64_t>();
  wide.set(0, 10);
  wide.erase(0);
  ++wide[1];
  EXPECT_EQ(wide.get(1), 1);
  auto by_text = go::make_map<std::string, int>();
  by_text.set("", 10);
  by_text.erase("");
  by_text["a"] += 2;
  EXPECT_EQ(by_text.get("a"), 2);
  auto texts = go::make_map<int, std::string>();
  texts.set(0, "no");
  texts.erase(0);
  texts[1] += "yes";
  EXPECT_EQ(texts.get(1), "yes");
}

// contract T29
TEST(GoAssign, IncrementAfterErasingAllByRangeStartsFromZero) {
  auto map = go::make_map<std::string, int>();
  for (int i = 0; i < 100; ++i) map.set(std::to_string(i), 7);
  for (auto [key, value] : map) map.erase(key);
  for (int i = 0; i < 200; ++i) ++map["n" + std::to_string(i)];
  for (auto [key, value] : map) ASSERT_EQ(value, 1);
  map.clear();
  for (int i = 0; i < 200; ++i) ++map["n" + std::to_string(i)];
  for (auto [key, value] : map) ASSERT_EQ(value, 1);
}

// contract M31, for the std-like map
TEST(GoAssign, SubscriptOfAnAbsentKeyStartsFromZero) {
  holdfast::map<int, int> map;
  for (int key = 0; key < 1000; ++key) map[key] = 77;
  for (int key = 0; key < 1000; ++key) map.erase(key);
  for (int key = 1000; key < 2000; ++key) ASSERT_EQ(map[key]++, 0);
}

// contract M23
TEST(GoAssign, AnOverwriteChangesNeitherLenNorBuckets) {
  auto map = go::make_map<int, int>();
  for (int key = 0; key < 8; ++key) map.set(key, key);
  for (int round = 0; round < 100; ++round) map.set(round % 8, round);
  EXPECT_EQ(map.len(), 8u);
  EXPECT_EQ(map.stats().buckets, 1u);
}

}  // namespace
