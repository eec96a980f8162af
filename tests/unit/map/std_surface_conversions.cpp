// Keys that merely convert to the key type are taken wherever std::unordered_map takes them.
#include <cstdint>
#include <string>

#include <gtest/gtest.h>

#include <holdfast/map/map.hpp>
#include <holdfast/map/set.hpp>

namespace {

TEST(StdSurfaceConversions, AnIntegerOfAnotherTypeIsAKey) {
  holdfast::map<std::uint64_t, int> map;
  map[1] = 10;
  map.insert_or_assign(2, 20);
  map.try_emplace(3, 30);
  EXPECT_EQ(map.at(1), 10);
  EXPECT_TRUE(map.contains(2));
  EXPECT_EQ(map.count(3u), 1u);
  EXPECT_EQ(map.find(4), map.end());
  EXPECT_EQ(*map.get(1), 10);
  EXPECT_EQ(map.get_or(9, 5), 5);
  EXPECT_EQ(map.take(1), 10);
  EXPECT_EQ(map.erase(2), 1u);
  EXPECT_TRUE(map.visit(3, [](int& value) { ++value; }));
  EXPECT_EQ(map.at(3), 31);
  const auto [from, to] = map.equal_range(3);
  EXPECT_NE(from, to);
}

TEST(StdSurfaceConversions, APointerToTheUnqualifiedTypeAndNullAreKeys) {
  int object = 0;
  int* const pointer = &object;
  holdfast::map<const void*, int> map;
  map[pointer] = 1;
  map[nullptr] = 2;
  EXPECT_TRUE(map.contains(pointer));
  EXPECT_EQ(map.at(nullptr), 2);
  EXPECT_EQ(map.erase(pointer), 1u);
}

struct from_number {
  int number;
  from_number(int n) : number(n) {}  // NOLINT: implicit on purpose
  friend bool operator==(const from_number&, const from_number&) = default;
};
struct hash_of_number {
  std::size_t operator()(const from_number& key) const noexcept { return static_cast<std::size_t>(key.number); }
};

TEST(StdSurfaceConversions, AUsersOwnImplicitConversionIsUsed) {
  holdfast::map<from_number, int, hash_of_number> map;
  map[1] = 1;
  map.insert({2, 2});
  EXPECT_TRUE(map.contains(1));
  EXPECT_EQ(map.at(2), 2);
  EXPECT_EQ(map.erase(1), 1u);
  holdfast::set<from_number, hash_of_number> set{1, 2, 3};
  EXPECT_TRUE(set.contains(2));
  EXPECT_EQ(set.erase(2), 1u);
  set.insert(4);
  EXPECT_EQ(set.count(4), 1u);
}

// Not local to the test: g++ 12 crashes on a map whose key type is local to a function.
struct pair_of {
  int a;
  int b;
  bool operator==(const pair_of&) const = default;
};
struct hash_of_pair {
  std::size_t operator()(const pair_of& key) const noexcept { return static_cast<std::size_t>(key.a * 31 + key.b); }
};

TEST(StdSurfaceConversions, BracesMakeAKey) {
  holdfast::map<pair_of, int, hash_of_pair> map;
  map[{1, 2}] = 3;
  EXPECT_EQ(map.at({1, 2}), 3);
  EXPECT_TRUE(map.contains({1, 2}));
  EXPECT_NE(map.find({1, 2}), map.end());
  map.insert_or_assign({1, 2}, 4);
  map.try_emplace({3, 4}, 5);
  EXPECT_EQ(map.erase({3, 4}), 1u);
  EXPECT_EQ(map.get_or({1, 2}, 0), 4);
}

}  // namespace
