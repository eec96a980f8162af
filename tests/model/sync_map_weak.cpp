// sync_map from its very source on the memory model of C++: its plays hold, and would not without its orders.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string_view>

#include <gtest/gtest.h>

// Last: it spells std::atomic anew.
#include "tests/model/sync_map_plays.hpp"

namespace {

using namespace holdfast::tests;

constexpr std::uint64_t usual_steps = 300;

struct play {
  const char* name;
  const char* (*of_seed)(std::uint64_t seed, std::uint64_t steps, std::uint64_t* took);
};

template <class Map>
constexpr std::array<play, 11> plays_of{{{"first entries", &play_of<first_entries<Map>>},
                                         {"one bucket", &play_of<one_bucket<Map>>},
                                         {"chain", &play_of<chain<Map>>},
                                         {"absence in a line", &play_of<absence_in_a_line<Map>>},
                                         {"absence in a chain", &play_of<absence_in_a_chain<Map>>},
                                         {"split of a line", &play_of<split_of_a_line<Map>>},
                                         {"split of a chain", &play_of<split_of_a_chain<Map>>},
                                         {"follow of lines", &play_of<follow_of_lines<Map>>},
                                         {"follow of a chain", &play_of<follow_of_a_chain<Map>>},
                                         {"emptying", &play_of<emptying<Map>>},
                                         {"walk", &play_of<walk<Map>>}}};
constexpr std::array<play, 2> plays_of_references{
    {{"reference", &play_of<reference>}, {"reference and clear", &play_of<reference_and_clear>}}};

template <class Plays>
void expect_good(const Plays& plays) {
  for (const play& one : plays)
    for (std::uint64_t seed = 0; seed < 400; ++seed) {
      const char* const wrong = one.of_seed(seed, usual_steps, nullptr);
      ASSERT_EQ(wrong, nullptr) << one.name << ", seed " << seed << ": " << wrong;
    }
}

// covers hf.concurrent.seen-while-moved, hf.concurrent.absent-is-checked, hf.concurrent.stays-in-sight
TEST(SyncMapOnWeakMemory, NodesAreSeenWhole) { expect_good(plays_of<node_map>); }

// covers hf.concurrent.seen-while-moved, hf.concurrent.word-of-entry
TEST(SyncMapOnWeakMemory, WordsAreSeenWhole) { expect_good(plays_of<word_map>); }

// covers hf.concurrent.pair-is-whole, hf.concurrent.found-is-published
TEST(SyncMapOnWeakMemory, PairsAreSeenWhole) { expect_good(plays_of<pair_map>); }

// Once in some thousand plays a lookup stands between two looks at its line while the chain goes.
// covers hf.concurrent.absent-is-checked, hf.concurrent.stays-in-sight
TEST(SyncMapOnWeakMemory, WhatMovesUpFromAChainIsNotMissed) {
  for (std::uint64_t seed = 0; seed < 20'000; ++seed) {
    ASSERT_EQ(play_of<split_of_a_chain<pair_map>>(seed, 200), nullptr) << "pairs, seed " << seed;
    ASSERT_EQ(play_of<split_of_a_chain<node_map>>(seed, 200), nullptr) << "nodes, seed " << seed;
  }
}

// covers hf.concurrent.ref-agrees-with-load, hf.concurrent.ref-ends-with-entry
TEST(SyncMapOnWeakMemory, ReferencesAgreeWithLookups) { expect_good(plays_of_references); }

// ---- what the orders are for ----

struct order_of {
  std::string_view file;
  std::string_view function;
};
// Those without which a play fails. How the others are judged says docs/design/sync_map.md.
constexpr order_of shown[] = {{"sync_map_reach.hpp", "known"},
                              {"sync_map_find.hpp", "current"},
                              {"sync_map_find.hpp", "find"},
                              {"sync_map_find.hpp", "find_further"},
                              {"sync_map_growth.hpp", "make_first_array"},
                              {"sync_map_growth.hpp", "follow"},
                              {"sync_map_home.hpp", "is_in"},
                              {"sync_map_lock.hpp", "try_lock"},
                              {"sync_map_lock.hpp", "unlock"},
                              {"sync_map_node_line.hpp", "write"},
                              {"sync_map_node_line.hpp", "link"},
                              {"sync_map_node_slots.hpp", "look_at"},
                              {"sync_map_node_slots.hpp", "for_each_node"},
                              {"sync_map_pair_line.hpp", "put"},
                              {"sync_map_pair_line.hpp", "link"},
                              {"sync_map_pair_line.hpp", "add_link"}};

bool is_one_of_shown(const source_place& place) {
  return std::any_of(std::begin(shown), std::end(shown), [&](const order_of& one) {
    return place.file.ends_with(one.file) && place.function.substr(0, place.function.find('<')) == one.function;
  });
}

bool any_fails(std::uint64_t seed) {
  const auto fails = [&](const play& one) { return one.of_seed(seed, usual_steps, nullptr) != nullptr; };
  return std::any_of(plays_of<node_map>.begin(), plays_of<node_map>.end(), fails) ||
         std::any_of(plays_of<pair_map>.begin(), plays_of<pair_map>.end(), fails) ||
         std::any_of(plays_of_references.begin(), plays_of_references.end(), fails);
}

// covers hf.concurrent.seen-while-moved, hf.concurrent.absent-is-checked
TEST(SyncMapOnWeakMemory, WouldShowAMissingOrder) {
  weak_memory::orders_asked_for.clear();
  for (std::uint64_t seed = 0; seed < 30; ++seed) ASSERT_FALSE(any_fails(seed));
  const auto places = weak_memory::orders_asked_for;
  std::size_t found = 0;
  for (const auto& [place, order] : places) {
    if (!is_one_of_shown(place)) continue;
    ++found;
    weak_memory::relaxed_at = place;
    bool fails = false;
    for (std::uint64_t seed = 0; seed < 1000 && !fails; ++seed) fails = any_fails(seed);
    EXPECT_TRUE(fails) << place.file << ':' << place.line << ' ' << place.function;
  }
  weak_memory::relaxed_at = {};
  EXPECT_GE(found, std::size(shown)) << "one of the places is not in the source any more, or not in the plays";
}

}  // namespace
