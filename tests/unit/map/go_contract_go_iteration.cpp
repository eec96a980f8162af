// What ranging over a go::map promises: the walk's promises and Go's own about replaced keys.
#include <cmath>
#include <cstdlib>
#include <limits>
#include <map>
#include <set>

#include <gtest/gtest.h>

#include <holdfast/map/go_map.hpp>

#include "tests/unit/map/key_kinds.hpp"
#include "tests/unit/map/sound.hpp"

namespace {

namespace go = holdfast::go;
using holdfast::tests::float_and_int;
using holdfast::tests::sound;

// contract M50, X4
TEST(GoRange, OverNilHasNoStep) {
  go::map<int, int> nil;
  int steps = 0;
  for (auto [key, value] : nil) steps += key + value + 1;
  EXPECT_EQ(steps, 0);
}

// contract M56, T9: key and value are always updated together
TEST(GoRange, ShowsTheNewestKeyAndValueTogetherThroughAGrowth) {
  for (int round = 0; round < 100; ++round) {
    auto map = go::make_map<float_and_int, int>(4);
    for (int number = 0; number < 4; ++number) map.set({0.0, number}, number);
    bool rewritten = false;
    int negative = 0;
    std::set<int> met;
    for (auto [key, value] : map) {
      if (key.real != 0.0) continue;
      ASSERT_EQ(value % 10, key.number);
      ASSERT_TRUE(met.insert(key.number).second) << "met twice: " << key.number;
      const bool is_new = std::signbit(key.real);
      ASSERT_EQ(is_new, value >= 10) << "key and value of different writes";
      ASSERT_EQ(is_new, rewritten);
      negative += is_new;
      if (rewritten) continue;
      for (int more = 0; more < 100; ++more) map.set({3.0, more}, 0);
      for (int number = 0; number < 4; ++number) map.set({-0.0, number}, 10 + number);
      rewritten = true;
    }
    ASSERT_EQ(met.size(), 4u);
    ASSERT_EQ(negative, 3);
  }
}

// contract M57, T21
TEST(GoRange, EraseAndReinsertOfEachKeyLeavesAllWithTheNewValue) {
  for (int size = 0; size < 10000; size = size < 20 ? size + 1 : size * 2) {
    auto map = go::make_map<int, bool>();
    for (int key = 0; key < size; ++key) map.set(key, false);
    for (auto [key, value] : map) {
      map.erase(key);
      map.set(key, true);
    }
    ASSERT_EQ(map.len(), static_cast<std::size_t>(size));
    for (auto [key, value] : map) ASSERT_TRUE(value) << key;
  }
}

// contract M54, T10
TEST(GoRange, NeverMeetsWhatWasErasedOnTheWay) {
  for (int round = 0; round < 50; ++round) {
    auto map = go::make_map<int, int>();
    for (int key = 0; key < 100; ++key) map.set(key, key);
    bool grown = false;
    for (auto [key, value] : map) {
      if (grown) {
        ASSERT_EQ(key % 2, 0);
        continue;
      }
      for (int more = 100; more < 1000; ++more) map.set(more, more);
      for (int odd = 1; odd < 1000; odd += 2) map.erase(odd);
      grown = true;
    }
  }
}

// contract T17
TEST(GoRange, OverANanMapInMidGrowthFinishedHalfwayMeetsEachOnce) {
  constexpr int entries = 104;
  for (int round = 0; round < 100; ++round) {
    auto map = go::make_map<double, int>();
    const double nan = std::numeric_limits<double>::quiet_NaN();
    for (int value = 0; value < entries; ++value) map.set(nan, value);
    map.set(1.0, 1);
    map.erase(1.0);
    std::set<int> found;
    for (auto [key, value] : map) {
      ASSERT_TRUE(found.insert(value).second) << "met twice: " << value;
      if (found.size() != 8) continue;
      for (int i = 0; i < 16; ++i) map.erase(1.0);
      ASSERT_TRUE(sound(map));
    }
    ASSERT_EQ(found.size(), static_cast<std::size_t>(entries));
  }
}

// contract M81: the loop goes over the map that the variable held when it began
// covers hf.map.go-range-holds
TEST(GoRange, GoesOnOverTheOldMapWhenTheVariableIsSetToNil) {
  const auto walk = [] {
    auto map = go::make_map<int, int>();
    for (int key = 0; key < 100; ++key) map.set(key, key);
    int steps = 0;
    for ([[maybe_unused]] auto [key, value] : map) {
      ++steps;
      map = nullptr;
    }
    std::_Exit(steps);
  };
  EXPECT_EXIT(walk(), testing::ExitedWithCode(100), "");
}

// contract M44, T66
TEST(GoRange, EraseOfEachEntryEmptiesTheMap) {
  auto map = go::make_map<int, int>();
  for (int key = 0; key < 5000; ++key) map.set(key, key);
  int last = -1;
  for (auto [key, value] : map) {
    map.erase(key);
    last = key;
  }
  EXPECT_EQ(map.len(), 0u);
  EXPECT_GE(last, 0);
  EXPECT_TRUE(sound(map));
}

// contract M46, T67
TEST(GoRange, EndsWhenTheMapIsClearedInside) {
  for (const int nans : {3, 9, 417}) {
    auto map = go::make_map<double, int>();
    for (int value = 0; value < nans; ++value) map.set(std::numeric_limits<double>::quiet_NaN(), value);
    int steps = 0;
    for ([[maybe_unused]] auto [key, value] : map) {
      ++steps;
      map.clear();
    }
    EXPECT_EQ(steps, 1);
    EXPECT_EQ(map.len(), 0u);
  }
}

// contract M60
TEST(GoRange, MayBeNested) {
  auto map = go::make_map<int, int>();
  for (int key = 0; key < 50; ++key) map.set(key, key);
  int pairs = 0;
  for (auto [a, b] : map) {
    for (auto [c, d] : map) pairs += a == b && c == d;
  }
  EXPECT_EQ(pairs, 2500);
}

}  // namespace
