// The words that a pointer_cache shares with all maps for many threads, where its answers are its own: pins, known
// absence, time.
#include <holdfast/concurrent/pointer_cache.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "tests/unit/concurrent/cached_object.hpp"

namespace {

using holdfast::pointer_cache;
using holdfast::tests::cached_object;
using holdfast::tests::hand_clock;
using holdfast::tests::settle_cache;

using cache = pointer_cache<int, cached_object>;

TEST(PointerCacheWords, LoadOrStoreLeavesItsValueAloneIfThereIsAnObject) {
  pointer_cache<int, std::string> all({.time_of_absence = std::chrono::hours(1)});
  auto one = std::make_unique<std::string>("one");
  const auto first = all.load_or_store(1, std::move(one));
  EXPECT_FALSE(first.loaded);
  EXPECT_EQ(*first.value, "one");
  auto two = std::make_unique<std::string>("two");
  const auto second = all.load_or_store(1, std::move(two));
  EXPECT_TRUE(second.loaded);
  EXPECT_EQ(second.value.get(), first.value.get());
  ASSERT_TRUE(two) << "it was not needed, so it is still the caller's";
  all.store(1, nullptr);
  EXPECT_TRUE(all.knows_absent(1));
  EXPECT_FALSE(all.load_or_store(1, std::move(two)).loaded) << "known absence is no object";
  EXPECT_EQ(*all.load(1), "two");
  const auto nothing = all.load_or_store(2, std::unique_ptr<std::string>());
  EXPECT_FALSE(nothing.loaded);
  EXPECT_FALSE(nothing.value);
}

TEST(PointerCacheWords, ExchangeGivesTheObjectThatWasThere) {
  int alive = 0;
  {
    cache all({.capacity = 10});
    EXPECT_FALSE(all.exchange(1, std::make_unique<cached_object>(1, alive)));
    const auto first = all.load(1);
    const auto before = all.exchange(1, std::make_unique<cached_object>(2, alive));
    EXPECT_EQ(before.get(), first.get());
    EXPECT_EQ(before->number(), 1);
    EXPECT_EQ(all.load(1)->number(), 2);
    EXPECT_EQ(all.exchange(1, nullptr)->number(), 2) << "nothing in its place erases";
    EXPECT_EQ(all.size(), 0U);
    EXPECT_EQ(all.stats().replaced, 1U);
    EXPECT_EQ(all.stats().erased, 1U);
  }
  settle_cache();
  EXPECT_EQ(alive, 0);
}

TEST(PointerCacheWords, AlterDecidesEachOfTheFourCases) {
  pointer_cache<int, std::string> all({.capacity = 10});
  EXPECT_FALSE(all.alter(1, [](const std::string* there) {
    EXPECT_EQ(there, nullptr);
    return std::unique_ptr<std::string>();
  }));
  EXPECT_TRUE(all.alter(1, [](const std::string* there) {
    EXPECT_EQ(there, nullptr);
    return std::make_shared<std::string>("one");
  }));
  const auto one = all.load(1);
  EXPECT_TRUE(all.alter(1, [](const std::string* there) { return std::optional(*there + "!"); }));
  EXPECT_EQ(*all.load(1), "one!");
  EXPECT_EQ(*one, "one");
  EXPECT_FALSE(all.alter(1, [](const std::string*) { return std::optional<std::string>(); }));
  EXPECT_FALSE(all.load(1));
}

// covers hf.cache.atomic
TEST(PointerCacheWords, AlterBeginsAgainWhenAnotherWroteTheKey) {
  pointer_cache<int, int> all;
  for (const bool is_there : {false, true}) {
    all.erase(1);
    if (is_there) all.store(1, 1);
    int calls = 0;
    EXPECT_TRUE(all.alter(1, [&](const int* there) {
      if (++calls == 1) all.store(1, 10);
      return std::optional(there == nullptr ? 100 : *there + 1);
    }));
    EXPECT_EQ(calls, 2);
    EXPECT_EQ(*all.load(1), 11);
    calls = 0;
    EXPECT_FALSE(all.alter(1, [&](const int* there) {
      if (++calls == 1) all.store(1, 20);
      EXPECT_EQ(*there, calls == 1 ? 11 : 20);
      return std::optional<int>();
    }));
    EXPECT_EQ(calls, 2) << "an erasure too is of what was seen";
  }
}

TEST(PointerCacheWords, VisitManyAndPinCountAsUses) {
  pointer_cache<std::string, int> all({.capacity = 10});
  all.store("one", 1);
  all.store("two", 2);
  int sum = 0;
  const std::vector<std::string_view> keys{"two", "three", "one", "two"};
  EXPECT_EQ(all.visit_many(keys, [&](const std::string&, int value) { sum += value; }), 3U);
  EXPECT_EQ(sum, 5);
  EXPECT_EQ(*all.pin("one"), 1);
  EXPECT_EQ(all.stats().hits, 4U);
  EXPECT_EQ(all.stats().misses, 1U);
}

TEST(PointerCacheWords, ASnapshotHasNothingThatIsOverOrKnownAbsent) {
  hand_clock time;
  pointer_cache<int, int> all({.time_to_live = std::chrono::nanoseconds(10),
                               .time_of_absence = std::chrono::nanoseconds(100),
                               .clock = [&] { return time.now; }});
  all.store(1, 10);
  time.now = std::chrono::nanoseconds(8);
  all.store(2, 20);
  all.store(3, nullptr);
  EXPECT_EQ(all.snapshot().size(), 2U);
  time.now = std::chrono::nanoseconds(12);
  const auto left = all.snapshot();
  ASSERT_EQ(left.size(), 1U);
  EXPECT_EQ(left.front(), std::pair(2, 20));
  EXPECT_FALSE(all.audit());
}

}  // namespace
