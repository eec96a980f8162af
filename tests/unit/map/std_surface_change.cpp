// Every way to insert, assign and erase, against std::unordered_map doing the same.
#include <algorithm>
#include <memory>
#include <ranges>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <holdfast/map/map.hpp>

#include "tests/unit/map/sound.hpp"

namespace {

using holdfast::tests::sound;
using ours = holdfast::map<std::string, int>;
using theirs = std::unordered_map<std::string, int>;

// One script of operations whose answers are written down; both kinds of map must write the same.
template <class Map>
class script {
 public:
  void insert_all_ways() {
    const typename Map::value_type entry{"a", 1};
    note(map_.insert(entry));
    note(map_.insert(entry));
    note(map_.insert(typename Map::value_type{"b", 2}));
    note(map_.insert(std::pair<std::string, int>{"c", 3}));
    note(map_.insert(std::pair<const char*, short>{"c", short{4}}));
    note(map_.insert({"d", 5}));
    note(map_.emplace("e", 6));
    note(map_.emplace(std::string("e"), 7));
    note(map_.emplace(std::piecewise_construct, std::forward_as_tuple(3, 'f'), std::forward_as_tuple(8)));
    note(map_.emplace(std::pair<std::string, int>{"g", 9}));
    note(map_.try_emplace("h", 10));
    note(map_.try_emplace("h", 11));
    note(map_.try_emplace("i"));
    note(map_.insert_or_assign("h", 12));
    note(map_.insert_or_assign("j", 13));
    note(*map_.insert(map_.begin(), entry));
    note(*map_.insert(map_.end(), std::pair<std::string, int>{"k", 14}));
    note(*map_.emplace_hint(map_.begin(), "l", 15));
    note(*map_.try_emplace(map_.end(), "m", 16));
    note(*map_.insert_or_assign(map_.end(), "m", 17));
    map_.insert({{"n", 18}, {"a", 99}, {"o", 19}});
    const std::vector<std::pair<std::string, int>> more{{"p", 20}, {"b", 99}};
    map_.insert(more.begin(), more.end());
    map_["q"] = 21;
    const std::string key = "q";
    map_[key] += 1;
    note(map_["r"]);
  }
  void erase_all_ways() {
    note(map_.erase("a"));
    note(map_.erase("nobody"));
    note(map_.erase(std::string("b")));
    map_.erase(map_.find("c"));
    typename Map::const_iterator constant = map_.find("d");
    map_.erase(constant);
    note(map_.erase(map_.find("e"), map_.find("e")) == map_.find("e"));
    note(erase_if(map_, [](const auto& entry) { return entry.second % 2 == 0; }));
  }
  void look() {
    const Map& constant = map_;
    for (const char* const key : {"a", "f", "fff", "g", "h", "nobody"}) {
      note(constant.count(key));
      note(constant.find(key) != constant.end());
      const auto [from, to] = constant.equal_range(key);
      note(std::distance(from, to) > 0 ? from->second : -1);
    }
  }
  [[nodiscard]] const std::vector<std::string>& notes() const { return notes_; }
  [[nodiscard]] const Map& map() const { return map_; }

 private:
  void note(const typename Map::value_type& entry) { notes_.push_back(entry.first + std::to_string(entry.second)); }
  void note(std::pair<typename Map::iterator, bool> told) {
    note(*told.first);
    notes_.push_back(told.second ? "new" : "old");
  }
  template <std::integral Number>
  void note(Number number) {
    notes_.push_back(std::to_string(number));
  }

  Map map_;
  std::vector<std::string> notes_;
};

// std's lookup by const char* makes a string; that is no matter here.
// covers hf.map.std-answers
TEST(StdSurfaceChange, TheSameScriptGivesTheSameAnswersAsAnUnorderedMap) {
  script<ours> mine;
  script<theirs> model;
  const auto run = [](auto& one) {
    one.insert_all_ways();
    one.look();
    one.erase_all_ways();
    one.look();
  };
  run(mine);
  run(model);
  EXPECT_EQ(mine.notes(), model.notes());
  EXPECT_EQ(mine.map().size(), model.map().size());
  for (const auto& [key, value] : model.map()) EXPECT_EQ(mine.map().at(key), value);
  EXPECT_TRUE(sound(mine.map()));
}

TEST(StdSurfaceChange, TryEmplaceLeavesItsArgumentsAloneWhenTheKeyIsThere) {
  holdfast::map<int, std::unique_ptr<int>> map;
  map.try_emplace(1, std::make_unique<int>(1));
  auto argument = std::make_unique<int>(2);
  const auto [at, inserted] = map.try_emplace(1, std::move(argument));
  EXPECT_FALSE(inserted);
  ASSERT_NE(argument, nullptr);
  EXPECT_EQ(*at->second, 1);
}

TEST(StdSurfaceChange, AKeyGivenByRvalueIsMovedFromOnlyWhenItIsNew) {
  ours map;
  std::string key(100, 'k');
  map.try_emplace(key, 1);
  std::string again = key;
  map.try_emplace(std::move(again), 2);
  EXPECT_EQ(again, key);
  map.insert_or_assign(std::move(again), 3);
  EXPECT_EQ(again, key);
  map[std::move(again)] = 4;
  EXPECT_EQ(again, key);
  EXPECT_EQ(map.at(key), 4);
}

// The key inserted lives in the map itself.
// covers hf.map.argument-inside
TEST(StdSurfaceChange, AnArgumentMayLiveInTheMap) {
  holdfast::map<int, int> map;
  for (int key = 0; key < 2000; ++key) {
    if (key == 0) {
      map[0] = 0;
      continue;
    }
    const int& inside = map.find(key - 1)->second;
    map.try_emplace(key, inside + 1);
  }
  for (int key = 0; key < 2000; ++key) ASSERT_EQ(map.at(key), key);
  holdfast::map<std::string, std::string> texts;
  texts["0"] = "x";
  for (int number = 1; number < 500; ++number) {
    texts.try_emplace(std::to_string(number), texts.at(std::to_string(number - 1)));
    texts.insert_or_assign("copy" + std::to_string(number), texts.at("0"));
  }
  for (const auto& [key, value] : texts) ASSERT_EQ(value, "x") << key;
}

TEST(StdSurfaceChange, EraseOfARangeFromAnIteratorToTheEnd) {
  holdfast::map<int, int> map;
  for (int key = 0; key < 500; ++key) map[key] = key;
  const auto end = map.erase(map.begin(), map.end());
  EXPECT_TRUE(end == map.end());
  EXPECT_TRUE(map.empty());
  EXPECT_TRUE(sound(map));
}

TEST(StdSurfaceChange, EraseReturnsTheNextOfTheWalk) {
  holdfast::map<int, int> map;
  for (int key = 0; key < 1000; ++key) map[key] = key;
  std::vector<int> met;
  for (auto it = map.begin(); it != map.end();) {
    met.push_back(it->first);
    it = it->first % 2 == 0 ? map.erase(it) : std::next(it);
  }
  EXPECT_EQ(map.size(), 500u);
  std::ranges::sort(met);
  ASSERT_EQ(met.size(), 1000u);
  for (int key = 0; key < 1000; ++key) ASSERT_EQ(met[static_cast<std::size_t>(key)], key);
}

TEST(StdSurfaceChange, EraseOfWhatFindReturnedRemovesThatEntry) {
  holdfast::map<int, int> map;
  for (int key = 0; key < 1000; ++key) map[key] = key;
  for (int key = 0; key < 1000; key += 3) map.erase(map.find(key));
  for (int key = 0; key < 1000; ++key) ASSERT_EQ(map.contains(key), key % 3 != 0);
}

TEST(StdSurfaceChange, ValuesAreWrittenThroughIteratorsAndBindings) {
  holdfast::map<int, int> map{{1, 1}, {2, 2}};
  for (auto& [key, value] : map) value *= 10;
  EXPECT_EQ(map.at(2), 20);
  map.find(1)->second = 5;
  EXPECT_EQ(map.at(1), 5);
  map.at(1) = 6;
  EXPECT_EQ(map[1], 6);
}

TEST(StdSurfaceChange, AlgorithmsOfRangesTakeTheMap) {
  holdfast::map<int, int> map;
  for (int key = 0; key < 100; ++key) map[key] = key * key;
  EXPECT_EQ(std::ranges::count_if(map, [](const auto& entry) { return entry.second > 100; }), 89);
  EXPECT_NE(std::ranges::find(map, 50, [](const auto& entry) { return entry.first; }), map.end());
  std::vector<std::pair<int, int>> copied(map.begin(), map.end());
  EXPECT_EQ(copied.size(), 100u);
}

// Before version 16 clang cannot compile the views of this standard library, whatever the range.
#if !defined(__clang__) || __clang_major__ >= 16

TEST(StdSurfaceChange, ViewsTakeTheMap) {
  holdfast::map<int, int> map;
  for (int key = 0; key < 100; ++key) map[key] = key * key;
  EXPECT_EQ(std::ranges::max(map | std::views::values), 99 * 99);
  auto even = map | std::views::filter([](const auto& entry) { return entry.first % 2 == 0; });
  EXPECT_EQ(std::ranges::distance(even), 50);
}

#endif

}  // namespace
