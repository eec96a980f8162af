#include <holdfast/lifetime/alias_audit.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <holdfast/concurrent/locked_map.hpp>
#include <holdfast/concurrent/pointer_cache.hpp>
#include <holdfast/concurrent/sharded_map.hpp>
#include <holdfast/concurrent/sync_map.hpp>
#include <holdfast/lifetime/alias_steps.hpp>
#include <holdfast/lifetime/counted.hpp>
#include <holdfast/managed/resource_map.hpp>
#include <holdfast/map/go_map.hpp>
#include <holdfast/map/go_ptr.hpp>
#include <holdfast/map/map.hpp>

namespace {

using holdfast::alias_audit;
using holdfast::by_address;
using holdfast::extent_from;
using testing::ElementsAre;
using testing::HasSubstr;

struct user {
  int age = 0;
  std::array<int, 4> marks{};
};

struct icon {
  int pixels = 0;
};

struct unknown;

}  // namespace

template <>
inline constexpr bool holdfast::shareable<icon> = true;

namespace {

// covers hf.alias.groups-exact
TEST(AliasAudit, TellsTheKeysOfEachSharedObject) {
  user ann, bob, eve;
  const holdfast::map<std::string, user*> users = {{"ann", &ann},  {"anna", &ann}, {"bob", &bob},    {"rob", &bob},
                                                   {"bert", &bob}, {"eve", &eve},  {"nil", nullptr}, {"null", nullptr}};
  const auto found = alias_audit(users);
  EXPECT_EQ(found.entries, 8U);
  EXPECT_EQ(found.without_object, 2U);
  ASSERT_EQ(found.groups.size(), 2U);
  EXPECT_TRUE(found.inside.empty());
  const auto& anns = found.groups[0].object == &ann ? found.groups[0] : found.groups[1];
  const auto& bobs = found.groups[0].object == &ann ? found.groups[1] : found.groups[0];
  EXPECT_THAT(anns.keys, ElementsAre("ann", "anna"));
  EXPECT_THAT(bobs.keys, ElementsAre("bert", "bob", "rob"));
  EXPECT_EQ(bobs.object, &bob);
  EXPECT_EQ(bobs.bytes, sizeof(user));
}

TEST(AliasAudit, FindsNothingWhereEachKeyHasItsOwn) {
  std::map<int, std::unique_ptr<user>> users;
  for (int i = 0; i < 5000; ++i) users[i] = std::make_unique<user>();
  EXPECT_TRUE(alias_audit(users).found_none());
  EXPECT_EQ(alias_audit(users).entries, 5000U);
  EXPECT_TRUE(alias_audit(holdfast::map<int, user*>()).found_none());
}

// covers hf.alias.any-map
TEST(AliasAudit, TakesEveryMapOfOursAndOfTheStandards) {
  const auto shared = std::make_shared<user>();
  const auto fill = [&](auto& map) {
    map.insert_or_assign(1, shared);
    map.insert_or_assign(2, std::make_shared<user>());
    map.insert_or_assign(3, shared);
  };
  const auto expect = [](const auto& map) {
    const auto found = alias_audit(map);
    ASSERT_EQ(found.groups.size(), 1U);
    EXPECT_THAT(found.groups[0].keys, ElementsAre(1, 3));
  };
  std::map<int, std::shared_ptr<user>> ordered;
  std::unordered_map<int, std::shared_ptr<user>> hashed;
  holdfast::map<int, std::shared_ptr<user>> ours;
  fill(ordered), fill(hashed), fill(ours);
  expect(ordered), expect(hashed), expect(ours);
  expect(std::vector<std::pair<int, user*>>{{1, shared.get()}, {2, nullptr}, {3, shared.get()}});

  const auto store = [&](auto& map) {
    map.store(1, shared);
    map.store(2, std::make_shared<user>());
    map.store(3, shared);
  };
  holdfast::sync_map<int, std::shared_ptr<user>> wait_free;
  holdfast::locked_map<int, std::shared_ptr<user>> locked;
  holdfast::sharded_map<int, std::shared_ptr<user>> sharded;
  store(wait_free), store(locked), store(sharded);
  expect(wait_free), expect(locked), expect(sharded);
  expect(wait_free.snapshot());

  auto gos = holdfast::go::make_map<int, holdfast::go::ptr<user>>();
  const holdfast::go::ptr<user> pointer(shared);
  gos.set(1, pointer);
  gos.set(2, nullptr);
  gos.set(3, pointer);
  expect(gos);
}

TEST(AliasAudit, LooksAtTheObjectsOfACache) {
  holdfast::pointer_cache<std::string, user> cache;
  const auto shared = std::make_shared<user>();
  cache.store("ann", shared);
  cache.store("anna", shared);
  cache.store("bob", std::make_shared<user>());
  const auto found = alias_audit(cache, by_address{});
  ASSERT_EQ(found.groups.size(), 1U);
  EXPECT_EQ(found.groups[0].object, shared.get());
  EXPECT_THAT(found.groups[0].keys, ElementsAre("ann", "anna"));
}

TEST(AliasAudit, TakesPointersThatSomebodyAnswersFor) {
  user ann;
  const holdfast::map<int, holdfast::unmanaged<user*>> users = {{1, {&ann}}, {2, {&ann}}, {3, {nullptr}}};
  const auto found = alias_audit(users);
  ASSERT_EQ(found.groups.size(), 1U);
  EXPECT_EQ(found.groups[0].object, &ann);
  EXPECT_EQ(found.without_object, 1U);
}

// covers hf.alias.inside
TEST(AliasAudit, TellsAViewIntoAnotherKeysText) {
  const std::string text = "the quick brown fox";
  const holdfast::map<int, std::string_view> words = {
      {1, text}, {2, std::string_view(text).substr(4, 5)}, {3, "elsewhere"}, {4, std::string_view()}};
  const auto found = alias_audit(words);
  EXPECT_TRUE(found.groups.empty());
  EXPECT_EQ(found.without_object, 1U);
  ASSERT_EQ(found.inside.size(), 1U);
  EXPECT_THAT(found.inside[0].keys, ElementsAre(2));
  EXPECT_THAT(found.inside[0].outer_keys, ElementsAre(1));
  EXPECT_EQ(found.inside[0].offset(), 4U);
  EXPECT_EQ(found.inside[0].outer_bytes, text.size());
}

TEST(AliasAudit, TellsAnElementOfAnotherKeysSpan) {
  std::array<std::uint32_t, 8> row{};
  const std::map<int, std::span<const std::uint32_t>> parts = {{1, row}, {2, std::span(row).subspan(2, 3)}, {3, row}};
  const auto found = alias_audit(parts);
  ASSERT_EQ(found.groups.size(), 1U);
  EXPECT_THAT(found.groups[0].keys, ElementsAre(1, 3));
  ASSERT_EQ(found.inside.size(), 1U);
  EXPECT_EQ(found.inside[0].offset(), 8U);
  EXPECT_THAT(found.inside[0].outer_keys, ElementsAre(1, 3));
}

TEST(AliasAudit, BelievesAProjectionAboutTheSize) {
  std::array<int, 100> block{};
  const std::map<int, int*> into = {{1, block.data()}, {2, block.data() + 50}, {3, block.data() + 99}};
  EXPECT_TRUE(alias_audit(into).found_none());
  const auto whole_block = [&](int* part) {
    return holdfast::object_extent{part, static_cast<std::size_t>(block.data() + 100 - part) * sizeof(int), 0};
  };
  const auto found = alias_audit(into, whole_block);
  ASSERT_EQ(found.inside.size(), 2U);
  EXPECT_THAT(found.inside[1].keys, ElementsAre(3));
  EXPECT_THAT(found.inside[1].outer_keys, ElementsAre(2));
}

TEST(AliasAudit, AsksTheAllocatorWhereItIsTold) {
  void* const block = std::malloc(200);
  const std::map<int, void*> raw = {{1, block}, {2, block}};
  const auto found = alias_audit(raw, std::identity{}, extent_from::allocation);
  ASSERT_EQ(found.groups.size(), 1U);
  EXPECT_GE(found.groups[0].bytes, 200U);
  EXPECT_EQ(alias_audit(raw).groups[0].bytes, 0U);
  std::free(block);
}

TEST(AliasAudit, KnowsNoInsideWhereSizesAreNobodys) {
  user ann;
  const std::map<int, void*> into = {{1, &ann}, {2, &ann.marks}};
  EXPECT_TRUE(alias_audit(into, std::identity{}, extent_from::nobody).found_none());
}

TEST(AliasAudit, TakesPointersToWhatIsNotDefined) {
  const auto* const somewhere = reinterpret_cast<unknown*>(0x1000);
  const std::map<int, const unknown*> opaque = {{1, somewhere}, {2, somewhere}};
  EXPECT_EQ(alias_audit(opaque).groups.size(), 1U);
}

TEST(AliasAudit, TellsHowManyHoldTheObjectBesideTheKeys) {
  auto shared = std::make_shared<user>();
  const std::map<int, std::shared_ptr<user>> users = {{1, shared}, {2, shared}};
  const auto found = alias_audit(users);
  ASSERT_EQ(found.groups.size(), 1U);
  EXPECT_EQ(found.groups[0].holders, 3);
}

TEST(AliasAudit, LetsShareableObjectsBe) {
  icon star;
  const std::map<int, icon*> icons = {{1, &star}, {2, &star}};
  EXPECT_TRUE(alias_audit(icons).found_none());
}

// What is reported was there at the end: an alias that went between the two walks is not reported.
// covers hf.alias.live
TEST(AliasAudit, LooksAgainBeforeItReportsOnALiveMap) {
  user ann;
  holdfast::sync_map<int, user*> users;
  users.store(1, &ann);
  users.store(2, &ann);
  int reads = 0;
  const auto erasing = [&](user* one) {
    if (++reads == 6) users.erase(2);  // while the third walk reads its second entry
    return one;
  };
  EXPECT_TRUE(alias_audit(users, erasing).found_none());
  EXPECT_EQ(reads, 7);
}

// covers hf.alias.steps
TEST(AliasSteps, FindTheSameInAnySlices) {
  user ann, bob;
  holdfast::map<int, user*> users;
  std::vector<std::unique_ptr<user>> own(500);
  for (int i = 0; i < 500; ++i) users[i] = (own[static_cast<std::size_t>(i)] = std::make_unique<user>()).get();
  for (int i = 500; i < 510; ++i) users[i] = i % 2 == 0 ? &ann : &bob;
  for (const std::size_t slice : {1U, 7U, 100U, 5000U}) {
    holdfast::alias_steps audit(users);
    std::size_t steps = 1;
    while (!audit.step(slice)) ++steps;
    EXPECT_GE(steps, 3 * 510 / slice);
    const auto found = audit.report();
    ASSERT_EQ(found.groups.size(), 2U);
    EXPECT_EQ(found.groups[0].keys.size(), 5U);
    EXPECT_EQ(found.entries, 510U);
  }
}

// covers hf.alias.steps
TEST(AliasSteps, ReportWhatIsSoWhenTheLastOneReturns) {
  user ann, bob, eve;
  holdfast::map<int, user*> users = {{1, &ann}, {2, &ann}, {3, &bob}, {4, &bob}, {5, &eve}, {6, &eve}};
  holdfast::alias_steps audit(users);
  int steps = 0;
  while (!audit.step(1)) {
    if (++steps == 20) {  // the three walks are over but for the last look
      users.erase(2);
      users[4] = &ann;
      for (int i = 100; i < 3000; ++i) users[i] = nullptr;
    }
  }
  const auto found = audit.report();
  ASSERT_EQ(found.groups.size(), 1U);
  EXPECT_THAT(found.groups[0].keys, ElementsAre(5, 6));
}

TEST(AliasSteps, OfAnEmptyMapAreDoneAtOnce) {
  const holdfast::map<int, user*> users;
  holdfast::alias_steps audit(users);
  EXPECT_TRUE(audit.step(1));
  EXPECT_TRUE(audit.done());
  EXPECT_TRUE(audit.report().found_none());
}

// covers hf.alias.counted
TEST(Counted, UnsharesBeforeItIsWritten) {
  holdfast::map<std::string, holdfast::counted<user>> users;
  holdfast::counted<user> shared(user{.age = 7});
  users["ann"] = shared;
  users["bob"] = shared;
  EXPECT_EQ(shared.use_count(), 3U);
  EXPECT_EQ(alias_audit(users).groups.at(0).holders, 3);
  users["ann"].write().age = 8;
  EXPECT_EQ(users["ann"]->age, 8);
  EXPECT_EQ(users["bob"]->age, 7);
  EXPECT_EQ(shared.use_count(), 2U);
  EXPECT_TRUE(alias_audit(users).found_none());
  const user* const before = users["ann"].get();
  users["ann"].write().age = 9;
  EXPECT_EQ(users["ann"].get(), before);
}

// covers hf.alias.counted
TEST(Counted, CountsItsHoldersExactly) {
  auto alive = std::make_shared<int>(1);
  {
    holdfast::counted<std::shared_ptr<int>> first(alive);
    EXPECT_EQ(alive.use_count(), 2);
    auto second = first;
    auto third = std::move(second);
    EXPECT_EQ(first.use_count(), 2U);
    EXPECT_EQ(second.use_count(), 0U);
    second = third = first;
    EXPECT_EQ(first.use_count(), 3U);
    third = nullptr;
    first = first;
    EXPECT_EQ(first.use_count(), 2U);
    EXPECT_EQ(alive.use_count(), 2);
  }
  EXPECT_EQ(alive.use_count(), 1);
}

TEST(AliasText, NamesObjectsKeysAndHolders) {
  const auto shared = std::make_shared<user>();
  const std::map<std::string, std::shared_ptr<user>> users = {{"ann", shared}, {"a \"b\"\n", shared}};
  const auto text = alias_text(alias_audit(users));
  EXPECT_THAT(text,
              HasSubstr("2 entries, 0 without an object: 1 object under more than one key, 0 inside another one\n"));
  EXPECT_THAT(text, HasSubstr("(20 bytes) is under \"a \\\"b\\\"\\u000a\", \"ann\", and 1 holder elsewhere\n"));
}

TEST(AliasText, ShowsTheFirstSixteenKeys) {
  user ann;
  std::map<int, user*> users;
  for (int i = 0; i < 20; ++i) users[i] = &ann;
  const auto text = alias_text(alias_audit(users));
  EXPECT_THAT(text, HasSubstr("\"15\" and 4 more\n"));
}

TEST(AliasText, TellsAnInsideWithItsOffset) {
  static const std::string text = "abcdef";
  const std::map<char, std::string_view> parts = {{'a', text}, {'b', std::string_view(text).substr(1, 1)}};
  const auto told = alias_text(alias_audit(parts), [](char key) { return std::string(1, key); });
  EXPECT_THAT(told, HasSubstr("(1 byte) under \"b\" is 1 byte into "));
  EXPECT_THAT(told, HasSubstr("(6 bytes) under \"a\"\n"));
}

TEST(AliasJson, HasEverythingThatTheReportHas) {
  holdfast::alias_report<int> report;
  report.entries = 7;
  report.without_object = 1;
  report.groups.push_back({reinterpret_cast<const void*>(0x10), 0, 0, {1, 2}});
  report.groups.push_back({reinterpret_cast<const void*>(0x20), 8, 3, {3, 4}});
  report.inside.push_back({reinterpret_cast<const void*>(0x34), 2, {5}, reinterpret_cast<const void*>(0x30), 8, {6}});
  EXPECT_EQ(alias_json(report),
            "{\"format\": \"holdfast-alias-audit-1\", \"entries\": 7, \"without_object\": 1, "
            "\"groups\": [{\"object\": \"0x10\", \"bytes\": null, \"holders\": null, \"keys\": [\"1\", \"2\"]}, "
            "{\"object\": \"0x20\", \"bytes\": 8, \"holders\": 3, \"keys\": [\"3\", \"4\"]}], "
            "\"inside\": [{\"object\": \"0x34\", \"bytes\": 2, \"keys\": [\"5\"], \"offset\": 4, "
            "\"outer_object\": \"0x30\", \"outer_bytes\": 8, \"outer_keys\": [\"6\"]}]}\n");
}

}  // namespace
