// Construction, assignment, swap, comparison: as std::unordered_map has them.
#include <limits>
#include <memory>
#include <sstream>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <holdfast/map/map.hpp>

#include "tests/unit/map/sound.hpp"

namespace {

using holdfast::tests::sound;
using texts = holdfast::map<int, std::string>;

texts first_hundred() {
  texts made;
  for (int key = 0; key < 100; ++key) made[key] = std::to_string(key);
  return made;
}

struct numbered_hash {
  int number = 0;
  std::size_t operator()(int key) const noexcept { return static_cast<std::size_t>(key); }
};
struct numbered_equal {
  int number = 0;
  bool operator()(int a, int b) const noexcept { return a == b; }
};
using stateful = holdfast::map<int, int, numbered_hash, numbered_equal>;

TEST(StdSurfaceMake, AnEmptyMapIsEmpty) {
  const texts empty;
  EXPECT_TRUE(empty.empty());
  EXPECT_EQ(empty.size(), 0u);
  EXPECT_TRUE(empty.begin() == empty.end());
  EXPECT_FALSE(empty.contains(1));
  EXPECT_GT(empty.max_size(), std::size_t{1} << 32);
  EXPECT_EQ(empty.load_factor(), 0.0F);
  EXPECT_GT(empty.max_load_factor(), 0.0F);
  EXPECT_TRUE(sound(empty));
}

TEST(StdSurfaceMake, FromARangeKeepsTheFirstOfEqualKeys) {
  const std::vector<std::pair<int, std::string>> values{{1, "one"}, {2, "two"}, {1, "uno"}};
  const texts made(values.begin(), values.end());
  EXPECT_EQ(made.size(), 2u);
  EXPECT_EQ(made.at(1), "one");
}

TEST(StdSurfaceMake, FromAListKeepsTheFirstOfEqualKeys) {
  const texts made{{1, "one"}, {2, "two"}, {1, "uno"}};
  EXPECT_EQ(made.size(), 2u);
  EXPECT_EQ(made.at(1), "one");
}

TEST(StdSurfaceMake, FromASinglePassRange) {
  std::istringstream text("1 2 3 2 1");
  std::vector<std::pair<int, int>> pairs;
  for (int number; text >> number;) pairs.emplace_back(number, number);
  const holdfast::map<int, int> made(pairs.begin(), pairs.end(), 100);
  EXPECT_EQ(made.size(), 3u);
}

TEST(StdSurfaceMake, DeductionGuidesNameTheTypes) {
  const std::vector<std::pair<int, std::string>> values{{1, "one"}};
  const holdfast::map from_range(values.begin(), values.end());
  static_assert(std::same_as<std::remove_const_t<decltype(from_range)>, holdfast::map<int, std::string>>);
  const holdfast::map from_list{std::pair<int, double>{1, 2.0}, std::pair<int, double>{2, 3.0}};
  static_assert(std::same_as<std::remove_const_t<decltype(from_list)>, holdfast::map<int, double>>);
  EXPECT_EQ(from_list.size(), 2u);
}

TEST(StdSurfaceMake, ACopyIsEqualAndIndependent) {
  texts original = first_hundred();
  texts copy = original;
  EXPECT_EQ(copy, original);
  copy[5] = "changed";
  copy.erase(6);
  EXPECT_EQ(original.at(5), "5");
  EXPECT_TRUE(original.contains(6));
  EXPECT_NE(copy, original);
  EXPECT_TRUE(sound(copy));
  const texts cloned = original.clone();
  EXPECT_EQ(cloned, original);
}

TEST(StdSurfaceMake, AMoveTakesTheEntriesWhereTheyAre) {
  texts original = first_hundred();
  const std::string* const address = &original.at(7);
  texts taken = std::move(original);
  EXPECT_EQ(&taken.at(7), address);
  EXPECT_EQ(taken.size(), 100u);
  EXPECT_TRUE(original.empty());  // NOLINT: what is left is defined
  EXPECT_TRUE(sound(original));
  original[1] = "again";
  EXPECT_EQ(original.size(), 1u);
}

TEST(StdSurfaceMake, MoveAssignmentDropsWhatWasThere) {
  auto owned = std::make_shared<int>(1);
  holdfast::map<int, std::shared_ptr<int>> target{{1, owned}};
  holdfast::map<int, std::shared_ptr<int>> source{{2, nullptr}};
  target = std::move(source);
  EXPECT_EQ(owned.use_count(), 1);
  EXPECT_FALSE(target.contains(1));
  EXPECT_TRUE(target.contains(2));
}

TEST(StdSurfaceMake, CopyAssignmentReplacesAll) {
  const texts source = first_hundred();
  texts target{{1000, "old"}};
  target = source;
  EXPECT_EQ(target, source);
  EXPECT_FALSE(target.contains(1000));
  target = {{1, "one"}, {2, "two"}};
  EXPECT_EQ(target.size(), 2u);
}

TEST(StdSurfaceMake, AssignmentToItselfChangesNothing) {
  texts one = first_hundred();
  texts& same = one;
  one = same;
  EXPECT_EQ(one.size(), 100u);
  one = std::move(same);
  EXPECT_TRUE(sound(one));
}

TEST(StdSurfaceMake, SwapExchangesEntriesHashesAndGrowth) {
  stateful a(0, numbered_hash{1}, numbered_equal{1});
  stateful b(0, numbered_hash{2}, numbered_equal{2});
  for (int key = 0; key < 1000; ++key) a[key] = key;
  b[5] = 50;
  a.swap(b);
  EXPECT_EQ(a.size(), 1u);
  EXPECT_EQ(b.size(), 1000u);
  EXPECT_EQ(a.hash_function().number, 2);
  EXPECT_EQ(b.key_eq().number, 1);
  swap(a, b);
  EXPECT_EQ(a.size(), 1000u);
  EXPECT_TRUE(sound(a));
  EXPECT_TRUE(sound(b));
}

TEST(StdSurfaceMake, SwapWithItselfChangesNothing) {
  texts one = first_hundred();
  texts& same = one;
  one.swap(same);
  EXPECT_EQ(one.size(), 100u);
}

// covers hf.map.walk-goes-along
TEST(StdSurfaceMake, IteratorsFollowTheirEntriesThroughSwapAndMove) {
  texts a = first_hundred();
  texts b{{1000, "b"}};
  auto walk = a.begin();
  const int at = walk->first;
  a.swap(b);
  EXPECT_EQ(walk->first, at);
  int steps = 0;
  for (; walk != b.end(); ++walk) ++steps;
  EXPECT_EQ(steps, 100);
  auto second = b.begin();
  const texts taken = std::move(b);
  for (steps = 0; second != taken.end(); ++second) ++steps;
  EXPECT_EQ(steps, 100);
}

TEST(StdSurfaceMake, StatefulHashAndEqualityAreKeptByCopies) {
  stateful original(10, numbered_hash{7}, numbered_equal{8});
  original[1] = 1;
  const stateful copy = original;
  EXPECT_EQ(copy.hash_function().number, 7);
  EXPECT_EQ(copy.key_eq().number, 8);
  stateful assigned;
  assigned = original;
  EXPECT_EQ(assigned.hash_function().number, 7);
  EXPECT_EQ(assigned.at(1), 1);
  const stateful moved = std::move(original);
  EXPECT_EQ(moved.hash_function().number, 7);
}

TEST(StdSurfaceMake, EqualityIsOfContentsNotOfOrderOrSize) {
  texts a = first_hundred();
  texts b;
  b.reserve(10000);
  for (int key = 99; key >= 0; --key) b[key] = std::to_string(key);
  EXPECT_EQ(a, b);
  b[0] = "other";
  EXPECT_NE(a, b);
  b.erase(0);
  EXPECT_NE(a, b);
  EXPECT_EQ(texts(), texts());
}

// contract T71: NaN makes a map unequal to itself
TEST(StdSurfaceMake, AMapWithNanIsUnequalToItself) {
  holdfast::map<double, int> one;
  one.emplace(std::numeric_limits<double>::quiet_NaN(), 1);
  const auto& same = one;
  EXPECT_FALSE(one == same);
}

// covers hf.map.copy-whole
TEST(StdSurfaceMake, ACopyMadeInMidGrowthIsWhole) {
  holdfast::map<int, int> map;
  for (int key = 0; key < 3000; ++key) {
    map[key] = key;
    if (!map.growing() || key % 5 != 0) continue;
    const auto copy = map;
    ASSERT_EQ(copy, map);
    ASSERT_TRUE(sound(copy));
  }
}

}  // namespace
