// Erase and clear: end marks stay right, seeds change, memory of entries is dropped at once.
#include <cstdint>
#include <memory>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include <holdfast/map/go_map.hpp>
#include <holdfast/map/map.hpp>

#include "tests/unit/map/key_kinds.hpp"
#include "tests/unit/map/policies.hpp"
#include "tests/unit/map/sound.hpp"

namespace {

using holdfast::tests::map_under;
using holdfast::tests::sound;

template <class Policy>
class GoDelete : public testing::Test {
 protected:
  using numbers = map_under<int, int, Policy>;
};
TYPED_TEST_SUITE(GoDelete, holdfast::tests::all_policies);

// contract M11, M41, T30
// covers hf.table.empty-rest
TYPED_TEST(GoDelete, EndMarksAreRightAfterEveryPhaseOfFillAndErase) {
  typename TestFixture::numbers map;
  for (int key = 0; key < 10000; ++key) map[key] = key;
  ASSERT_TRUE(sound(map));
  for (int key = 0; key < 10000; key += 2) map.erase(key);
  ASSERT_TRUE(sound(map));
  for (int key = 10000; key < 20000; ++key) map[key] = key;
  ASSERT_EQ(map.size(), 15000u);
  ASSERT_TRUE(sound(map));
  for (int key = 0; key < 20000; ++key) map.erase(key);
  ASSERT_EQ(map.size(), 0u);
  ASSERT_TRUE(sound(map));
}

// contract M11, M21, M41: in one long chain, at every step
TYPED_TEST(GoDelete, EndMarksAreRightAtEveryStepInOneLongChain) {
  map_under<int, int, TypeParam, holdfast::tests::constant_hash> map;
  std::minstd_rand random(7);
  std::vector<bool> present(200);
  for (int step = 0; step < 4000; ++step) {
    const std::size_t key = random() % present.size();
    const int as_int = static_cast<int>(key);
    if (step % 1000 < 400 || random() % 3 == 0) {
      map[as_int] = as_int;
      present[key] = true;
    } else {
      ASSERT_EQ(map.erase(as_int), present[key] ? 1u : 0u);
      present[key] = false;
    }
    ASSERT_TRUE(sound(map)) << "step " << step;
  }
  for (std::size_t key = 0; key < present.size(); ++key) {
    ASSERT_EQ(map.contains(static_cast<int>(key)), present[key]) << key;
  }
}

// contract M40
TYPED_TEST(GoDelete, OfAnAbsentKeyHasNoEffect) {
  typename TestFixture::numbers map;
  EXPECT_EQ(map.erase(1), 0u);
  map[1] = 1;
  EXPECT_EQ(map.erase(2), 0u);
  EXPECT_EQ(map.size(), 1u);
}

// contract M43
// covers hf.table.reseed
TYPED_TEST(GoDelete, OfTheLastEntryChangesTheSeed) {
  typename TestFixture::numbers map;
  map[1] = 1;
  map[2] = 2;
  const auto seed = map.stats().seed;
  map.erase(1);
  EXPECT_EQ(map.stats().seed, seed);
  map.erase(2);
  EXPECT_NE(map.stats().seed, seed);
  map[1] = 3;
  EXPECT_EQ(map.at(1), 3);
}

// contract M43: also in the middle of a growth, which must find its entries under the new seed
TYPED_TEST(GoDelete, OfTheLastEntryInMidGrowthLeavesASoundMap) {
  typename TestFixture::numbers map;
  int last = 0;
  while (!map.growing() || map.stats().old_buckets < 8) map[last++] = 0;
  ASSERT_TRUE(map.growing());
  map.pause_growth();
  for (int key = 0; key < last; ++key) map.erase(key);
  ASSERT_TRUE(sound(map));
  map.resume_growth();
  for (int key = 0; key < 1000; ++key) {
    map[key] = key;
    ASSERT_TRUE(sound(map));
  }
  for (int key = 0; key < 1000; ++key) ASSERT_EQ(map.at(key), key);
}

// contract M44
TYPED_TEST(GoDelete, DropsTheValueAtOnce) {
  map_under<int, std::shared_ptr<int>, TypeParam> map;
  const auto owned = std::make_shared<int>(1);
  for (int key = 0; key < 1000; ++key) map[key] = owned;
  EXPECT_EQ(owned.use_count(), 1001);
  for (int key = 0; key < 999; ++key) {
    map.erase(key);
    ASSERT_EQ(owned.use_count(), 1000 - key);
  }
  map.clear();
  EXPECT_EQ(owned.use_count(), 1);
}

// contract M45
TYPED_TEST(GoDelete, ClearKeepsTheArrayAbandonsGrowthAndChangesTheSeed) {
  typename TestFixture::numbers map;
  while (!map.growing() || map.stats().old_buckets < 8) map[static_cast<int>(map.size())] = 0;
  const auto before = map.stats();
  map.clear();
  const auto after = map.stats();
  EXPECT_EQ(map.size(), 0u);
  EXPECT_FALSE(map.growing());
  EXPECT_EQ(after.buckets, before.buckets);
  EXPECT_EQ(after.overflow_buckets, 0u);
  EXPECT_NE(after.seed, before.seed);
  EXPECT_TRUE(sound(map));
  for (int key = 0; key < 1000; ++key) map[key] = key;
  for (int key = 0; key < 1000; ++key) ASSERT_EQ(map.at(key), key);
  EXPECT_TRUE(sound(map));
}

// contract M45: at each moment of a growth
TYPED_TEST(GoDelete, ClearAtAnyMomentOfAGrowthLeavesASoundMap) {
  for (int entries = 1; entries < 600; entries += 7) {
    typename TestFixture::numbers map;
    for (int key = 0; key < entries; ++key) map[key] = key;
    map.clear();
    ASSERT_TRUE(map.empty());
    ASSERT_TRUE(map.begin() == map.end());
    ASSERT_TRUE(sound(map));
    for (int key = 0; key < entries; ++key) map[key] = -key;
    ASSERT_EQ(map.size(), static_cast<std::size_t>(entries));
    ASSERT_TRUE(sound(map));
  }
}

// contract M45: an empty and a never filled map
TYPED_TEST(GoDelete, ClearOfAnEmptyMapHasNoEffect) {
  typename TestFixture::numbers map;
  map.clear();
  map.clear();
  EXPECT_TRUE(sound(map));
  map[1] = 1;
  EXPECT_EQ(map.size(), 1u);
}

// contract M21: holes are used again before the map takes more memory
TYPED_TEST(GoDelete, VacatedSlotsAreUsedAgain) {
  typename TestFixture::numbers map;
  for (int key = 0; key < 1000; ++key) map[key] = key;
  map.finish_growth();
  const auto before = map.stats();
  std::minstd_rand random(3);
  for (int key = 1000; key < 200000; ++key) {
    map.erase(key - 1000);
    map[key] = key;
  }
  EXPECT_EQ(map.size(), 1000u);
  EXPECT_EQ(map.stats().buckets, before.buckets);
  EXPECT_LE(map.stats().bytes, before.bytes * 3);
  EXPECT_TRUE(sound(map));
}

// the entry is out of the table before its destructor runs, so that may use the table
TEST(GoDeleteReentry, ADestructorMayReadTheMapItIsErasedFrom) {
  struct looks_back {
    holdfast::map<int, std::unique_ptr<looks_back>>* map = nullptr;
    int* seen = nullptr;
    ~looks_back() {
      if (seen != nullptr) *seen += static_cast<int>(map->size()) + (map->contains(1) ? 100 : 0);
    }
  };
  holdfast::map<int, std::unique_ptr<looks_back>> map;
  int seen = 0;
  map[1].reset(new looks_back{&map, &seen});
  map[2] = nullptr;
  map.erase(1);
  EXPECT_EQ(seen, 1);
}

}  // namespace
