// Any sequence of operations: handles and references answer what a plain record of the operations says.
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <holdfast/lifetime/handle_pool.hpp>
#include <holdfast/map/map.hpp>

#include "tests/mutation/promise.hpp"

namespace {

using holdfast::cause;
using holdfast::tests::numbers;

// What is known of one handle: its number while it lives, and how it ended.
struct life {
  holdfast::handle<int> handle;
  int value;
  cause ended = cause::none;
};

template <class Pool>
void play_pool(std::uint64_t seed) {
  numbers random(seed);
  Pool pool;
  std::vector<life> all;
  std::size_t live = 0;
  for (int step = 0; step < 400; ++step) {
    switch (random.below(40)) {
      case 0:
        pool.clear();
        for (life& each : all)
          if (each.ended == cause::none) each.ended = cause::pool_cleared;
        live = 0;
        break;
      default:
        if (random.below(2) == 0 || all.empty()) {
          const int value = static_cast<int>(random.below(1000));
          all.push_back({pool.make(value), value});
          ++live;
        } else {
          life& one = all[random.below(all.size())];
          ASSERT_EQ(pool.erase(one.handle), one.ended == cause::none);
          if (one.ended == cause::none) one.ended = cause::pool_erased, --live;
        }
    }
    ASSERT_EQ(pool.size(), live);
    if (all.empty()) continue;
    const life& asked = all[random.below(all.size())];
    const int* const found = pool.get(asked.handle);
    ASSERT_EQ(found != nullptr, asked.ended == cause::none) << "seed " << seed << " step " << step;
    ASSERT_TRUE(found == nullptr || *found == asked.value);
    const auto why = pool.why(asked.handle);
    ASSERT_TRUE(why.what() == asked.ended || why.serial() == 0) << "seed " << seed << " step " << step;
  }
  std::size_t visited = 0;
  pool.for_each([&](holdfast::handle<int>, const int&) { ++visited; });
  ASSERT_EQ(visited, live);
}

// covers hf.lifetime.stale-never-live, hf.lifetime.no-wrap
TEST(LifetimeProperty, PoolsAnswerAsARecordOfTheOperations) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    play_pool<holdfast::handle_pool<int>>(seed);
    play_pool<holdfast::handle_pool<int, std::allocator<int>, 5>>(seed);
    if (HasFatalFailure()) return;
  }
}

// A reference and what it must say: which value it was made for, or what ended that.
template <class Map>
struct watched {
  decltype(std::declval<Map&>().ref(0)) reference;
  int key;
  int version;
  cause ended = cause::none;
};

template <class Policy>
void play_map(std::uint64_t seed) {
  using map_type = holdfast::map<int, int, holdfast::hash<int>, holdfast::equal_to<int>,
                                 std::allocator<std::pair<const int, int>>, Policy>;
  constexpr holdfast::reference_rules rules = Policy::rules;
  numbers random(seed);
  map_type map;
  map_type other;
  std::map<int, int> versions;  // of the keys that are there
  std::vector<watched<map_type>> all;
  const auto end = [&](int key, cause what) {
    for (auto& each : all)
      if (each.ended == cause::none && (key < 0 || each.key == key)) each.ended = what;
  };
  for (int step = 0; step < 600; ++step) {
    const int key = static_cast<int>(random.below(150));
    switch (random.below(16)) {
      case 0:
      case 1:
      case 2:
      case 3:
      case 4:
      case 5: {
        const bool overwrites = versions.contains(key);
        map.insert_or_assign(key, step);
        versions[key] = step;
        if (overwrites && rules.overwritten == holdfast::when_overwritten::ends) end(key, cause::overwritten);
        if (overwrites)
          for (auto& each : all)
            if (each.key == key && each.ended == cause::none) each.version = step;
        break;
      }
      case 6:
      case 7:
      case 8:
        if (map.erase(key) != 0) end(key, cause::erased);
        versions.erase(key);
        break;
      case 9:
        if (random.below(20) == 0) {
          map.clear();
          end(-1, cause::map_cleared);
          versions.clear();
        }
        break;
      case 10:
        if (random.below(4) == 0) map.shrink_to_fit();
        break;
      case 11:
        if (random.below(4) == 0) {
          swap(map, other);
          swap(map, other);
        }
        if (random.below(8) == 0) map.reserve(map.size() * 2);
        break;
      default:
        if (auto made = map.ref(key)) {
          ASSERT_TRUE(versions.contains(key));
          all.push_back({made, key, versions[key]});
        } else {
          ASSERT_FALSE(versions.contains(key));
        }
        if (random.below(20) == 0 && !all.empty()) {
          std::swap(all[random.below(all.size())], all.back());
          all.pop_back();
        }
    }
    ASSERT_FALSE(map.audit());
    for (const auto& each : all) {
      const int* const found = each.reference.get();
      if (each.ended != cause::none) {
        // One that growth had ended already says so, or what came later.
        ASSERT_EQ(found, nullptr) << "seed " << seed << " step " << step;
        ASSERT_EQ(each.reference.why().what(), each.ended);
      } else if (found == nullptr) {
        ASSERT_EQ(rules.moved, holdfast::when_moved::ends);
        ASSERT_EQ(each.reference.why().what(), cause::grown);
      } else {
        ASSERT_EQ(found, &map.at(each.key)) << "seed " << seed << " step " << step;
        ASSERT_EQ(*found, each.version);
      }
    }
  }
}

// covers hf.map.ref-never-dangles, hf.map.ref-follows, hf.map.ref-rules, hf.map.ref-tells
TEST(LifetimeProperty, ReferencesAnswerAsARecordOfTheOperations) {
  using namespace holdfast;
  constexpr reference_rules strict{when_moved::ends, when_overwritten::ends, when_stale::raises};
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    play_map<checked<fast_growth>>(seed);
    play_map<checked<go_growth>>(seed);
    play_map<checked<fast_growth, strict>>(seed);
    play_map<checked<go_growth, strict>>(seed);
    play_map<checked<stable<article_growth>, strict>>(seed);
    if (HasFatalFailure()) return;
  }
}

}  // namespace
