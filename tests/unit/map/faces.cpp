// What a map offers beyond std::unordered_map: get, get_or, visit, take, erase_if, names, pictures.
#include <optional>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include <holdfast/base/observe/live_set.hpp>
#include <holdfast/map/map.hpp>
#include <holdfast/map/set.hpp>

#include "tests/unit/map/sound.hpp"

namespace {

using ages = holdfast::map<std::string, int>;
using namespace std::string_view_literals;

// covers hf.hash.texts-alike, hf.map.get-or-nothing
TEST(Faces, GetRefersToTheValueOrToNothing) {
  ages map{{"ann", 41}};
  auto ann = map.get("ann");
  ASSERT_TRUE(ann);
  *ann += 1;
  EXPECT_EQ(map.at("ann"), 42);
  EXPECT_FALSE(map.get("bob"sv));
  EXPECT_EQ(map.get("bob").value_or(7), 7);
  const ages& constant = map;
  EXPECT_EQ(*constant.get(std::string("ann")), 42);
}

TEST(Faces, GetOrCopiesTheValueOrTheDefault) {
  const ages map{{"ann", 41}};
  EXPECT_EQ(map.get_or("ann", 0), 41);
  EXPECT_EQ(map.get_or("bob"sv, 5), 5);
}

TEST(Faces, VisitCallsOnlyForAKeyThatIsThere) {
  ages map{{"ann", 41}};
  EXPECT_TRUE(map.visit("ann", [](int& age) { ++age; }));
  EXPECT_FALSE(map.visit("bob", [](int&) { FAIL(); }));
  EXPECT_EQ(map.at("ann"), 42);
  const ages& constant = map;
  int seen = 0;
  EXPECT_TRUE(constant.visit("ann"sv, [&](const int& age) { seen = age; }));
  EXPECT_EQ(seen, 42);
}

TEST(Faces, TakeErasesAndReturns) {
  ages map{{"ann", 41}};
  EXPECT_EQ(map.take("bob"sv), std::nullopt);
  EXPECT_EQ(map.take("ann"sv), 41);
  EXPECT_TRUE(map.empty());
}

TEST(Faces, EraseIfTellsHowMany) {
  holdfast::map<int, int> map;
  for (int key = 0; key < 1000; ++key) map[key] = key;
  EXPECT_EQ(erase_if(map, [](const auto& entry) { return entry.first % 3 == 0; }), 334u);
  EXPECT_EQ(map.size(), 666u);
  EXPECT_TRUE(holdfast::tests::sound(map));
  holdfast::set<int> set{1, 2, 3, 4};
  EXPECT_EQ(erase_if(set, [](int key) { return key > 2; }), 2u);
}

#if HOLDFAST_EXCEPTIONS
TEST(Faces, AtThrowsForAnAbsentKey) {
  ages map;
  const ages& constant = map;
  EXPECT_THROW(static_cast<void>(map.at("ann")), std::out_of_range);
  EXPECT_THROW(static_cast<void>(constant.at("ann"sv)), std::out_of_range);
}
#endif

bool live_set_has(std::string_view name) {
  bool found = false;
  holdfast::observe::live_set::for_each(
      [&](const holdfast::observe::live_entry& entry) { found |= std::string_view(entry.name, entry.name_length) == name; });
  return found;
}

// covers hf.map.named
TEST(Faces, ANamedMapStandsInTheLiveSetUntilItDies) {
  {
    ages map;
    EXPECT_EQ(map.name(), "");
    map.name("ages of all");
    EXPECT_EQ(map.name(), "ages of all");
    EXPECT_TRUE(live_set_has("ages of all"));
    map.name("renamed");
    EXPECT_FALSE(live_set_has("ages of all"));
    EXPECT_TRUE(live_set_has("renamed"));
    const ages moved = std::move(map);
    EXPECT_EQ(moved.name(), "renamed");
    EXPECT_TRUE(live_set_has("renamed"));
  }
  EXPECT_FALSE(live_set_has("renamed"));
}

// covers hf.map.named
TEST(Faces, TheNameOfAMovedMapPointsAtItsHeader) {
  ages map{{"ann", 1}};
  map.name("followed");
  const ages moved = std::move(map);
  const void* header = nullptr;
  holdfast::observe::live_set::for_each([&](const holdfast::observe::live_entry& entry) {
    if (std::string_view(entry.name, entry.name_length) == "followed") header = entry.header;
  });
  EXPECT_EQ(header, &moved.header());
}

TEST(Faces, ACopyHasNoName) {
  ages map;
  map.name("original");
  const ages copy = map;
  EXPECT_EQ(copy.name(), "");
}

TEST(Faces, AssignmentToANamedMapKeepsItsName) {
  ages map;
  map.name("target");
  map = ages{{"ann", 1}};
  EXPECT_EQ(map.name(), "target");
  ages other;
  other.name("other");
  map = std::move(other);
  EXPECT_EQ(map.name(), "target");
}

TEST(Faces, PicturesShowBucketsAndFront) {
  holdfast::map<int, int> map;
  while (!map.growing() || map.stats().old_buckets < 8) map[static_cast<int>(map.size())] = 0;
  const std::string text = map.dump_text();
  EXPECT_NE(text.find("not yet"), std::string::npos) << text;
  EXPECT_NE(text.find("old buckets moved"), std::string::npos) << text;
  const std::string dot = map.dump_dot();
  EXPECT_EQ(dot.rfind("digraph", 0), 0u) << dot.substr(0, 80);
  EXPECT_EQ(dot[dot.find_last_not_of(" \n")], '}');
  EXPECT_FALSE((holdfast::map<int, int>().dump_text().empty()));
}

TEST(Faces, StatsAddUp) {
  holdfast::map<int, int> map;
  for (int key = 0; key < 5000; ++key) {
    map[key] = key;
    if (key % 100 != 0) continue;
    const auto stats = map.stats();
    ASSERT_EQ(stats.entries, map.size());
    ASSERT_EQ(stats.buckets, map.bucket_count());
    ASSERT_EQ(stats.old_buckets != 0, map.growing());
    ASSERT_GE(stats.bytes, map.size() * sizeof(std::pair<const int, int>));
    ASSERT_LE(stats.front, stats.old_buckets);
    ASSERT_GE(stats.longest_chain, 1u);
  }
}

}  // namespace
