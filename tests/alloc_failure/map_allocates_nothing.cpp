// Calls that allocate nothing, shown by counting.
#include <cstdint>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include <holdfast/map/go_map.hpp>
#include <holdfast/map/map.hpp>
#include <holdfast/map/set.hpp>

#include "tests/alloc_failure/failing_new.hpp"

namespace {

using holdfast::tests::heap;

template <class Run>
std::int64_t allocations_in(Run run) {
  const std::int64_t before = heap::calls;
  run();
  return heap::calls - before;
}

const char* const long_key = "a key that is too long to be kept inside the string object";

// contract T22
TEST(AllocatesNothing, ALookupByViewOrLiteral) {
  holdfast::map<std::string, int> map{{long_key, 1}};
  holdfast::set<std::string> set{long_key};
  const std::string_view view = long_key;
  int found = 0;
  const std::int64_t allocations = allocations_in([&] {
    found += map.contains(view) + map.contains(long_key) + set.contains(view);
    found += map.find(view) != map.end();
    found += map.at(view) + map.get_or(long_key, 0) + *map.get(view);
    found += map.contains(view.substr(1));
    map[long_key] = 1;
    map.insert_or_assign(view, 1);
    map.try_emplace(view, 5);
    found += static_cast<int>(map.erase(view.substr(2)));
    map.visit(view, [&](int value) { found += value; });
  });
  EXPECT_EQ(allocations, 0);
  EXPECT_EQ(found, 8);
}

TEST(AllocatesNothing, AnEmptyMap) {
  const std::int64_t allocations = allocations_in([] {
    holdfast::map<std::string, int> map;
    holdfast::map<std::string, int> hinted(0);
    EXPECT_FALSE(map.contains("a"));
    holdfast::map<std::string, int> moved = std::move(map);
    swap(moved, hinted);
    moved.clear();
    moved.erase("a");
    EXPECT_TRUE(moved.begin() == moved.end());
  });
  EXPECT_EQ(allocations, 0);
}

TEST(AllocatesNothing, AWalkOverAMapThatDoesNotGrow) {
  holdfast::map<int, int> map;
  for (int key = 0; key < 1000; ++key) map[key] = key;
  map.finish_growth();
  std::int64_t sum = 0;
  const std::int64_t allocations = allocations_in([&] {
    for (const auto& [key, value] : map) sum += value;
  });
  EXPECT_EQ(allocations, 0);
  EXPECT_EQ(sum, 999 * 500);
}

TEST(AllocatesNothing, AnInsertIntoReservedRoomThatDoesNotOverflow) {
  holdfast::map<int, int> map;
  map.reserve(1000);
  const std::int64_t allocations = allocations_in([&] {
    for (int key = 0; key < 100; ++key) map[key] = key;
  });
  EXPECT_EQ(allocations, 0);
}

TEST(AllocatesNothing, AReadOfANilMap) {
  const holdfast::go::map<int, int> nil;
  EXPECT_EQ(allocations_in([&] { EXPECT_EQ(nil.get(1), 0); }), 0);
}

// contract M9, M5: one array for up to eight entries
TEST(AllocatesLittle, ASmallMap) {
  EXPECT_LE(allocations_in([] {
              holdfast::map<int, int> map;
              for (int key = 0; key < 8; ++key) map[key] = key;
            }),
            1);
}

}  // namespace
