// When an entry may move, and when it must not: the rules that the map's documentation gives.
#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <holdfast/map/map.hpp>

#include "tests/unit/map/policies.hpp"
#include "tests/unit/map/sound.hpp"

namespace {

using holdfast::tests::map_under;

template <class Policy>
class References : public testing::Test {
 protected:
  using numbers = map_under<int, int, Policy>;
};
TYPED_TEST_SUITE(References, holdfast::tests::all_policies);

template <class Map>
std::vector<const int*> addresses_in(Map& map, int entries) {
  std::vector<const int*> addresses;
  for (int key = 0; key < entries; ++key) {
    const auto present = map.get(key);
    addresses.push_back(present ? &*present : nullptr);
  }
  return addresses;
}

// covers hf.map.new-keys-move
TYPED_TEST(References, StayThroughLookupsAndOverwritesOutsideGrowth) {
  typename TestFixture::numbers map;
  for (int key = 0; key < 1000; ++key) map[key] = key;
  map.finish_growth();
  const auto before = addresses_in(map, 1000);
  for (int key = 0; key < 1000; ++key) {
    map[key] = -key;
    map.insert_or_assign(key, key);
    map.try_emplace(key, 5);
    static_cast<void>(map.contains(key + 1000));
  }
  EXPECT_EQ(addresses_in(map, 1000), before);
}

TYPED_TEST(References, StayThroughEraseOutsideGrowth) {
  typename TestFixture::numbers map;
  for (int key = 0; key < 2000; ++key) map[key] = key;
  map.finish_growth();
  auto before = addresses_in(map, 2000);
  for (int key = 0; key < 2000; key += 2) {
    map.erase(key);
    before[static_cast<std::size_t>(key)] = nullptr;
  }
  EXPECT_EQ(addresses_in(map, 2000), before);
}

// The default policy moves for new keys only; Go's moves at every write, as Go does.
// covers hf.map.new-keys-move
TEST(ReferencesInGrowth, StayThroughEraseAndOverwriteUnderTheDefaultPolicy) {
  holdfast::map<int, int> map;
  while (!map.growing() || map.stats().old_buckets < 64) map[static_cast<int>(map.size())] = 0;
  const int entries = static_cast<int>(map.size());
  auto before = addresses_in(map, entries);
  for (int key = 0; key < entries; ++key) map[key] = 1;
  for (int key = 0; key < entries; key += 2) {
    map.erase(key);
    before[static_cast<std::size_t>(key)] = nullptr;
  }
  EXPECT_TRUE(map.growing());
  EXPECT_EQ(addresses_in(map, entries), before);
}

// covers hf.table.boxed-stay
TEST(ReferencesInStable, StayThroughEverythingButErase) {
  map_under<int, int, holdfast::stable<holdfast::fast_growth>> map;
  for (int key = 0; key < 100; ++key) map[key] = key;
  const auto before = addresses_in(map, 100);
  for (int key = 100; key < 20000; ++key) map[key] = key;
  map.finish_growth();
  map.reserve(100000);
  for (int key = 100; key < 20000; ++key) map.erase(key);
  map.shrink_to_fit();
  EXPECT_EQ(addresses_in(map, 100), before);
  auto moved = std::move(map);
  EXPECT_EQ(addresses_in(moved, 100), before);
  map.swap(moved);
  EXPECT_EQ(addresses_in(map, 100), before);
}

// contract M3: above 128 bytes under every policy
TYPED_TEST(References, OfLargeValuesStayThroughGrowth) {
  struct large {
    std::uint64_t words[17];
  };
  map_under<int, large, TypeParam> map;
  map[0].words[16] = 99;
  const large* const address = &map.at(0);
  for (int key = 1; key < 5000; ++key) map[key];
  EXPECT_EQ(&map.at(0), address);
  EXPECT_EQ(map.at(0).words[16], 99u);
}

// covers hf.map.swap-moves-nothing
TYPED_TEST(References, StayWhenTheMapIsMovedOrSwapped) {
  typename TestFixture::numbers map;
  for (int key = 0; key < 777; ++key) map[key] = key;
  const auto before = addresses_in(map, 777);
  typename TestFixture::numbers moved = std::move(map);
  EXPECT_EQ(addresses_in(moved, 777), before);
  typename TestFixture::numbers other;
  other[1] = 1;
  other.swap(moved);
  EXPECT_EQ(addresses_in(other, 777), before);
}

// A walking iterator follows its entry wherever growth takes it.
// covers hf.map.walk-follows
TYPED_TEST(References, OfAWalkingIteratorFollowItsEntry) {
  typename TestFixture::numbers map;
  for (int key = 0; key < 10; ++key) map[key] = key * 100;
  std::vector<typename TestFixture::numbers::iterator> walks;
  for (auto it = map.begin(); it != map.end(); ++it) walks.push_back(it);
  std::vector<int> keys;
  for (const auto& walk : walks) keys.push_back(walk->first);
  for (int key = 10; key < 5000; ++key) map[key] = 0;
  for (std::size_t i = 0; i < walks.size(); ++i) {
    ASSERT_EQ(walks[i]->first, keys[i]);
    ASSERT_EQ(walks[i]->second, keys[i] * 100);
    ASSERT_EQ(&walks[i]->second, &map.at(keys[i]));
  }
}

// A light iterator is good until a new key goes in, also when that key is another one's overwrite.
// covers hf.map.light-stays
TYPED_TEST(References, OfALightIteratorStayThroughErasesOutsideGrowth) {
  typename TestFixture::numbers map;
  for (int key = 0; key < 100; ++key) map[key] = key;
  map.finish_growth();
  const auto found = map.find(50);
  for (int key = 0; key < 50; ++key) map.erase(key);
  map[51] = 1;
  EXPECT_EQ(found->second, 50);
}

}  // namespace
