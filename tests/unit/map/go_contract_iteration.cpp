// What a walk promises while the table changes under it, for the std-like map under each policy.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <set>
#include <vector>

#include <gtest/gtest.h>

#include <holdfast/map/map.hpp>

#include "tests/unit/map/key_kinds.hpp"
#include "tests/unit/map/policies.hpp"
#include "tests/unit/map/sound.hpp"

namespace {

using holdfast::tests::map_under;
using holdfast::tests::scattered;
using holdfast::tests::sound;

template <class Policy>
class GoIteration : public testing::Test {
 protected:
  using numbers = map_under<int, int, Policy>;
  using reals = map_under<double, int, Policy>;
};
TYPED_TEST_SUITE(GoIteration, holdfast::tests::all_policies);

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

// contract M50
TYPED_TEST(GoIteration, OfAnEmptyMapHasNoStep) {
  typename TestFixture::numbers map;
  EXPECT_TRUE(map.begin() == map.end());
  map[1] = 1;
  map.erase(1);
  EXPECT_TRUE(map.begin() == map.end());
  EXPECT_TRUE(map.cbegin() == map.cend());
}

// contract M53, T11
// covers hf.table.walk-once
TYPED_TEST(GoIteration, MeetsEverythingAlthoughTheFirstStepGrowsTheMap) {
  for (int round = 0; round < 50; ++round) {
    typename TestFixture::numbers map;
    for (int key = 0; key < 16; ++key) map[key] = key;
    std::multiset<int> seen;
    bool grown = false;
    for (const auto& entry : map) {
      if (entry.first < 16) seen.insert(entry.first);
      for (int key = 100; !grown && key < 1000; ++key) map[key] = key;
      grown = true;
    }
    ASSERT_EQ(seen.size(), 16u);
    for (int key = 0; key < 16; ++key) ASSERT_EQ(seen.count(key), 1u) << key;
  }
}

// contract M54, T10
// covers hf.table.walk-erased-never
TYPED_TEST(GoIteration, NeverMeetsWhatWasErasedAfterAGrowthOnTheWay) {
  for (int round = 0; round < 50; ++round) {
    typename TestFixture::numbers map;
    for (int key = 0; key < 100; ++key) map[key] = key;
    bool grown = false;
    for (const auto& [key, value] : map) {
      if (grown) {
        ASSERT_EQ(key % 2, 0) << "erased before it was reached";
        ASSERT_EQ(key, value);
        continue;
      }
      for (int more = 100; more < 1000; ++more) map[more] = more;
      for (int odd = 1; odd < 1000; odd += 2) map.erase(odd);
      grown = true;
    }
    ASSERT_TRUE(sound(map));
  }
}

// contract M53, M70, T8
TYPED_TEST(GoIteration, MeetsThreeNansThroughAGrowth) {
  for (int round = 0; round < 50; ++round) {
    typename TestFixture::reals map;
    for (const int value : {1, 2, 4}) map.emplace(not_a_number, value);
    int nans = 0;
    int sum = 0;
    bool grown = false;
    for (const auto& [key, value] : map) {
      if (std::isnan(key)) {
        ++nans;
        sum |= value;
      }
      for (int more = 0; !grown && more < 100; ++more) map[static_cast<double>(more)] = 0;
      grown = true;
    }
    ASSERT_EQ(nans, 3);
    ASSERT_EQ(sum, 7);
  }
}

// contract M59, T17
TYPED_TEST(GoIteration, BegunInAGrowthAndOutlivingItMeetsEachNanOnce) {
  for (int round = 0; round < 20; ++round) {
    typename TestFixture::reals map;
    constexpr int nans = 104 * 4;
    for (int value = 0; value < nans; ++value) map.emplace(not_a_number, value);
    while (!map.growing()) map.emplace(not_a_number, -1);
    std::multiset<int> seen;
    for (const auto& entry : map) {
      if (entry.second >= 0) seen.insert(entry.second);
      if (seen.size() == nans / 8) {
        for (int i = 0; i < 16; ++i) map.erase(1.0);
      }
      if (seen.size() == nans / 2) map.finish_growth();
    }
    ASSERT_EQ(seen.size(), static_cast<std::size_t>(nans));
    for (int value = 0; value < nans; ++value) ASSERT_EQ(seen.count(value), 1u) << value;
  }
}

template <class Map>
std::vector<int> order_of(const Map& map) {
  std::vector<int> order;
  for (const auto& entry : map) order.push_back(entry.first);
  return order;
}

template <class Map>
bool order_changes_within(const Map& map, int passes) {
  const std::vector<int> first = order_of(map);
  for (int pass = 0; pass < passes; ++pass) {
    if (order_of(map) != first) return true;
  }
  return false;
}

// contract M52, T18
TYPED_TEST(GoIteration, HasNoOrderThatAProgramCouldRelyOn) {
  for (const int entries : {3, 7, 9, 15}) {
    for (int round = 0; round < 30; ++round) {
      typename TestFixture::numbers map;
      for (int key = 0; key < entries; ++key) map[key] = 0;
      ASSERT_TRUE(order_changes_within(map, 400)) << entries << " entries";
    }
  }
}

template <class Map>
void thin_out(Map& map) {
  for (int key = 0; key < 1000; ++key) map[key] = 0;
  for (int key = 20; key < 1000; ++key) map.erase(key);
}

// contract M52, T19
TYPED_TEST(GoIteration, HasNoStableOrderInASparseMapEither) {
  for (int round = 0; round < 10; ++round) {
    typename TestFixture::numbers map;
    thin_out(map);
    ASSERT_TRUE(order_changes_within(map, 800));
  }
}

// contract M53, T20
TYPED_TEST(GoIteration, OfASparseMapMeetsExactlyWhatIsLeft) {
  for (int round = 0; round < 100; ++round) {
    typename TestFixture::numbers map;
    thin_out(map);
    std::vector<int> order = order_of(map);
    std::sort(order.begin(), order.end());
    ASSERT_EQ(order.size(), 20u);
    for (int key = 0; key < 20; ++key) ASSERT_EQ(order[static_cast<std::size_t>(key)], key);
  }
}

// contract M57, T21
TYPED_TEST(GoIteration, EraseAndReinsertOfEachKeyLeavesAllWithTheNewValue) {
  for (int size = 0; size < 10000; size = size < 40 ? size + 1 : size * 3 / 2) {
    typename TestFixture::numbers map;
    for (int key = 0; key < size; ++key) map[key] = 0;
    for (auto it = map.begin(); it != map.end();) {
      const int key = it->first;
      it = map.erase(it);
      map[key] = 1;
    }
    ASSERT_EQ(map.size(), static_cast<std::size_t>(size));
    for (const auto& entry : map) ASSERT_EQ(entry.second, 1) << "size " << size << " key " << entry.first;
    ASSERT_TRUE(sound(map));
  }
}

// contract M56
TYPED_TEST(GoIteration, ShowsTheValueOfThisMoment) {
  typename TestFixture::numbers map;
  for (int key = 0; key < 200; ++key) map[key] = 0;
  int generation = 0;
  for (const auto& entry : map) {
    ASSERT_EQ(entry.second, generation);
    ++generation;
    for (int key = 0; key < 200; ++key) map[key] = generation;
  }
  EXPECT_EQ(generation, 200);
}

// contract M55
TYPED_TEST(GoIteration, MeetsAnEntryAddedOnTheWayAtMostOnce) {
  typename TestFixture::numbers map;
  for (int key = 0; key < 10; ++key) map[key] = 0;
  std::map<int, int> seen;
  int next = 10;
  for (const auto& entry : map) {
    ++seen[entry.first];
    for (int i = 0; i < 3 && next < 5000; ++i) map[next++] = 0;
  }
  for (const auto& [key, times] : seen) EXPECT_EQ(times, 1) << key;
  for (int key = 0; key < 10; ++key) EXPECT_EQ(seen.count(key), 1u);
}

// contract M46, T67
// covers hf.table.walk-ends-at-clear
TYPED_TEST(GoIteration, EndsWhenTheMapIsClearedInside) {
  for (const int nans : {4, 100, 417, 1700}) {
    typename TestFixture::reals map;
    for (int value = 0; value < nans; ++value) map.emplace(not_a_number, value);
    int steps = 0;
    for (auto it = map.begin(); it != map.end(); ++it) {
      ++steps;
      map.clear();
    }
    EXPECT_EQ(steps, 1);
    EXPECT_TRUE(map.empty());
    EXPECT_TRUE(sound(map));
  }
}

// contract M46: what came after the clear may come or not, what was there before must not
TYPED_TEST(GoIteration, MeetsNothingOlderThanAClear) {
  typename TestFixture::numbers map;
  for (int key = 0; key < 300; ++key) map[key] = 0;
  int steps = 0;
  for (const auto& entry : map) {
    if (++steps == 1) {
      map.clear();
      for (int key = 300; key < 600; ++key) map[key] = 1;
    } else {
      ASSERT_EQ(entry.second, 1);
    }
  }
}

// contract M60
TYPED_TEST(GoIteration, GoesOnForManyIteratorsAtOnceThroughGrowth) {
  typename TestFixture::numbers map;
  for (int key = 0; key < 64; ++key) map[key] = key;
  std::vector<typename TestFixture::numbers::iterator> walks;
  std::vector<std::set<int>> seen(20);
  for (std::size_t i = 0; i < seen.size(); ++i) walks.push_back(map.begin());
  for (int step = 0, next = 1000; step < 64; ++step) {
    for (std::size_t i = 0; i < walks.size(); ++i) {
      for (std::size_t steps = 0; steps <= i && walks[i] != map.end(); ++steps, ++walks[i]) {
        ASSERT_TRUE(seen[i].insert(walks[i]->first).second) << "met twice: " << walks[i]->first;
      }
    }
    for (int i = 0; i < 20; ++i) map[next++] = 0;
    map.erase(next - 5);
  }
  for (std::size_t i = 0; i < walks.size(); ++i) {
    for (; walks[i] != map.end(); ++walks[i]) {
      ASSERT_TRUE(seen[i].insert(walks[i]->first).second);
    }
    for (int key = 0; key < 64; ++key) ASSERT_EQ(seen[i].count(key), 1u) << "walk " << i << " key " << key;
  }
}

// contract M26, M53: the chains are packed under the walk
TYPED_TEST(GoIteration, MeetsEverythingThroughGrowthIntoTheSameSize) {
  map_under<std::uint64_t, int, TypeParam> map;
  for (std::uint64_t n = 0; n < 100; ++n) map[scattered(n)] = 0;
  std::set<std::uint64_t> seen;
  std::uint64_t next = 1000;
  for (const auto& entry : map) {
    if (entry.second == 0) {
      ASSERT_TRUE(seen.insert(entry.first).second) << "met twice";
    }
    for (const std::uint64_t until = next + 300; next < until; ++next) {
      map[scattered(next)] = 1;
      map.erase(scattered(next - 50));
      if (next > 200000) break;
    }
  }
  for (std::uint64_t n = 0; n < 100; ++n) ASSERT_EQ(seen.count(scattered(n)), 1u) << n;
  EXPECT_TRUE(sound(map));
}

// contract M61
TYPED_TEST(GoIteration, CanPopOneEntryAfterAnother) {
  typename TestFixture::numbers map;
  for (int key = 0; key < 2000; ++key) map[key] = key;
  std::set<int> popped;
  while (!map.empty()) {
    auto it = map.begin();
    popped.insert(it->first);
    map.erase(it);
  }
  EXPECT_EQ(popped.size(), 2000u);
}

}  // namespace
