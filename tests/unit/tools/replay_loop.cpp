// Every map, played through the same operations by every rule, gives the answers of a table so
// simple that it can be trusted.
#include "holdfast/tools/replay_loop.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <random>
#include <string>

#include "holdfast/tools/input_error.hpp"
#include "holdfast/tools/measure.hpp"

namespace {

using namespace holdfast::tools;

class silent final : public play_listener {
 public:
  void played(std::size_t operations) override { total += operations; }
  std::size_t total = 0;
};

template <class Stored>
class plain_face {
 public:
  template <class Key>
  [[nodiscard]] const void* find(const Key& key) {
    const auto at = map_.find(Stored(key));
    return at == map_.end() ? nullptr : at->second;
  }
  template <class Key>
  void insert(const Key& key, const void* value) {
    map_[Stored(key)] = value;
  }
  template <class Key>
  [[nodiscard]] bool assign(const Key& key, const void* value) {
    return map_.insert_or_assign(Stored(key), value).second;
  }
  template <class Key>
  [[nodiscard]] bool erase(const Key& key) {
    return map_.erase(Stored(key)) != 0;
  }
  void note_insert() {}
  [[nodiscard]] std::size_t size() const { return map_.size(); }
  [[nodiscard]] table_memory memory() const { return {}; }

 private:
  std::map<Stored, const void*> map_;
};

[[nodiscard]] std::unique_ptr<trace> random_operations(bool words) {
  auto operations = std::make_unique<trace>();
  std::mt19937_64 random(11);
  for (int i = 0; i < 40'000; ++i) {
    const auto kind = static_cast<op_kind>(random() % 3);
    const auto key = random() % 5'000 * 16;
    if (words) {
      operations->add("some key that may be long " + std::to_string(key), kind);
    } else {
      operations->add(key, kind);
    }
  }
  return operations;
}

class ReplayRule : public testing::TestWithParam<std::string> {};

// covers hf.tools.maps-agree
TEST_P(ReplayRule, IsPlayedAlikeByEveryMap) {
  const auto rule = *play_rule_in(GetParam());
  const auto trusted = contestant_of<plain_face<std::uint64_t>, plain_face<std::string>>("", "");
  for (const bool words : {false, true}) {
    const auto operations = random_operations(words);
    silent listener;
    const auto wanted = trusted.play(*operations, rule, listener).told;
    EXPECT_EQ(listener.total, operations->size());
    for (const auto& map : contestants()) {
      EXPECT_EQ(map.play(*operations, rule, listener).told, wanted) << map.name << " words " << words;
      play_times times(operations->size());
      const auto timed = map.time(*operations, rule, times, listener);
      EXPECT_EQ(timed.told, wanted) << map.name << " words " << words;
      const auto weighed = map.weigh(*operations, rule, listener);
      EXPECT_EQ(weighed.told, wanted) << map.name << " words " << words;
      EXPECT_GT(weighed.memory.bytes_when_fullest, 0U) << map.name;
      EXPECT_GE(weighed.memory.peak_bytes, weighed.memory.bytes_when_fullest) << map.name;
      EXPECT_GE(weighed.memory.most_entries, wanted.entries) << map.name;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, ReplayRule,
                         testing::Values("mixed", "read-insert", "insert", "cache:1", "cache:100"));

[[nodiscard]] const contestant& the_cache() {
  return *std::ranges::find(contestants(), "pointer_cache", &contestant::name);
}

// covers hf.tools.cache-bounded
TEST(ReplayCache, KeepsAsManyEntriesAsItIsTold) {
  const auto operations = random_operations(false);
  silent listener;
  const auto with_bound = [&](std::size_t bound) {
    return the_cache().weigh(*operations, {play_mode::read_insert, 0, bound}, listener);
  };
  const auto all = with_bound(0);
  EXPECT_EQ(all.told.entries, 5'000U);
  std::uint64_t before = 0;
  for (const std::size_t bound : {1U, 100U, 1'000U, 5'000U}) {
    const auto some = with_bound(bound);
    EXPECT_EQ(some.told.entries, bound);
    EXPECT_EQ(some.told.found + some.told.inserted, operations->size());
    EXPECT_GT(some.told.found, before) << "a larger cache finds more";
    EXPECT_LE(some.memory.most_entries, bound);
    before = some.told.found;
  }
  EXPECT_EQ(before, all.told.found);
}

[[nodiscard]] replay_measure measured_with(const std::vector<const contestant*>& maps, std::size_t bound) {
  const auto operations = random_operations(false);
  progress_bar bar("", 0);
  return measure_maps(*operations, maps, {play_mode::mixed, 0, bound}, 2, bar);
}

// covers hf.tools.cache-bounded
TEST(ReplayCache, HasAnswersOfItsOwnOnlyUnderABound) {
  const std::vector<const contestant*> maps = {&the_cache(), choose_contestants({"holdfast"}).front()};
  const auto bounded = measured_with(maps, 100);
  EXPECT_TRUE(bounded.maps[0].is_bounded);
  EXPECT_FALSE(bounded.maps[1].is_bounded);
  EXPECT_EQ(bounded.told, bounded.maps[1].told) << "what is told of all is told by one that keeps all";
  EXPECT_LT(bounded.maps[0].told.found, bounded.maps[1].told.found);
  const auto alone = measured_with({&the_cache()}, 100);
  EXPECT_EQ(alone.told, bounded.maps[0].told) << "the same at each play";
  const auto unbounded = measured_with(maps, 0);
  EXPECT_EQ(unbounded.maps[0].told, unbounded.maps[1].told);
}

// A cache that finds something else at each play.
TEST(ReplayCache, ThatDisagreesWithItselfIsTold) {
  contestant fickle = the_cache();
  fickle.play = [played = std::uint64_t{0}, honest = fickle.play](const trace& t, const play_rule& rule,
                                                                  play_listener& listener) mutable {
    auto result = honest(t, rule, listener);
    result.told.found += played++;
    return result;
  };
  EXPECT_THROW((void)measured_with({&fickle}, 100), disagreement);
}

[[nodiscard]] answers answers_to(std::string_view rule, const trace& operations) {
  const auto trusted = contestant_of<plain_face<std::uint64_t>, plain_face<std::string>>("", "");
  silent listener;
  return trusted.play(operations, *play_rule_in(rule), listener).told;
}

TEST(ReplayRules, DoWhatTheyPromise) {
  trace operations;
  operations.add(1, op_kind::read);   // miss: in
  operations.add(1, op_kind::write);  // there
  operations.add(2, op_kind::erase);  // not there
  operations.add(1, op_kind::erase);  // out
  operations.add(1, op_kind::read);   // miss: in again
  const auto mixed = answers_to("mixed", operations);
  EXPECT_EQ(mixed.inserted, 2U);
  EXPECT_EQ(mixed.found, 2U);
  EXPECT_EQ(mixed.erased, 1U);
  EXPECT_EQ(mixed.entries, 1U);
  EXPECT_EQ(answers_to("insert", operations).entries, 2U);
  EXPECT_EQ(answers_to("read-insert", operations).found, 3U);
  EXPECT_EQ(answers_to("cache:1", operations).entries, 1U);
  EXPECT_EQ(answers_to("cache:1", operations).erased, 2U);
}

TEST(ReplayRules, AreReadAndWritten) {
  for (const auto* text : {"mixed", "read-insert", "insert", "cache:7"}) {
    EXPECT_EQ(text_of(*play_rule_in(text)), text);
  }
  for (const auto* text : {"", "cache", "cache:", "cache:0", "cache:-1", "cache:9x", "Mixed"}) {
    EXPECT_FALSE(play_rule_in(text)) << text;
  }
}

TEST(Contestants, AreChosenByName) {
  EXPECT_EQ(choose_contestants({"std", "std"}).size(), 1U);
  EXPECT_EQ(choose_contestants({"all"}).size(), contestants().size());
  EXPECT_FALSE(choose_contestants({}).empty());
  EXPECT_THROW((void)choose_contestants({"nonesuch"}), input_error);
}

}  // namespace
