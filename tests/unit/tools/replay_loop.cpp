// Every map, played through the same operations by every rule, gives the answers of a table so
// simple that it can be trusted.
#include "holdfast/tools/replay_loop.hpp"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <random>
#include <string>

#include "holdfast/tools/input_error.hpp"

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
