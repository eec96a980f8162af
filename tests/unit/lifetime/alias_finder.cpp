#include <holdfast/lifetime/alias_finder.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <random>
#include <set>
#include <utility>
#include <vector>

namespace {

using holdfast::object_extent;
using holdfast::lifetime::alias_finder;

object_extent at(std::uintptr_t begin, std::size_t bytes = 0) {
  return {reinterpret_cast<const void*>(begin), bytes, 0};
}

alias_finder found_in(const std::vector<object_extent>& all) {
  alias_finder finder;
  for (const auto& one : all) finder.add(one);
  finder.find();
  return finder;
}

TEST(AliasFinder, SuspectsNothingWhereAllIsApart) {
  const auto finder = found_in({at(64, 8), at(72, 8), at(80), at(81)});
  EXPECT_TRUE(finder.suspects().empty());
  EXPECT_FALSE(finder.number_of(at(64, 8)));
}

TEST(AliasFinder, TellsOfEachExtentTheLatestOneThatItBeginsIn) {
  //   100 ──────────────── 200
  //      110 ──── 150    190 ──── 230
  //         120 ─ 130              220
  const auto finder = found_in({at(220, 1), at(190, 40), at(120, 10), at(110, 40), at(100, 100)});
  std::set<std::pair<std::uintptr_t, std::uintptr_t>> pairs;
  for (const auto& [inner, outer] : finder.nestings()) {
    pairs.insert({finder.suspects()[inner].begin, finder.suspects()[outer].begin});
  }
  const std::set<std::pair<std::uintptr_t, std::uintptr_t>> expected = {{110, 100}, {120, 110}, {190, 100}, {220, 190}};
  EXPECT_EQ(pairs, expected);
}

TEST(AliasFinder, TakesAMemberAtTheSameAddressForAPartOfTheLargerObject) {
  const auto finder = found_in({at(100, 8), at(100, 64)});
  ASSERT_EQ(finder.nestings().size(), 1U);
  EXPECT_EQ(finder.suspects()[finder.nestings()[0].inner].bytes, 8U);
  EXPECT_EQ(finder.suspects()[finder.nestings()[0].outer].bytes, 64U);
}

// Against one that compares each extent with each other one, over the sorts for few and for many.
TEST(AliasFinder, FindsWhatComparingEachWithEachFinds) {
  std::mt19937_64 random(7);
  for (const std::size_t count : {3U, 50U, 700U, 5000U}) {
    for (const unsigned spread : {10U, 14U, 40U}) {
      std::vector<object_extent> all;
      for (std::size_t i = 0; i < count; ++i) {
        const auto far = (random() & 3) == 0 ? random() << 40 : 0;
        all.push_back(at(1 + (far ^ random() % (std::uint64_t{1} << spread)) % (UINT64_MAX / 2), random() % 4 * 8));
      }
      const auto finder = found_in(all);
      std::map<std::pair<std::uintptr_t, std::size_t>, std::size_t> times;
      for (const auto& one : all) ++times[{reinterpret_cast<std::uintptr_t>(one.address), one.bytes}];
      const auto begins_inside = [](const auto& inner, const auto& outer) {
        return inner != outer && outer.first <= inner.first && inner.first - outer.first < outer.second &&
               (inner.first != outer.first || inner.second < outer.second);
      };
      std::set<std::pair<std::uintptr_t, std::size_t>> nested, shared;
      for (auto inner = times.begin(); inner != times.end(); ++inner) {
        if (inner->second > 1) shared.insert(inner->first);
        for (auto outer = times.begin(); outer != times.end() && outer->first.first <= inner->first.first; ++outer) {
          if (begins_inside(inner->first, outer->first)) nested.insert(inner->first);
        }
      }
      std::set<std::pair<std::uintptr_t, std::size_t>> told_nested, told_shared;
      for (const auto& one : finder.suspects()) {
        EXPECT_EQ(one.times, (times[{one.begin, one.bytes}]));
        if (one.times > 1) told_shared.insert({one.begin, one.bytes});
      }
      for (const auto& [inner, outer] : finder.nestings()) {
        const auto& small = finder.suspects()[inner];
        const auto& large = finder.suspects()[outer];
        EXPECT_TRUE(begins_inside(std::pair(small.begin, small.bytes), std::pair(large.begin, large.bytes)));
        told_nested.insert({small.begin, small.bytes});
      }
      EXPECT_EQ(told_shared, shared) << count << ' ' << spread;
      EXPECT_EQ(told_nested, nested) << count << ' ' << spread;
      for (const auto& [extent, often] : times) {
        const auto number = finder.number_of(at(extent.first, extent.second));
        if (!number) {
          EXPECT_FALSE(shared.contains(extent) || nested.contains(extent));
        } else {
          EXPECT_EQ(finder.suspects()[*number].begin, extent.first);
        }
      }
    }
  }
}

}  // namespace
