// What sync_map promises beyond the common vocabulary: growth in order, pins, walks, flights, its own memory.
#include <holdfast/concurrent/sync_map.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <type_traits>
#include <vector>

#include <gtest/gtest.h>

#include "tests/unit/concurrent/hashes.hpp"
#include "tests/unit/map/counting_allocator.hpp"

namespace {

using holdfast::sync_map;
using holdfast::tests::counting_allocator;
using holdfast::tests::few_bits;
using holdfast::tests::ledger;
using holdfast::tests::same_hash;

template <class Map>
void expect_sound(const Map& map) {
  const auto fault = map.audit();
  EXPECT_FALSE(fault) << fault->invariant << ": " << fault->text;
}

// ---- the line -------------------------------------------------------------------------------------------

// contract: place_of against the definition of splitting in order
TEST(SyncMapLine, PlacesFollowTheOrderOfSplits) {
  for (std::uint64_t buckets = 1; buckets < 70; ++buckets) {
    std::uint64_t low = 1;
    while (low * 2 <= buckets) low *= 2;
    for (std::uint64_t hash = 0; hash < 300; ++hash) {
      const auto place = holdfast::concurrent::place_of(hash, buckets);
      const bool is_split = hash % low + low < buckets;
      EXPECT_EQ(place.number, is_split ? hash % (2 * low) : hash % low);
      EXPECT_EQ(place.mask, is_split ? 2 * low - 1 : low - 1);
      EXPECT_LT(place.number, buckets);
    }
  }
}

// covers hf.concurrent.reach-is-filled
TEST(SyncMapLine, WhatALookupReadsLeadsWhereSplitsHavePut) {
  using holdfast::concurrent::bucket_reach;
  using holdfast::concurrent::mask_for;
  for (std::uint64_t buckets = 1; buckets < 70; ++buckets) {
    for (std::uint64_t later = buckets; later < 140; ++later) {
      const bucket_reach old_mask{mask_for(buckets), later};
      for (std::uint64_t hash = 0; hash < 300; ++hash) {
        EXPECT_LT(old_mask.number_of(hash), later);
        if (mask_for(later) == mask_for(buckets)) {
          EXPECT_EQ(old_mask.number_of(hash), holdfast::concurrent::place_of(hash, later).number);
        }
      }
    }
    const bucket_reach mask_comes_first{mask_for(buckets + 1), buckets};  // stored just before the number that needs it
    for (std::uint64_t hash = 0; hash < 300; ++hash)
      EXPECT_EQ(mask_comes_first.number_of(hash), holdfast::concurrent::place_of(hash, buckets).number);
  }
}

TEST(SyncMapLine, TheMaskReachesTheLastBucketAndHalfOfItDoesNot) {
  holdfast::concurrent::basic_bucket_count<holdfast::sync::real_machine> count(0);
  count.begin_with(4);
  for (std::uint64_t number = 4; number < 64; ++number) {
    count.make_known(number);
    const auto reach = count.reach();
    EXPECT_EQ(reach.buckets, number + 1);
    EXPECT_EQ(reach.mask, holdfast::concurrent::mask_for(number + 1));
    EXPECT_EQ(reach.mask & (reach.mask + 1), 0U);
    EXPECT_GE(reach.mask, number);
    EXPECT_LT(reach.mask / 2, number);
  }
}

TEST(SyncMapLine, TagsAreNeitherVacantNorLinksAndAreFound) {
  using namespace holdfast::concurrent;
  for (std::uint64_t top = 0; top < 256; ++top) {
    const std::uint64_t tag = tag_of(top << 56);
    EXPECT_GT(tag, link_tag);
    for (unsigned place = 0; place < node_line::slots; ++place) {
      const std::uint64_t control = with_tag(lock_bit, place, tag);
      const tag_matches found(control, tags_of(top << 56), node_line::slots);
      ASSERT_TRUE(found);
      EXPECT_EQ(found.first(), place);
      EXPECT_EQ(without_tag(control, place), lock_bit);
      EXPECT_EQ(tag_matches(control, vacant_tag, node_line::slots).first(), place == 0 ? 1U : 0U);
    }
  }
  EXPECT_FALSE(tag_matches(~std::uint64_t{0}, vacant_tag, node_line::slots));
}

TEST(SyncMapLine, SignsKeepTheBitsThatSplitsAskFor) {
  using namespace holdfast::concurrent;
  const std::uint64_t hash = 0x9e3779b97f4a7c15;
  EXPECT_TRUE(leads_to_node(sign_of(0)));
  EXPECT_FALSE(leads_to_node(0));
  for (unsigned bit = 0; bit < 64; ++bit) {
    if (sign_has_bit(bit)) {
      EXPECT_EQ((sign_of(hash) & bit_in_word(bit)) != 0, (hash >> bit & 1) != 0) << bit;
    }
  }
}

TEST(SyncMapWalk, ReversesAllBits) {
  for (unsigned bit = 0; bit < 64; ++bit) EXPECT_EQ(holdfast::concurrent::reversed(1ULL << bit), 1ULL << (63 - bit));
}

// ---- growth ---------------------------------------------------------------------------------------------

// The hash is the key: the test decides which bucket, tag and sign an entry has.
struct chosen_hash {
  std::uint64_t operator()(std::uint64_t key, std::uint64_t) const noexcept { return key; }
};

// Too large for a bucket: its entries are nodes. A std::uint64_t lies in the bucket.
struct wide {
  wide(std::uint64_t n) : number(n) {}
  std::uint64_t number;
  std::uint64_t rest = 0;
  friend bool operator==(const wide&, const wide&) = default;
};
static_assert(std::is_same_v<sync_map<std::uint64_t, wide>::pin_type, holdfast::reclaim::pin<const wide>>);
static_assert(std::is_same_v<sync_map<std::uint64_t, std::uint64_t>::pin_type,
                             holdfast::concurrent::value_pin<const std::uint64_t>>);

template <class T, class Hash>
void grow_and_shrink(std::uint64_t entries) {
  sync_map<std::uint64_t, T, Hash> map;
  for (std::uint64_t key = 0; key < entries; ++key) {
    map.store(key, key);
    if (key % 13 == 0) expect_sound(map);
  }
  for (std::uint64_t key = 0; key < entries; ++key) ASSERT_EQ(map.load(key), T(key));
  EXPECT_EQ(map.load(entries), std::nullopt);
  EXPECT_EQ(map.size(), entries);
  for (std::uint64_t key = 0; key < entries; key += 2) ASSERT_TRUE(map.erase(key));
  expect_sound(map);
  for (std::uint64_t key = 0; key < entries; ++key) ASSERT_EQ(map.load(key).has_value(), key % 2 == 1);
}

// covers hf.concurrent.counted
// covers hf.concurrent.sign-tells-node, hf.concurrent.tag-matches-node, hf.concurrent.right-bucket
template <class T>
class SyncMapGrowthOf : public testing::Test {};
using kinds_of_value = testing::Types<std::uint64_t, wide>;
struct kind_names {
  template <class T>
  static std::string GetName(int) {
    return std::is_same_v<T, wide> ? "nodes" : "pairs";
  }
};
TYPED_TEST_SUITE(SyncMapGrowthOf, kinds_of_value, kind_names);

TYPED_TEST(SyncMapGrowthOf, KeepsEverythingUnderAGoodHash) { grow_and_shrink<TypeParam, holdfast::hash<std::uint64_t>>(3000); }
TYPED_TEST(SyncMapGrowthOf, KeepsEverythingUnderAConstantHash) { grow_and_shrink<TypeParam, same_hash>(300); }
TYPED_TEST(SyncMapGrowthOf, KeepsEverythingUnderAHashOfFewBits) { grow_and_shrink<TypeParam, few_bits>(600); }
TYPED_TEST(SyncMapGrowthOf, KeepsEverythingUnderAHashThatIsTheKey) { grow_and_shrink<TypeParam, chosen_hash>(3000); }

// Of nodes: from 8192 buckets on the sign decides, not the node.
TYPED_TEST(SyncMapGrowthOf, KeepsEverythingInManyBuckets) {
  sync_map<std::uint64_t, TypeParam> map;
  for (std::uint64_t key = 0; key < 70'000; ++key) map.store(key, key);
  EXPECT_GT(map.stats().buckets, 16'384U);
  expect_sound(map);
  for (std::uint64_t key = 0; key < 70'000; ++key) ASSERT_EQ(map.load(key), TypeParam(key));
}

// covers hf.concurrent.few-splits-a-write, hf.concurrent.buckets-only-grow
TYPED_TEST(SyncMapGrowthOf, SplitsAtMostFourBucketsAWriteAndKeepsUp) {
  sync_map<std::uint64_t, TypeParam> map;
  std::uint64_t before = 0;
  for (std::uint64_t key = 0; key < 5000; ++key) {
    map.store(key, 0);
    const std::uint64_t splits = map.stats().splits;
    ASSERT_GE(splits, before);
    ASSERT_LE(splits, before + 4);
    before = splits;
  }
  const auto stats = map.stats();
  const std::uint64_t wanted = std::is_same_v<TypeParam, wide> ? stats.entries * 2 / 7 : stats.entries / 4;
  EXPECT_GE(stats.buckets + 16, wanted);
  EXPECT_LE(stats.buckets, wanted + 16);
  // A bucket that is not split yet has twice the mean, about ten: thirty in one do not come together by chance.
  EXPECT_LE(stats.longest_chain, 8U);
}

// More threads than there are stripes of their own: the rest share one.
// covers hf.concurrent.counted
TYPED_TEST(SyncMapGrowthOf, CountsExactlyUnderMoreThreadsThanStripes) {
  constexpr std::uint64_t threads_at_once = 20;
  for (const std::uint64_t room : {0U, 5000U}) {
    sync_map<std::uint64_t, TypeParam> map;
    map.reserve(room);
    std::atomic<std::uint64_t> ready{0};
    std::vector<std::thread> threads;
    for (std::uint64_t thread = 0; thread < threads_at_once; ++thread) {
      threads.emplace_back([&, base = thread * 1000] {
        map.store(base, 0);
        for (++ready; ready.load() < threads_at_once;) std::this_thread::yield();
        for (int round = 0; round < 20; ++round) {
          for (std::uint64_t key = 1; key < 50; ++key) map.store(base + key, key);
          for (std::uint64_t key = 2; key < 50; ++key) EXPECT_TRUE(map.erase(base + key));
        }
      });
    }
    for (std::thread& one : threads) one.join();
    EXPECT_EQ(map.size(), 2 * threads_at_once);
    expect_sound(map);
  }
}

TYPED_TEST(SyncMapGrowthOf, ReservedRoomIsFilledWithoutGrowth) {
  sync_map<std::uint64_t, TypeParam> map;
  map.reserve(10'000);
  const auto before = map.stats();
  for (std::uint64_t key = 0; key < 10'000; ++key) map.store(key, 0);
  EXPECT_EQ(map.stats().splits, before.splits);
  EXPECT_EQ(map.stats().buckets, before.buckets);
}

// Overflow lines come with a crowd and go with it.
TYPED_TEST(SyncMapGrowthOf, ChainsGoWhenTheirEntriesDo) {
  sync_map<std::uint64_t, TypeParam, same_hash> map;
  for (std::uint64_t key = 0; key < 100; ++key) map.store(key, 0);
  EXPECT_GE(map.stats().overflow_lines, 15U);
  for (std::uint64_t key = 100; key-- > 0;) map.erase(key);
  EXPECT_EQ(map.stats().overflow_lines, 0U);
  expect_sound(map);
  map.store(5, 1);
  EXPECT_EQ(map.load(5), TypeParam(1));
}

// A bucket whose chain divides: what stays moves up, what is empty goes.
TYPED_TEST(SyncMapGrowthOf, ASplitTidiesTheChain) {
  sync_map<std::uint64_t, TypeParam, chosen_hash> map;
  for (std::uint64_t key = 0; key < 30; ++key) map.store(key << 8 | 1, 0);  // all in one bucket for long
  const auto crowded = map.stats();
  EXPECT_GE(crowded.overflow_lines, 4U);
  map.reserve(20'000);
  EXPECT_EQ(map.stats().overflow_lines, 0U);
  expect_sound(map);
  for (std::uint64_t key = 0; key < 30; ++key) ASSERT_TRUE(map.load(key << 8 | 1));
}

// ---- memory ---------------------------------------------------------------------------------------------

using counted_map = sync_map<std::uint64_t, std::string, holdfast::hash<std::uint64_t>,
                             holdfast::equal_to<std::uint64_t>, counting_allocator<std::pair<const std::uint64_t, std::string>>>;

// covers hf.concurrent.allocator-respected
TEST(SyncMapMemory, GrowsInSegmentsWithAnAllocatorOfTheUsers) {
  ledger book;
  {
    counted_map map{counted_map::allocator_type(book)};
    for (std::uint64_t key = 0; key < 8000; ++key) map.store(key, std::to_string(key));
    expect_sound(map);
    const auto stats = map.stats();
    EXPECT_FALSE(stats.in_place);
    EXPECT_GT(stats.buckets, 2000U);
    EXPECT_GT(book.bytes, static_cast<std::int64_t>(8000 * sizeof(std::string)));
    for (std::uint64_t key = 0; key < 8000; ++key) ASSERT_EQ(map.load(key), std::to_string(key));
  }
  EXPECT_EQ(book.bytes, 0);
}

TEST(SyncMapMemory, AnEmptyMapAllocatesNoBuckets) {
  ledger book;
  counted_map map{counted_map::allocator_type(book)};
  const auto before = book.allocations;
  EXPECT_FALSE(map.load(1));
  EXPECT_FALSE(map.erase(1));
  EXPECT_FALSE(map.compare_erase(1, ""));
  map.for_each([](auto&&...) { FAIL(); });
  map.clear();
  EXPECT_TRUE(map.snapshot().empty());
  EXPECT_EQ(book.allocations, before);
}

// covers hf.concurrent.overwrite-allocates-nothing
TEST(SyncMapMemory, NoneIsAskedForToWriteOverAWordBesideAText) {
  using words = sync_map<std::string, int, holdfast::hash<std::string>, holdfast::equal_to<std::string>,
                         counting_allocator<std::pair<const std::string, int>>>;
  ledger book;
  words map{words::allocator_type(book)};
  for (int key = 0; key < 500; ++key) map.store(std::to_string(key), key);
  const auto before = book.allocations;
  for (int key = 0; key < 500; ++key) {
    const std::string text = std::to_string(key);
    map.store(text, key + 1);
    EXPECT_EQ(map.exchange(text, key + 2), key + 1);
    EXPECT_TRUE(map.compare_exchange(text, key + 2, key + 3));
    EXPECT_FALSE(map.compare_exchange(text, key + 2, 0));
    EXPECT_TRUE(map.alter(text, [](const int* old) { return std::optional(*old + 1); }));
    EXPECT_EQ(map.load(text), key + 4);
  }
  EXPECT_EQ(book.allocations, before);
  map.store(std::to_string(500), 0);
  EXPECT_GT(book.allocations, before);
}

struct counted_value {
  explicit counted_value(int& count) : alive(&count) { ++*alive; }
  counted_value(const counted_value&) = delete;
  counted_value& operator=(const counted_value&) = delete;
  ~counted_value() { --*alive; }
  int* alive;
};

// covers hf.concurrent.pin-outlives
TEST(SyncMapPins, OutliveTheirMap) {
  int alive = 0;
  holdfast::reclaim::pin<const counted_value> held;
  {
    sync_map<int, counted_value> map;
    for (int key = 0; key < 10; ++key) (void)map.pin_or_make(key, [&] { return counted_value(alive); });
    held = map.pin(3);
    EXPECT_EQ(alive, 10);
  }
  EXPECT_EQ(alive, 1);
  EXPECT_EQ(held->alive, &alive);
  held.reset();
  holdfast::reclaim::default_domain().drain();
  EXPECT_EQ(alive, 0);
}

TEST(SyncMapPins, OutliveTheirMapAndItsAllocatorsHandle) {
  ledger book;
  holdfast::reclaim::pin<const std::string> held;
  {
    counted_map map{counted_map::allocator_type(book)};
    map.store(1, "a text that is too long to be kept inside the string");
    held = map.pin(1);
  }
  EXPECT_EQ(*held, "a text that is too long to be kept inside the string");
  EXPECT_GT(book.bytes, 0);
  held.reset();
  holdfast::reclaim::default_domain().drain();
  EXPECT_EQ(book.bytes, 0);
}

// contract H4
TEST(SyncMapPins, KeepWhatTheyWereGiven) {
  sync_map<int, std::string> map;
  map.store(1, "one");
  const auto held = map.pin(1);
  map.store(1, "uno");
  EXPECT_EQ(*held, "one");
  EXPECT_TRUE(map.erase(1));
  map.clear();
  EXPECT_EQ(*held, "one");
}

TEST(SyncMapMemory, MapsMayBeValuesOfMaps) {
  using inner = sync_map<int, std::string>;
  sync_map<int, std::unique_ptr<inner>> map;
  for (int key = 0; key < 20; ++key) {
    map.store(key, std::make_unique<inner>());
    map.visit(key, [&](const std::unique_ptr<inner>& at) {
      for (int n = 0; n < 50; ++n) at->store(n, std::to_string(n));
    });
  }
  EXPECT_TRUE(map.erase(3));
  map.clear();
  holdfast::reclaim::default_domain().drain();
  EXPECT_TRUE(map.empty());
}

// ---- walks ----------------------------------------------------------------------------------------------

template <class T, class Hash>
void walk_through_growth() {
  sync_map<std::uint64_t, T, Hash> map;
  for (std::uint64_t key = 0; key < 200; ++key) map.store(key, 0);
  std::multiset<std::uint64_t> seen;
  std::uint64_t next = 200;
  map.for_each([&](std::uint64_t key, T) {
    seen.insert(key);
    for (int n = 0; n < 3 && next < 800; ++n) map.store(next++, 0);
  });
  for (std::uint64_t key = 0; key < 800; ++key) {
    if (key < 200) EXPECT_EQ(seen.count(key), 1U) << key;
    else EXPECT_LE(seen.count(key), 1U) << key;
  }
}
template <class T>
class SyncMapWalkOf : public testing::Test {};
TYPED_TEST_SUITE(SyncMapWalkOf, kinds_of_value, kind_names);
// covers hf.concurrent.walk-once
TYPED_TEST(SyncMapWalkOf, GoesThroughGrowthUnderAGoodHash) { walk_through_growth<TypeParam, holdfast::hash<std::uint64_t>>(); }
TYPED_TEST(SyncMapWalkOf, GoesThroughGrowthUnderAConstantHash) { walk_through_growth<TypeParam, same_hash>(); }
TYPED_TEST(SyncMapWalkOf, GoesThroughGrowthUnderAHashThatIsTheKey) { walk_through_growth<TypeParam, chosen_hash>(); }

// covers hf.concurrent.walk-once
TYPED_TEST(SyncMapWalkOf, ShowsNothingTwiceThoughTheMapWasClearedAndFilledAgain) {
  sync_map<std::uint64_t, TypeParam> map;
  for (std::uint64_t key = 0; key < 2000; ++key) map.store(key, 0);
  std::multiset<std::uint64_t> seen;
  map.for_each([&](std::uint64_t key, TypeParam) {
    seen.insert(key);
    if (seen.size() % 500 != 0) return;
    map.clear();
    for (std::uint64_t again = 0; again < 2000; again += seen.size() / 500) map.store(again, 0);
  });
  for (const std::uint64_t key : seen) ASSERT_EQ(seen.count(key), 1U) << key;
}

// ---- load_or_make and alter -----------------------------------------------------------------------------

// covers hf.concurrent.one-flight
TEST(SyncMapFlights, TheNextOneMakesWhenTheFirstThrows) {
  sync_map<std::string, int> map;
  std::atomic<int> made{0};
  std::atomic<int> thrown{0};
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&] {
      try {
        const auto there = map.load_or_make("key", [&] {
          std::this_thread::sleep_for(std::chrono::milliseconds(5));
          if (made.fetch_add(1) == 0) throw std::runtime_error("the first one");
          return 7;
        });
        EXPECT_EQ(there.value, 7);
      } catch (const std::runtime_error&) {
        ++thrown;
      }
    });
  }
  for (std::thread& one : threads) one.join();
  EXPECT_EQ(made, 2);
  EXPECT_EQ(thrown, 1);
}

TEST(SyncMapFlights, AMakerMayAskForOtherKeys) {
  sync_map<int, int, same_hash> map;
  const auto there = map.load_or_make(1, [&] { return map.load_or_make(2, [] { return 20; }).value + 1; });
  EXPECT_EQ(there.value, 21);
  EXPECT_EQ(map.load(2), 20);
}

TEST(SyncMapFlights, ValuesThatCannotMoveAreMadeInPlace) {
  struct fixed {
    explicit fixed(int n) : number(n) {}
    fixed(fixed&&) = delete;
    int number;
  };
  sync_map<std::unique_ptr<int>, fixed> map;
  auto key = std::make_unique<int>(1);
  const auto there = map.pin_or_make(std::move(key), [] { return fixed(5); });
  EXPECT_FALSE(there.loaded);
  EXPECT_EQ(there.value->number, 5);
}

TEST(SyncMapAlter, StartsAgainWhenTheKeyWasWrittenMeanwhile) {
  sync_map<int, int> map;
  map.store(1, 10);
  int calls = 0;
  EXPECT_TRUE(map.alter(1, [&](const int* old) {
    if (++calls == 1) map.store(1, 20);
    return std::optional(*old + 1);
  }));
  EXPECT_EQ(calls, 2);
  EXPECT_EQ(map.load(1), 21);
}

// Another thread writes the same bucket while the callback runs, and the callback waits for it.
// covers hf.concurrent.lock-is-short
TEST(SyncMapAlter, HoldsNoLockWhileTheCallbackRuns) {
  sync_map<int, int, same_hash> map;
  const auto other_thread_stores = [&](int key) { std::thread([&map, key] { map.store(key, key); }).join(); };
  EXPECT_TRUE(map.alter(1, [&](const int*) {
    other_thread_stores(2);
    return std::optional(1);
  }));
  EXPECT_EQ(map.load_or_make(3, [&] {
    other_thread_stores(4);
    return 3;
  }).value, 3);
  map.visit(1, [&](int) { other_thread_stores(5); });
  map.for_each([&](int key, int) { other_thread_stores(key); });
  EXPECT_EQ(map.size(), 5U);
}

TEST(SyncMapAlter, MayWriteOtherKeysAsItLikes) {
  sync_map<int, int> map;
  EXPECT_TRUE(map.alter(1, [&](const int*) {
    for (int key = 2; key < 100; ++key) map.store(key, key);
    return std::optional(1);
  }));
  EXPECT_EQ(map.size(), 99U);
}

// ---- pages ----------------------------------------------------------------------------------------------

TEST(SyncMapPages, AreMovedUnderReadersAndWriters) {
  sync_map<std::uint64_t, std::uint64_t> map;
  EXPECT_EQ(map.ask_for_huge_pages(), holdfast::memory::huge_pages::none);  // nothing there
  map.store(1, 2);
  EXPECT_EQ(map.ask_for_huge_pages(), holdfast::memory::huge_pages::none);  // an array of malloc's
  constexpr std::uint64_t entries = 200'000;
  for (std::uint64_t n = 0; n < entries; ++n) map.store(n, n + 1);
  std::atomic<bool> over{false};
  std::thread reader([&] {
    for (std::uint64_t n = 0; !over.load(std::memory_order_relaxed); n = (n + 7919) % entries)
      EXPECT_EQ(map.load(n), n + 1);
  });
  std::thread writer([&] {
    for (std::uint64_t n = entries; n < entries + 20'000; ++n) map.store(n, n + 1);
  });
  (void)map.ask_for_huge_pages();
  (void)map.ask_for_huge_pages();
  writer.join();
  over.store(true, std::memory_order_relaxed);
  reader.join();
  EXPECT_EQ(map.size(), entries + 20'000);
  expect_sound(map);
}

}  // namespace
