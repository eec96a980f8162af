// A set: the surface of std::unordered_set, against it.
#include <concepts>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include <gtest/gtest.h>

#include <holdfast/map/set.hpp>

#include "tests/unit/map/key_kinds.hpp"
#include "tests/unit/map/sound.hpp"

namespace {

using holdfast::tests::sound;
using namespace std::string_view_literals;
using words = holdfast::set<std::string>;

static_assert(std::same_as<decltype(*std::declval<words&>().begin()), const std::string&>);
static_assert(std::same_as<decltype(std::declval<words&>().insert("a")), std::pair<words::iterator, bool>>);

TEST(StdSurfaceSet, HoldsEachElementOnce) {
  words set{"a", "b", "a"};
  EXPECT_EQ(set.size(), 2u);
  EXPECT_FALSE(set.insert("a").second);
  EXPECT_TRUE(set.insert(std::string("c")).second);
  EXPECT_TRUE(set.emplace(3, 'd').second);
  EXPECT_TRUE(set.contains("ddd"sv));
  EXPECT_EQ(*set.find("c"), "c");
  EXPECT_EQ(set.count("nobody"), 0u);
  EXPECT_EQ(*set.insert(set.begin(), "e"), "e");
  EXPECT_EQ(*set.emplace_hint(set.end(), "f"), "f");
  EXPECT_EQ(set.erase("a"sv), 1u);
  set.erase(set.find("b"));
  set.insert({"x", "y"});
  const std::vector<std::string> more{"y", "z"};
  set.insert(more.begin(), more.end());
  EXPECT_EQ(set.size(), 7u);
  EXPECT_TRUE(sound(set));
}

TEST(StdSurfaceSet, AgreesWithAnUnorderedSetOverManyOperations) {
  holdfast::set<std::uint64_t> ours;
  std::unordered_set<std::uint64_t> theirs;
  for (std::uint64_t n = 0; n < 30000; ++n) {
    const std::uint64_t key = holdfast::tests::scattered(n) % 2000;
    if (holdfast::tests::scattered(n + 1) % 3 == 0) {
      ASSERT_EQ(ours.erase(key), theirs.erase(key));
    } else {
      ASSERT_EQ(ours.insert(key).second, theirs.insert(key).second);
    }
    ASSERT_EQ(ours.size(), theirs.size());
    if (n % 1000 == 0) {
      ASSERT_TRUE(sound(ours));
    }
  }
  std::unordered_set<std::uint64_t> walked(ours.begin(), ours.end());
  EXPECT_EQ(walked, theirs);
}

TEST(StdSurfaceSet, CopiesMovesSwapsAndCompares) {
  words a{"one", "two"};
  words b = a;
  EXPECT_EQ(a, b);
  b.insert("three");
  EXPECT_NE(a, b);
  swap(a, b);
  EXPECT_EQ(a.size(), 3u);
  const words moved = std::move(a);
  EXPECT_TRUE(moved.contains("three"));
  b = {"only"};
  EXPECT_EQ(b.size(), 1u);
}

TEST(StdSurfaceSet, TakesElementsThatOnlyMove) {
  holdfast::set<std::unique_ptr<int>> set;
  for (int number = 0; number < 500; ++number) set.insert(std::make_unique<int>(number));
  EXPECT_EQ(set.size(), 500u);
  int sum = 0;
  for (const auto& element : set) sum += *element;
  EXPECT_EQ(sum, 499 * 500 / 2);
}

TEST(StdSurfaceSet, TakeReturnsTheElement) {
  words set{"a", "b"};
  EXPECT_EQ(set.take("a"sv), "a");
  EXPECT_EQ(set.take("a"sv), std::nullopt);
}

TEST(StdSurfaceSet, EraseWhileWalkingMeetsEachOnce) {
  holdfast::set<int> set;
  for (int key = 0; key < 1000; ++key) set.insert(key);
  int steps = 0;
  for (auto it = set.begin(); it != set.end(); ++steps) it = *it % 2 == 0 ? set.erase(it) : std::next(it);
  EXPECT_EQ(steps, 1000);
  EXPECT_EQ(set.size(), 500u);
}

TEST(StdSurfaceSet, DeductionGuidesNameTheType) {
  const std::vector<int> numbers{1, 2, 3, 3};
  const holdfast::set from_range(numbers.begin(), numbers.end());
  static_assert(std::same_as<std::remove_const_t<decltype(from_range)>, holdfast::set<int>>);
  EXPECT_EQ(from_range.size(), 3u);
}

}  // namespace
