// A go::map variable is one word that leads to a shared header.
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <holdfast/map/go_map.hpp>

#include "tests/unit/map/key_kinds.hpp"
#include "tests/unit/map/sound.hpp"

namespace {

namespace go = holdfast::go;
using holdfast::tests::scattered;
using holdfast::tests::sound;

// contract M80
// covers hf.map.go-one-word
TEST(GoHandle, IsOneWord) {
  EXPECT_EQ(sizeof(go::map<int, int>), sizeof(void*));
  EXPECT_EQ(sizeof(go::map<std::string, std::string>), sizeof(void*));
}

// contract M81, T7
// covers hf.map.go-shared
TEST(GoHandle, AllCopiesSeeAllChanges) {
  auto map = go::make_map<int, int>();
  go::map<int, int> copy = map;
  copy.set(1, 2);
  EXPECT_EQ(map.get(1), 2);
  for (int key = 0; key < 10000; ++key) copy.set(key, key);
  EXPECT_EQ(map.len(), 10000u);
  EXPECT_EQ(map.stats().buckets, copy.stats().buckets);
  map.clear();
  EXPECT_EQ(copy.len(), 0u);
}

void add_one(go::map<int, int> by_value) { by_value.set(1, 1); }

// contract M81
TEST(GoHandle, PassingItByValueSharesTheMap) {
  auto map = go::make_map<int, int>();
  add_one(map);
  EXPECT_EQ(map.get(1), 1);
  std::vector<go::map<int, int>> stored{map, map};
  stored[0].set(2, 2);
  EXPECT_EQ(stored[1].get(2), 2);
}

// contract M82
TEST(GoHandle, SettingACopyToNilLeavesTheOthers) {
  auto map = go::make_map<int, int>();
  map.set(1, 1);
  auto copy = map;
  copy = nullptr;
  EXPECT_TRUE(copy == nullptr);
  EXPECT_EQ(map.get(1), 1);
  copy = go::make_map<int, int>();
  copy.set(1, 5);
  EXPECT_EQ(map.get(1), 1);
}

// contract M103
TEST(GoHandle, TheEntriesDieWithTheLastCopy) {
  auto owned = std::make_shared<int>(1);
  auto map = go::make_map<int, std::shared_ptr<int>>();
  auto copy = map;
  map.set(1, owned);
  map = nullptr;
  EXPECT_EQ(owned.use_count(), 2);
  copy = nullptr;
  EXPECT_EQ(owned.use_count(), 1);
}

// contract M81: the address a program can print is the header's, the same for all copies
TEST(GoHandle, CopiesHaveDifferentVariablesAndOneHeader) {
  auto map = go::make_map<int, int>();
  auto copy = map;
  EXPECT_EQ(map.addresses().header, copy.addresses().header);
  EXPECT_NE(map.addresses().variable, copy.addresses().variable);
}

// contract M85, T70
TEST(GoHandle, ACloneIsIndependent) {
  auto map = go::make_map<int, int>();
  for (int key = 0; key < 1000; ++key) map.set(key, key);
  for (int key = 0; key < 1000; key += 3) map.erase(key);
  auto clone = map.clone();
  EXPECT_EQ(clone.len(), map.len());
  clone.set(1, 100);
  EXPECT_EQ(map.get(1), 1);
  map.set(2, 200);
  EXPECT_EQ(clone.get(2), 2);
  map.clear();
  EXPECT_EQ(clone.get(4), 4);
  EXPECT_TRUE(sound(clone));
}

// contract M85, T70: at every state of a growth
TEST(GoHandle, ACloneTakenInMidGrowthIsWhole) {
  auto map = go::make_map<int, int>();
  for (int key = 0; key < 3000; ++key) {
    map.set(key, key * 2);
    if (key % 37 != 0 && (key < 830 || key > 900)) continue;
    auto clone = map.clone();
    ASSERT_EQ(clone.len(), static_cast<std::size_t>(key) + 1);
    for (int k = 0; k <= key; ++k) ASSERT_EQ(clone.get(k), k * 2);
    ASSERT_TRUE(sound(clone));
  }
}

// contract M85: values are copied shallowly
TEST(GoHandle, ACloneSharesWhatTheValuesPointAt) {
  auto map = go::make_map<int, std::shared_ptr<int>>();
  map.set(1, std::make_shared<int>(5));
  auto clone = map.clone();
  *clone.get(1) = 6;
  EXPECT_EQ(*map.get(1), 6);
}

// contract T70, T37: a map thinned and overloaded, the original going on to change
TEST(GoHandle, ALargeCloneKeepsItsContentsWhileTheOriginalChanges) {
  std::minstd_rand random(1);
  for (const int entries : {10, 100, 1000, 5000}) {
    auto map = go::make_map<std::uint64_t, std::uint64_t>();
    std::unordered_map<std::uint64_t, std::uint64_t> model;
    for (int i = 0; i < entries; ++i) {
      const std::uint64_t key = random();
      map.set(key, key);
      model[key] = key;
      if (i % 3 == 0) {
        const std::uint64_t victim = model.begin()->first;
        model.erase(victim);
        map.erase(victim);
      }
    }
    auto clone = map.clone();
    for (int i = 0; i < entries; ++i) map.set(random(), 0);
    for (const auto& [key, value] : model) map.erase(key);
    ASSERT_EQ(clone.len(), model.size());
    for (const auto& [key, value] : model) ASSERT_EQ(clone.get(key), value);
    ASSERT_TRUE(sound(clone));
  }
}

// contract T37, M26: cloned while chains are being packed
TEST(GoHandle, ACloneTakenInAGrowthIntoTheSameSizeIsWhole) {
  auto map = go::make_map<std::uint64_t, std::uint64_t>();
  int clones = 0;
  for (std::uint64_t n = 0; n < 50000; ++n) {
    map.set(scattered(n), n);
    if (n >= 150) map.erase(scattered(n - 150));
    if (!map.stats().same_size) continue;
    ++clones;
    const auto clone = map.clone();
    ASSERT_TRUE(sound(clone));
    ASSERT_EQ(clone.len(), map.len());
    for (auto [key, value] : map) ASSERT_EQ(clone.get(key), value);
  }
  EXPECT_GT(clones, 0);
}

// contract M85
TEST(GoHandle, ACloneTakesTheSeed) {
  auto map = go::make_map<int, int>();
  map.set(1, 1);
  EXPECT_EQ(map.clone().stats().seed, map.stats().seed);
}

}  // namespace
