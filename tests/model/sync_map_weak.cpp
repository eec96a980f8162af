// sync_map from its very source on the memory model of C++: its plays hold, and would not without its orders.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <glob.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

// Last: it spells std::atomic anew.
#include "tests/model/sync_map_order_plays.hpp"

namespace {

using namespace holdfast::tests;

constexpr std::uint64_t usual_steps = 300;

struct play {
  const char* name;
  const char* (*of_seed)(std::uint64_t seed, std::uint64_t steps, std::uint64_t* took);
};

template <class Map>
constexpr auto plays_of = std::to_array<play>({
    {"first entries", &play_of<first_entries<Map>>},
    {"one bucket", &play_of<one_bucket<Map>>},
    {"chain", &play_of<chain<Map>>},
    {"absence in a line", &play_of<absence_in_a_line<Map>>},
    {"absence in a chain", &play_of<absence_in_a_chain<Map>>},
    {"split of a line", &play_of<split_of_a_line<Map>>},
    {"split of a chain", &play_of<split_of_a_chain<Map>>},
    {"follow of lines", &play_of<follow_of_lines<Map>>},
    {"follow of a chain", &play_of<follow_of_a_chain<Map>>},
    {"emptying", &play_of<emptying<Map>>},
    {"walk", &play_of<walk<Map>>},
    {"walk of a chain", &play_of<walk_of_a_chain<Map>>},
    {"comes back", &play_of<comes_back<Map>>},
    {"long chain", &play_of<long_chain<Map>>},
    {"pushed down", &play_of<pushed_down<Map>>},
});
template <class Map>
constexpr auto messages_of = std::to_array<play>({
    {"told by values", &play_of<told_by_values<Map>>},
    {"told by absence in a line", &play_of<told_by_absence_in_a_line<Map>>},
    {"told by absence in a chain", &play_of<told_by_absence_in_a_chain<Map>>},
    {"told by absence of a chain", &play_of<told_by_absence_of_a_chain<Map>>},
    {"told by absence before the end", &play_of<told_by_absence_before_the_end<Map>>},
    {"told by absence after split of a line", &play_of<told_by_absence_after_split_of_a_line<Map>>},
    {"told by absence after split of a chain", &play_of<told_by_absence_after_split_of_a_chain<Map>>},
    {"told by clear", &play_of<told_by_clear<Map>>},
    {"told by walk of a line", &play_of<told_by_walk_of_a_line<Map>>},
    {"told by walk of a chain", &play_of<told_by_walk_of_a_chain<Map>>},
});
constexpr auto plays_of_references = std::to_array<play>({
    {"reference", &play_of<reference>},
    {"reference and clear", &play_of<reference_and_clear>},
    {"told by reference", &play_of<told_by_reference<false>>},
    {"told by reference and clear", &play_of<told_by_reference<true>>},
});

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

// covers hf.concurrent.seen-is-ordered
TEST(SyncMapOnWeakMemory, WhoIsToldSeesWhatWasDoneBefore) {
  expect_good(messages_of<node_map>);
  expect_good(messages_of<word_map>);
  expect_good(messages_of<pair_map>);
}

// covers hf.concurrent.reach-is-filled
TEST(SyncMapOnWeakMemory, SegmentsAreSeenWithTheirBuckets) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) ASSERT_EQ(play_of<segments>(seed, 160), nullptr) << "seed " << seed;
}

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

constexpr std::string_view name_of(const source_place& place) {
  return place.function.substr(0, place.function.find('<'));
}
bool is_for(const order_play& one, const source_place& place) {
  return place.file.ends_with(one.file) && one.function == name_of(place);
}

// "file:line" of each order more than relaxed.
std::vector<std::string> orders_in_source() {
  std::vector<std::string> found;
  glob_t files{};
  EXPECT_EQ(glob(HOLDFAST_SOURCE_DIR "/holdfast/concurrent/sync_[mr]*", 0, nullptr, &files), 0);
  EXPECT_EQ(glob(HOLDFAST_SOURCE_DIR "/holdfast/concurrent/block_owner.hpp", GLOB_APPEND, nullptr, &files), 0);
  for (std::size_t i = 0; i < files.gl_pathc; ++i) {
    const std::string_view path = files.gl_pathv[i];
    std::ifstream lines(files.gl_pathv[i]);
    std::string line;
    for (unsigned number = 1; std::getline(lines, line); ++number)
      for (const char* order : {"memory_order_acquire", "memory_order_release", "memory_order_acq_rel"})
        if (line.substr(0, line.find("//")).find(order) != line.npos)
          found.push_back(std::string(path.substr(path.rfind('/') + 1)) + ':' + std::to_string(number));
  }
  globfree(&files);
  return found;
}
bool names(const std::map<source_place, std::memory_order>& places, std::string_view where) {
  return std::any_of(places.begin(), places.end(), [&](const auto& one) {
    return (std::string(one.first.file) + ':' + std::to_string(one.first.line)).ends_with(where);
  });
}

// Whether a play of that order fails, or crashes; so in a process of its own.
bool is_shown(const source_place& place) {
  const pid_t child = fork();
  if (child == 0) {
    close(STDERR_FILENO);
    weak_memory::relaxed_at = place;
    for (const order_play& one : order_plays)
      for (std::uint64_t seed = 0; is_for(one, place) && seed < one.seeds; ++seed)
        if (one.of_seed(seed, one.steps, nullptr) != nullptr) _exit(1);
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return status != 0;
}

// covers hf.concurrent.seen-is-ordered, hf.concurrent.seen-while-moved, hf.concurrent.absent-is-checked
TEST(SyncMapOnWeakMemory, AsksForNoOrderThatNothingNeeds) {
  weak_memory::orders_asked_for.clear();
  for (const order_play& one : order_plays)
    for (std::uint64_t seed = 0; seed < one.seeds / 10; ++seed)
      ASSERT_EQ(one.of_seed(seed, one.steps, nullptr), nullptr);
  const auto places = weak_memory::orders_asked_for;
  const auto orders = orders_in_source();
  EXPECT_GE(orders.size(), 40U);
  for (const std::string& where : orders) EXPECT_TRUE(names(places, where)) << where << " is not played";
  for (const auto& [place, order] : places)
    EXPECT_TRUE(is_shown(place)) << place.file << ':' << place.line << ' ' << place.function;
}

}  // namespace
