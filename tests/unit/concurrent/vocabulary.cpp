// Each word of the vocabulary does what it says, on every map for many threads, used by one thread.
#include <holdfast/concurrent/concurrent_map.hpp>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "tests/unit/concurrent/faces.hpp"

namespace {

using holdfast::tests::face_names;
using holdfast::tests::faces;

template <class Face>
class ConcurrentVocabulary : public testing::Test {};
TYPED_TEST_SUITE(ConcurrentVocabulary, faces, face_names);

// covers hf.concurrent.vocabulary
TYPED_TEST(ConcurrentVocabulary, IsSpokenAsFarAsTheValuesAllow) {
  struct moves_only {
    moves_only(moves_only&&) = default;
    moves_only& operator=(moves_only&&) = default;
  };
  EXPECT_TRUE((holdfast::concurrent_map<typename TypeParam::template map<int, int>>));
  EXPECT_TRUE((holdfast::concurrent_map<typename TypeParam::template map<std::string, std::string>>));
  EXPECT_TRUE((holdfast::concurrent_map<typename TypeParam::template map<int, moves_only>>));
  EXPECT_TRUE((!holdfast::concurrent::copies<typename TypeParam::template map<int, moves_only>>));
  EXPECT_TRUE((!holdfast::concurrent::compares<typename TypeParam::template map<int, moves_only>>));
}

// covers hf.concurrent.vocabulary
TEST(ConcurrentVocabularyOfPins, IsSpokenByAPointerCache) {
  EXPECT_TRUE((holdfast::concurrent_map<holdfast::pointer_cache<int, int>>));
  EXPECT_TRUE((holdfast::concurrent_map<holdfast::pointer_cache<std::string, std::string>>));
  EXPECT_TRUE((holdfast::concurrent_map<holdfast::pointer_cache<int, std::unique_ptr<int>>>));
  EXPECT_FALSE((holdfast::concurrent_map<std::vector<int>>));
}

// contract T87 LoadEmpty
TYPED_TEST(ConcurrentVocabulary, FindsNothingInAnEmptyMap) {
  typename TypeParam::template map<int, int> map;
  EXPECT_EQ(map.load(1), std::nullopt);
  EXPECT_FALSE(map.pin(1));
  EXPECT_FALSE(map.visit(1, [](int) { FAIL(); }));
  EXPECT_FALSE(map.erase(1));
  EXPECT_EQ(map.load_and_erase(1), std::nullopt);
  EXPECT_FALSE(map.compare_erase(1, 0));
  EXPECT_EQ(map.size(), 0U);
  EXPECT_TRUE(map.empty());
  EXPECT_TRUE(map.snapshot().empty());
  map.for_each([](int, int) { FAIL(); });
}

TYPED_TEST(ConcurrentVocabulary, StoresAndFinds) {
  typename TypeParam::template map<int, int> map;
  for (int key = 0; key < 1000; ++key) map.store(key, -key);
  for (int key = 0; key < 1000; key += 2) map.store(key, key);
  for (int key = 0; key < 1000; ++key) {
    const int value = key % 2 == 0 ? key : -key;
    ASSERT_EQ(map.load(key), value);
    ASSERT_EQ(*map.pin(key), value);
    int seen = 1;
    ASSERT_TRUE(map.visit(key, [&](const int& there) { seen = there; }));
    ASSERT_EQ(seen, value);
  }
  EXPECT_EQ(map.load(1000), std::nullopt);
  EXPECT_EQ(map.size(), 1000U);
  EXPECT_FALSE(map.empty());
}

// contract S9
TYPED_TEST(ConcurrentVocabulary, LoadOrStoreTellsWhichOfTheTwoItDid) {
  typename TypeParam::template map<int, int> map;
  EXPECT_EQ(map.load_or_store(7, 70), (holdfast::load_or_store_result<int>{70, false}));
  EXPECT_EQ(map.load_or_store(7, 71), (holdfast::load_or_store_result<int>{70, true}));
  EXPECT_EQ(map.load(7), 70);
}

TYPED_TEST(ConcurrentVocabulary, LoadOrMakeMakesOnlyWhatIsAbsent) {
  typename TypeParam::template map<int, int> map;
  int made = 0;
  const auto make = [&] { return ++made; };
  EXPECT_EQ(map.load_or_make(7, make), (holdfast::load_or_store_result<int>{1, false}));
  EXPECT_EQ(map.load_or_make(7, make), (holdfast::load_or_store_result<int>{1, true}));
  EXPECT_EQ(made, 1);
  EXPECT_EQ(map.load_or_make(8, make), (holdfast::load_or_store_result<int>{2, false}));
}

// contract S9, T90
TYPED_TEST(ConcurrentVocabulary, ExchangeStoresInAnyCaseAndTellsWhatWas) {
  typename TypeParam::template map<int, int> map;
  EXPECT_EQ(map.exchange(7, 1), std::nullopt);
  EXPECT_EQ(map.exchange(7, 2), 1);
  EXPECT_EQ(map.exchange(7, 2), 2);
  EXPECT_EQ(map.load(7), 2);
}

// contract S10, T84
TYPED_TEST(ConcurrentVocabulary, AnAbsentKeyEqualsNothing) {
  typename TypeParam::template map<int, std::optional<int>> map;
  EXPECT_FALSE(map.compare_exchange(7, std::nullopt, 1));
  EXPECT_FALSE(map.compare_erase(7, std::nullopt));
  EXPECT_TRUE(map.empty());
  map.store(7, std::nullopt);
  EXPECT_TRUE(map.compare_exchange(7, std::nullopt, 1));
}

TYPED_TEST(ConcurrentVocabulary, CompareExchangeStoresOnlyOverWhatIsExpected) {
  typename TypeParam::template map<int, int> map;
  map.store(7, 1);
  EXPECT_FALSE(map.compare_exchange(7, 2, 3));
  EXPECT_EQ(map.load(7), 1);
  EXPECT_TRUE(map.compare_exchange(7, 1, 3));
  EXPECT_FALSE(map.compare_exchange(7, 1, 4));
  EXPECT_EQ(map.load(7), 3);
}

TYPED_TEST(ConcurrentVocabulary, CompareEraseErasesOnlyWhatIsExpected) {
  typename TypeParam::template map<int, int> map;
  map.store(7, 1);
  EXPECT_FALSE(map.compare_erase(7, 2));
  EXPECT_EQ(map.load(7), 1);
  EXPECT_TRUE(map.compare_erase(7, 1));
  EXPECT_FALSE(map.compare_erase(7, 1));
  EXPECT_EQ(map.load(7), std::nullopt);
}

TYPED_TEST(ConcurrentVocabulary, ErasesOnce) {
  typename TypeParam::template map<int, int> map;
  map.store(7, 1);
  map.store(8, 2);
  EXPECT_TRUE(map.erase(7));
  EXPECT_FALSE(map.erase(7));
  EXPECT_EQ(map.load_and_erase(8), 2);
  EXPECT_EQ(map.load_and_erase(8), std::nullopt);
  EXPECT_TRUE(map.empty());
}

TYPED_TEST(ConcurrentVocabulary, AlterDecidesEachOfTheFourCases) {
  typename TypeParam::template map<int, int> map;
  EXPECT_FALSE(map.alter(7, [](const int* old) {
    EXPECT_EQ(old, nullptr);
    return std::optional<int>();
  }));
  EXPECT_EQ(map.load(7), std::nullopt);
  EXPECT_TRUE(map.alter(7, [](const int* old) { return old == nullptr ? std::optional(1) : std::nullopt; }));
  EXPECT_EQ(map.load(7), 1);
  EXPECT_TRUE(map.alter(7, [](const int* old) { return std::optional(*old + 1); }));
  EXPECT_EQ(map.load(7), 2);
  EXPECT_FALSE(map.alter(7, [](const int* old) { return *old == 2 ? std::optional<int>() : 9; }));
  EXPECT_TRUE(map.empty());
}

// contract S12
TYPED_TEST(ConcurrentVocabulary, ForEachShowsEveryEntryOnceUntilItIsStopped) {
  typename TypeParam::template map<int, int> map;
  for (int key = 0; key < 500; ++key) map.store(key, 2 * key);
  std::set<int> seen;
  map.for_each([&](const int& key, const int& value) {
    EXPECT_EQ(value, 2 * key);
    EXPECT_TRUE(seen.insert(key).second) << key << " came twice";
  });
  EXPECT_EQ(seen.size(), 500U);
  int shown = 0;
  map.for_each([&](int, int) { return ++shown < 10; });
  EXPECT_EQ(shown, 10);
}

TYPED_TEST(ConcurrentVocabulary, VisitManyShowsWhatIsThere) {
  typename TypeParam::template map<int, int> map;
  for (int key = 0; key < 100; ++key) map.store(key, 2 * key);
  const std::vector<int> keys{5, 300, 7, 7, 99, -1, 0};
  std::vector<int> seen;
  const std::size_t found = map.visit_many(keys, [&](const int& key, const int& value) {
    EXPECT_EQ(value, 2 * key);
    seen.push_back(key);
  });
  std::sort(seen.begin(), seen.end());
  EXPECT_EQ(seen, (std::vector<int>{0, 5, 7, 7, 99}));
  EXPECT_EQ(found, 5U);
  EXPECT_EQ(map.visit_many(std::vector<int>{}, [](int, int) { FAIL(); }), 0U);
}

TYPED_TEST(ConcurrentVocabulary, ASnapshotHasEverything) {
  typename TypeParam::template map<int, int> map;
  std::vector<std::pair<int, int>> all;
  for (int key = 0; key < 300; ++key) {
    map.store(key, key + 1);
    all.emplace_back(key, key + 1);
  }
  auto copy = map.snapshot();
  std::sort(copy.begin(), copy.end());
  EXPECT_EQ(copy, all);
}

// contract S13, T87 Clear
TYPED_TEST(ConcurrentVocabulary, ClearLeavesNothingAndTheMapGoesOn) {
  typename TypeParam::template map<int, int> map;
  for (int round = 0; round < 3; ++round) {
    for (int key = 0; key < 300; ++key) map.store(key, key);
    map.clear();
    ASSERT_TRUE(map.empty());
    ASSERT_EQ(map.load(5), std::nullopt);
    ASSERT_TRUE(map.snapshot().empty());
  }
  map.clear();
  map.store(5, 6);
  EXPECT_EQ(map.load(5), 6);
}

TYPED_TEST(ConcurrentVocabulary, ReservedRoomChangesNothingThatIsThere) {
  typename TypeParam::template map<int, int> map;
  map.store(1, 2);
  map.reserve(10'000);
  EXPECT_EQ(map.load(1), 2);
  for (int key = 0; key < 10'000; ++key) map.store(key, key);
  EXPECT_EQ(map.size(), 10'000U);
  EXPECT_EQ(map.stats().entries, 10'000U);
}

// covers hf.concurrent.lookup-without-temporary
TYPED_TEST(ConcurrentVocabulary, TextsAreFoundByWhateverSpellsThem) {
  typename TypeParam::template map<std::string, int> map;
  using namespace std::string_view_literals;
  map.store("ann", 1);
  map.store("bob"sv, 2);
  std::string name = "carl, whose name does not fit into a short string";
  map.store(name, 3);
  map.store(std::move(name), 4);
  EXPECT_EQ(map.size(), 3U);
  EXPECT_EQ(map.load("ann"), 1);
  EXPECT_EQ(map.load("bob"sv), 2);
  EXPECT_EQ(*map.pin("ann"sv), 1);
  EXPECT_TRUE(map.visit("ann", [](int) {}));
  EXPECT_EQ(map.exchange("ann"sv, 5), 1);
  EXPECT_TRUE(map.compare_exchange("ann", 5, 6));
  EXPECT_FALSE(map.compare_erase("ann"sv, 5));
  EXPECT_EQ(map.load_or_store("ann"sv, 7).value, 6);
  EXPECT_EQ(map.load_or_make("dora"sv, [] { return 8; }).value, 8);
  EXPECT_TRUE(map.alter("dora", [](const int* old) { return std::optional(*old + 1); }));
  EXPECT_EQ(map.visit_many(std::vector{"ann"sv, "dora"sv, "eve"sv}, [](const std::string&, int) {}), 2U);
  EXPECT_EQ(map.load_and_erase("dora"), 9);
  EXPECT_TRUE(map.erase("bob"sv));
}

TYPED_TEST(ConcurrentVocabulary, WhatConvertsToAKeyIsTaken) {
  typename TypeParam::template map<std::uint64_t, int> map;
  map.store(1, 10);
  map.store(std::uint8_t{2}, 20);
  EXPECT_EQ(map.load(1), 10);
  EXPECT_EQ(map.load(2L), 20);
  EXPECT_EQ(map.visit_many(std::vector<int>{1, 2, 3}, [](std::uint64_t, int) {}), 2U);
  EXPECT_TRUE(map.erase(1));
}

struct place_on_map {
  int x;
  int y;
  friend bool operator==(const place_on_map&, const place_on_map&) = default;
};
struct place_hash {
  std::size_t operator()(const place_on_map& place) const noexcept {
    return static_cast<std::size_t>(place.x) * 31 + static_cast<std::size_t>(place.y);
  }
};

TYPED_TEST(ConcurrentVocabulary, KeysOfAProgramNeedAHashAndEquality) {
  typename TypeParam::template map<place_on_map, std::string, place_hash> map;
  for (int x = 0; x < 30; ++x) {
    for (int y = 0; y < 30; ++y) map.store(place_on_map{x, y}, std::to_string(x * y));
  }
  EXPECT_EQ(map.size(), 900U);
  EXPECT_EQ(map.load({7, 8}), "56");
  EXPECT_EQ(map.load({7, 30}), std::nullopt);
  map.store({7, 8}, "here");
  EXPECT_TRUE(map.erase({7, 7}));
  EXPECT_EQ(*map.pin({7, 8}), "here");
}

TYPED_TEST(ConcurrentVocabulary, APinCanBeMovedGivenAwayAndReleased) {
  typename TypeParam::template map<int, std::string> map;
  map.store(1, "one");
  auto first = map.pin(1);
  ASSERT_TRUE(first);
  EXPECT_EQ(*first, "one");
  EXPECT_EQ(first->size(), 3U);
  auto second = std::move(first);
  EXPECT_EQ(*second, "one");
  EXPECT_EQ(*second.get(), "one");
  // Released by another thread than the one that made it.
  std::thread([taken = std::move(second)] { EXPECT_EQ(*taken, "one"); }).join();
  map.store(1, "uno");
  decltype(map.pin(1)) none;
  EXPECT_FALSE(none);
  none = map.pin(1);
  EXPECT_EQ(*none, "uno");
  none.reset();
  EXPECT_FALSE(none);
  EXPECT_TRUE(map.erase(1));
}

// contract T83: what is noted down while walking and done afterwards, where a callback may not use the map
TYPED_TEST(ConcurrentVocabulary, AWalkMayEmptyTheMap) {
  typename TypeParam::template map<int, int> map;
  for (int key = 0; key < 30; ++key) map.store(key, key);
  if constexpr (TypeParam::callbacks_may_use_the_map) {
    map.for_each([&](const int& outer, const int&) {
      map.for_each([&](const int& inner, const int&) {
        if (inner == outer) return true;
        (void)map.load_or_store(inner, 5);
        map.store(100 + outer, outer);
        (void)map.load_and_erase(inner);
        return map.erase(100 + outer);
      });
      map.erase(outer);
    });
  } else {
    std::vector<int> noted;
    map.for_each([&](const int& key, const int&) { noted.push_back(key); });
    for (const int key : noted) map.erase(key);
  }
  EXPECT_TRUE(map.empty());
}

}  // namespace
