// Many threads play each operation of a trace once, and are given what belongs to their keys.
#include "holdfast/tools/crowd_play.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <random>
#include <string>

#include "holdfast/tools/crowd_measure.hpp"
#include "holdfast/tools/input_error.hpp"

namespace {

using namespace holdfast::tools;

constexpr int operations_played = 20'000;

[[nodiscard]] std::unique_ptr<trace> random_operations(bool words) {
  auto operations = std::make_unique<trace>();
  std::mt19937_64 random(7);
  for (int i = 0; i < operations_played; ++i) {
    const auto kind = static_cast<op_kind>(random() % 3);
    const auto key = random() % 3'000;
    if (words) {
      operations->add("a key that is longer than a string holds " + std::to_string(key), kind);
    } else {
      operations->add(key, kind);
    }
  }
  return operations;
}

[[nodiscard]] bool is_ours(const crowd_map& map) { return &map < &crowd_maps()[4]; }

// What one thread must be told, by a table that can be trusted.
[[nodiscard]] crowd_result answers_of_one_thread(const trace& t, const read_write_mix& mix) {
  std::map<std::uint64_t, bool> there;
  crowd_result wanted;
  for (std::size_t i = 0; i < t.size() / 2; ++i) there[t.numbers()[i]] = true;
  for (std::size_t i = 0; i < t.size(); ++i) {
    const auto key = t.numbers()[i];
    if (mix.reads_at(i)) {
      ++wanted.told.reads;
      wanted.told.hits += there.count(key);
    } else if (t.kinds()[i] == op_kind::erase) {
      wanted.told.erases += there.erase(key);
    } else {
      ++wanted.told.stores;
      there[key] = true;
    }
  }
  wanted.entries = there.size();
  return wanted;
}

// covers hf.tools.crowd-answers
TEST(CrowdPlay, OfOneThreadGivesTheAnswersOfATrustedTable) {
  const auto operations = random_operations(false);
  for (const unsigned reads : {0U, 50U, 90U, 100U}) {
    const crowd_plan plan{1, {reads}};
    const auto wanted = answers_of_one_thread(*operations, plan.mix);
    for (const auto& map : crowd_maps()) {
      for (const auto watch : {crowd_watch::speed, crowd_watch::latency, crowd_watch::memory}) {
        const auto result = map.play(*operations, plan, watch);
        EXPECT_EQ(result.told, wanted.told) << map.name << " reads " << reads;
        EXPECT_EQ(result.entries, wanted.entries) << map.name << " reads " << reads;
        EXPECT_EQ(result.fault, "") << map.name;
      }
    }
  }
}

// covers hf.tools.crowd-answers
TEST(CrowdPlay, OfManyThreadsPlaysEachOperationOnce) {
  for (const bool words : {false, true}) {
    const auto operations = random_operations(words);
    const crowd_plan plan{4, {50}};
    for (const auto& map : crowd_maps()) {
      const auto result = map.play(*operations, plan, crowd_watch::latency);
      EXPECT_EQ(result.read_times.count(), result.told.reads) << map.name;
      EXPECT_EQ(result.read_times.count() + result.write_times.count(), operations->size()) << map.name;
      EXPECT_EQ(result.told.wrong, 0U) << map.name << " words " << words;
      EXPECT_GT(result.told.hits, 0U) << map.name;
      EXPECT_GT(result.told.erases, 0U) << map.name;
      EXPECT_GT(result.seconds, 0.0) << map.name;
    }
  }
}

TEST(CrowdPlay, ForMemoryTellsWhatIsRetired) {
  const auto operations = random_operations(false);
  for (const auto& map : crowd_maps()) {
    const auto result = map.play(*operations, {2, {10}}, crowd_watch::memory);
    if (is_ours(map) || result.bytes != 0) {
      EXPECT_GT(result.bytes, result.entries * sizeof(void*)) << map.name;
    }
    if (map.name == "mutex-std" && result.bytes != 0) {
      EXPECT_LT(result.bytes, result.entries * 120) << "what the play itself has in memory is not the map's";
    }
    EXPECT_GE(result.retired_most, result.retired_end) << map.name;
    if (map.retires != retirement::told) {
      EXPECT_EQ(result.retired_most, 0U) << map.name;
    }
  }
}

TEST(CrowdPlay, HasMoreThreadsThanOperationsIfSoAsked) {
  trace operations;
  operations.add(1, op_kind::write);
  for (const auto& map : crowd_maps()) {
    const auto result = map.play(operations, {64, {0}}, crowd_watch::speed);
    EXPECT_EQ(result.told.stores, 1U) << map.name;
    EXPECT_EQ(result.entries, 1U) << map.name;
  }
}

// covers hf.tools.cache-bounded
TEST(CrowdPlay, OfABoundedCacheKeepsItsBoundAndStoresWhatIsMissed) {
  const auto& cache = *std::ranges::find(crowd_maps(), "pointer_cache", &crowd_map::name);
  for (const bool words : {false, true}) {
    const auto operations = random_operations(words);
    const auto reads_alone = cache.play(*operations, {1, {100}, 500}, crowd_watch::memory);
    EXPECT_EQ(reads_alone.entries, 500U);
    EXPECT_GT(reads_alone.told.hits, operations->size() / 10);
    EXPECT_LT(reads_alone.told.hits, operations->size() / 2);
    EXPECT_EQ(reads_alone.told.wrong, 0U);
    EXPECT_GT(reads_alone.bytes, 500U * 64);
    const auto together = cache.play(*operations, {4, {80}, 500}, crowd_watch::speed);
    EXPECT_LE(together.entries, 500U);
    EXPECT_EQ(together.told.wrong, 0U);
  }
}

// covers hf.tools.cache-bounded
TEST(CrowdMeasure, HoldsABoundedCacheAgainstNobodysHits) {
  const auto operations = random_operations(false);
  progress_bar bar("", 0);
  const auto all = measure_crowd(*operations, choose_crowd_maps({"pointer_cache", "sync_map", "locked_map"}),
                                 {1, {90}, 100}, 1, bar);
  EXPECT_TRUE(all[0].is_bounded);
  EXPECT_FALSE(all[1].is_bounded);
  EXPECT_LT(all[0].hit_ratio(), all[1].hit_ratio());
}

// covers hf.tools.crowd-answers
TEST(CrowdMeasure, HoldsOursAgainstOtherLibraries) {
  for (const bool words : {false, true}) {
    const auto operations = random_operations(words);
    progress_bar bar("", 0);
    const auto all = measure_crowd(*operations, choose_crowd_maps({"all"}), {1, {60}}, 1, bar);
    ASSERT_EQ(all.size(), crowd_maps().size());
    for (const auto& one : all) {
      EXPECT_EQ(one.told, all.front().told) << one.name;
      EXPECT_EQ(one.entries, all.front().entries) << one.name;
    }
  }
}

// A map that gives every reader what belongs to another key.
TEST(CrowdMeasure, TellsAMapThatAnswersWrong) {
  const auto operations = random_operations(false);
  crowd_map liar = crowd_maps().front();
  liar.play = [honest = liar.play](const trace& t, const crowd_plan& plan, crowd_watch watch) {
    auto result = honest(t, plan, watch);
    result.told.wrong = 1;
    return result;
  };
  progress_bar bar("", 0);
  EXPECT_THROW((void)measure_crowd(*operations, {&liar}, {2, {90}}, 1, bar), disagreement);
  EXPECT_EQ(measure_crowd(*operations, {&crowd_maps().front()}, {2, {90}}, 1, bar).size(), 1U);
}

TEST(ReadWriteMix, IsReadAndWritten) {
  for (const auto* text : {"99/1", "90/10", "50/50", "0/100", "100/0"}) EXPECT_EQ(text_of(*mix_in(text)), text);
  for (const auto* text : {"", "/", "90", "90/", "/10", "90/11", "-1/101", "101/-1", "9 0/10", "90/10x", "a/b"}) {
    EXPECT_FALSE(mix_in(text)) << text;
  }
}

TEST(ReadWriteMix, ReadsAsOftenAsItSays) {
  for (const unsigned reads : {0U, 1U, 50U, 99U, 100U}) {
    int seen = 0;
    for (std::size_t i = 0; i < 100'000; ++i) seen += read_write_mix{reads}.reads_at(i) ? 1 : 0;
    EXPECT_NEAR(seen, static_cast<int>(reads) * 1000, reads % 100 == 0 ? 0 : 500) << reads;
  }
}

TEST(CrowdMaps, AreChosenByName) {
  EXPECT_EQ(choose_crowd_maps({}).size(), 4U);
  EXPECT_EQ(choose_crowd_maps({"all", "sync_map"}).size(), crowd_maps().size());
  EXPECT_GT(crowd_maps().size(), 4U) << "one lock around std::unordered_map is always there";
  EXPECT_EQ(choose_crowd_maps({"sharded"}), choose_crowd_maps({"sharded_map"}));
  EXPECT_EQ(choose_crowd_maps({"mutex-std"}).front()->name, "mutex-std");
  EXPECT_EQ(choose_crowd_maps({"locked_map", "locked_map"}).size(), 1U);
  EXPECT_THROW((void)choose_crowd_maps({"std"}), input_error);
}

}  // namespace
