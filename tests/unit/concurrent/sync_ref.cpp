// A reference to an entry of a sync_map gives what its key has, or says what has become of it.
#include <holdfast/concurrent/sync_ref.hpp>

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <holdfast/base/sync/thread_id.hpp>
#include <holdfast/concurrent/sync_map.hpp>

#include "tests/unit/concurrent/hashes.hpp"
#include "tests/unit/map/counting_allocator.hpp"

namespace {

using holdfast::cause;
using holdfast::cause_record;
using holdfast::checked_sync_map;
using holdfast::stale_reference;
using holdfast::sync_ref;
using holdfast::when_stale;
using holdfast::tests::counting_allocator;
using holdfast::tests::ledger;

using texts = checked_sync_map<std::string, std::string>;

cause_record by_me(cause what, std::uint64_t operation) { return {what, operation, holdfast::this_thread_id()}; }

// covers hf.concurrent.ref-never-dangles
TEST(SyncRef, GivesTheValueUnderItsKeyHeld) {
  texts map;
  map.store("ann", "one");
  const auto ann = map.ref("ann");
  const auto held = ann.pin();
  ASSERT_TRUE(held);
  EXPECT_EQ(held.get(), map.pin("ann").get());
  EXPECT_FALSE(ann.expired());
  EXPECT_EQ(ann.why(), cause_record());
  EXPECT_EQ(ann.explain(), "");
  map.erase("ann");
  EXPECT_EQ(*held, "one");
}

TEST(SyncRef, OfAnAbsentKeyIsEmpty) {
  texts map;
  EXPECT_FALSE(map.ref("ann"));
  map.store("bob", "");
  const auto ann = map.ref("ann");
  EXPECT_FALSE(ann);
  EXPECT_FALSE(ann.pin());
  EXPECT_TRUE(ann.expired());
  EXPECT_EQ(ann.why(), cause_record());
  EXPECT_EQ(ann.explain(),
            "stale reference to a map: the reference is empty: the key was not there when it was made; "
            "test it before it is used");
}

// covers hf.concurrent.ref-tells
TEST(SyncRef, TellsWhatEndedIt) {
  texts map;
  map.name("sessions");
  EXPECT_EQ(map.name(), "sessions");
  map.store("ann", "one");
  const auto first = map.ref("ann");
  map.store("ann", "two");
  const auto second = map.ref("ann");
  EXPECT_EQ(first.why(), by_me(cause::overwritten, 1));
  map.erase("ann");
  EXPECT_EQ(second.why(), by_me(cause::erased, 2));
  map.store("ann", "three");
  const auto third = map.ref("ann");
  map.clear();
  EXPECT_EQ(third.why(), by_me(cause::map_cleared, 3));
  EXPECT_EQ(first.why(), by_me(cause::overwritten, 1));
  for (const auto& one : {first, second, third}) {
    EXPECT_FALSE(one.pin());
    EXPECT_TRUE(one.expired());
    EXPECT_TRUE(one);
  }
  EXPECT_EQ(second.explain(), "stale reference to map \"sessions\": entry erased by operation #2 on thread " +
                                  std::to_string(holdfast::this_thread_id()) +
                                  "; look the key up again and see whether it is there");
}

// covers hf.concurrent.ref-tells
TEST(SyncRef, IsEndedByEveryWordThatWrites) {
  checked_sync_map<int, int> map;
  const auto after = [&](auto write) {
    map.store(1, 10);
    const auto one = map.ref(1);
    write();
    EXPECT_FALSE(one.pin());
    return one.why().what();
  };
  EXPECT_EQ(after([&] { map.store(1, 10); }), cause::overwritten);  // another object, though equal
  EXPECT_EQ(after([&] { (void)map.exchange(1, 2); }), cause::overwritten);
  EXPECT_EQ(after([&] { (void)map.compare_exchange(1, 10, 2); }), cause::overwritten);
  EXPECT_EQ(after([&] { map.alter(1, [](const int*) { return std::optional(2); }); }), cause::overwritten);
  EXPECT_EQ(after([&] { map.alter(1, [](const int*) { return std::optional<int>(); }); }), cause::erased);
  EXPECT_EQ(after([&] { map.compare_erase(1, 10); }), cause::erased);
  EXPECT_EQ(after([&] { (void)map.load_and_erase(1); }), cause::erased);
}

TEST(SyncRef, IsNotEndedByWhatChangesNothing) {
  checked_sync_map<int, int> map;
  map.store(1, 10);
  const auto one = map.ref(1);
  (void)map.load_or_store(1, 2);
  (void)map.load_or_make(1, [] { return 2; });
  EXPECT_FALSE(map.compare_exchange(1, 3, 2));
  EXPECT_FALSE(map.compare_erase(1, 3));
  map.erase(2);
  map.store(2, 2);
  EXPECT_EQ(*one.at(), 10);
}

// covers hf.concurrent.ref-never-dangles
TEST(SyncRef, IsNotRevivedByTheSameValueUnderTheSameKey) {
  checked_sync_map<int, int> map;
  map.store(1, 10);
  const auto one = map.ref(1);
  for (int n = 0; n < 1000; ++n) {
    map.erase(1);
    map.store(1, 10);
    ASSERT_FALSE(one.pin());
  }
  EXPECT_EQ(one.why(), by_me(cause::erased, 1));
  EXPECT_NE(one, map.ref(1));
}

// covers hf.concurrent.ref-never-dangles
TEST(SyncRef, GoesThroughGrowth) {
  checked_sync_map<int, int> map;
  std::vector<sync_ref<int>> all;
  for (int key = 0; key < 5000; ++key) {
    map.store(key, key);
    all.push_back(map.ref(key));
  }
  for (int key = 0; key < 5000; ++key) ASSERT_EQ(*all[static_cast<std::size_t>(key)].at(), key);
  EXPECT_FALSE(map.audit());
}

// In chains, where a slot of an overflow line is what ends.
// covers hf.concurrent.ref-ends-with-entry
TEST(SyncRef, KnowsEntriesOfChains) {
  checked_sync_map<int, int, when_stale::raises, holdfast::tests::same_hash> map;
  std::vector<sync_ref<int>> all;
  for (int key = 0; key < 40; ++key) map.store(key, key);
  for (int key = 0; key < 40; ++key) all.push_back(map.ref(key));
  for (int key = 0; key < 40; key += 2) map.erase(key);
  for (int key = 1; key < 40; key += 4) map.store(key, -key);
  for (int key = 0; key < 40; ++key) {
    const auto& one = all[static_cast<std::size_t>(key)];
    ASSERT_EQ(static_cast<bool>(one.pin()), key % 4 == 3) << key;
    if (key % 4 == 3) continue;
    ASSERT_EQ(one.why().what(), key % 2 == 0 ? cause::erased : cause::overwritten) << key;
  }
}

// covers hf.concurrent.ref-outlives-map
TEST(SyncRef, OutlivesItsMap) {
  sync_ref<std::string> one;
  sync_ref<std::string> erased;
  {
    texts map;
    map.name("short");
    map.store("ann", "one");
    map.store("bob", "two");
    one = map.ref("ann");
    erased = map.ref("bob");
    map.erase("bob");
    EXPECT_TRUE(one.pin());
  }
  EXPECT_FALSE(one.pin());
  EXPECT_EQ(one.why(), by_me(cause::map_destroyed, 2));
  EXPECT_EQ(erased.why(), by_me(cause::erased, 1));
  EXPECT_NE(one.explain().find("map \"short\": map destroyed by operation #2"), std::string::npos) << one.explain();
}

TEST(SyncRef, SharesOneWatchForEachEntry) {
  texts map;
  map.store("ann", "one");
  map.store("bob", "two");
  const auto one = map.ref("ann");
  auto copy = one;
  EXPECT_EQ(one, map.ref("ann"));
  EXPECT_EQ(one, copy);
  EXPECT_NE(one, map.ref("bob"));
  const auto moved = std::move(copy);
  EXPECT_EQ(one, moved);
  copy = map.ref("bob");
  EXPECT_EQ(*copy.at(), "two");
  copy = nullptr;
  EXPECT_FALSE(copy);
}

TEST(SyncRef, CallsWithTheValueHeld) {
  texts map;
  map.store("ann", "one");
  const auto one = map.ref("ann");
  std::string seen;
  EXPECT_TRUE(one.with([&](const std::string& value) {
    map.erase("ann");
    seen = value;
  }));
  EXPECT_EQ(seen, "one");
  EXPECT_FALSE(one.with([](const std::string&) { FAIL(); }));
}

// covers hf.concurrent.ref-policies
TEST(SyncRef, RaisesWhereThePolicySaysSo) {
  texts map;
  map.store("ann", "one");
  const auto one = map.ref("ann");
  EXPECT_EQ(*one.at(), "one");
  map.clear();
  try {
    (void)one.at();
    FAIL();
  } catch (const stale_reference& told) {
    EXPECT_EQ(told.why(), by_me(cause::map_cleared, 1));
    EXPECT_EQ(std::string(told.what()), "holdfast: " + one.explain());
  }
  EXPECT_THROW((void)map.ref("ann").at(), stale_reference);
  EXPECT_FALSE(one.at<when_stale::null>());
}

// covers hf.concurrent.ref-policies
TEST(SyncRef, AnswersNullWhereThePolicySaysSo) {
  checked_sync_map<int, int, when_stale::null> map;
  map.store(1, 1);
  const auto one = map.ref(1);
  static_assert(noexcept(one.at()));
  map.erase(1);
  EXPECT_FALSE(one.at());
}

// covers hf.concurrent.allocator-respected
TEST(SyncRef, TakesItsMemoryFromTheMapsAllocator) {
  using allocator = counting_allocator<std::pair<const int, int>>;
  ledger book;
  sync_ref<int> longest;
  {
    holdfast::sync_map<int, int, holdfast::hash<int>, holdfast::equal_to<int>, allocator, holdfast::checked_entries<>>
        map{allocator(book)};
    for (int key = 0; key < 50; ++key) map.store(key, key);
    const auto before = book.allocations;
    longest = map.ref(3);
    EXPECT_GT(book.allocations, before);
    const auto after = book.allocations;
    (void)map.ref(3);
    EXPECT_EQ(book.allocations, after);
    map.erase(3);
  }
  holdfast::reclaim::default_domain().drain();
  EXPECT_GT(book.bytes, 0);
  EXPECT_LT(book.bytes, 400);  // a watch, the home, and how to free them
  longest = nullptr;
  EXPECT_EQ(book.bytes, 0);
}

TEST(SyncRef, MakesEntriesNodesWhateverTheirSize) {
  EXPECT_EQ(sizeof(holdfast::concurrent::entry_watch), 64U);
  checked_sync_map<int, int> map;
  map.store(1, 1);
  const auto held = map.pin(1);
  EXPECT_EQ(held.get(), map.pin(1).get());  // the entry's own place, not a copy
}

// covers hf.concurrent.ref-costs-others-nothing
TEST(SyncRef, AddsNothingToOtherMaps) {
  using key_type = std::uint64_t;
  struct wide {
    std::uint64_t words[2];
  };
  using hash = holdfast::hash<key_type>;
  using equal = holdfast::equal_to<key_type>;
  using memory = std::allocator<std::pair<const key_type, wide>>;
  using plain = holdfast::concurrent::sync_types<key_type, wide, hash, equal, memory>;
  using checked = holdfast::concurrent::sync_types<key_type, wide, hash, equal, memory, holdfast::checked_entries<>>;
  EXPECT_EQ(sizeof(holdfast::concurrent::sync_node<plain>), 40U);
  EXPECT_EQ(sizeof(holdfast::concurrent::sync_node<checked>), 48U);
  EXPECT_EQ(sizeof(holdfast::sync_map<key_type, wide>), 3 * sizeof(void*));
}

// covers hf.concurrent.ref-ends-with-entry
TEST(SyncRef, OfAnotherThreadNamesThatThread) {
  texts map;
  map.store("ann", "one");
  const auto one = map.ref("ann");
  std::uint32_t other = 0;
  std::thread([&] {
    other = holdfast::this_thread_id();
    map.erase("ann");
  }).join();
  EXPECT_EQ(one.why(), cause_record(cause::erased, 1, other));
}

}  // namespace
