// What a pointer_cache promises about one object: held while it is read, shown together with its key, replaced
// whole. Eviction, time, aliases and makers have files of their own.
#include <holdfast/concurrent/pointer_cache.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "tests/unit/concurrent/cached_object.hpp"

namespace {

using holdfast::pointer_cache;
using holdfast::removal_cause;
using holdfast::tests::cached_object;
using holdfast::tests::settle_cache;

using cache = pointer_cache<int, cached_object>;

// covers hf.cache.pin-holds
TEST(PointerCache, WhatIsLoadedOutlivesStoreEraseEvictionAndTheCache) {
  int alive = 0;
  std::vector<cache::pin_type> held;
  {
    cache small({.capacity = 2});
    const auto store = [&](int key) { small.store(key, std::make_unique<cached_object>(key, alive)); };
    store(1);
    held.push_back(small.load(1));
    store(1);
    held.push_back(small.load(1));
    small.erase(1);
    store(2);
    held.push_back(small.load(2));
    for (int key = 3; key < 20; ++key) store(key);
    store(2);
    held.push_back(small.load(2));
    small.clear();
    store(50);
    held.push_back(small.load(50));
    settle_cache();
    EXPECT_EQ(alive, 5);
  }
  settle_cache();
  EXPECT_EQ(alive, 5);
  const std::vector<int> expected{1, 1, 2, 2, 50};
  for (std::size_t i = 0; i < held.size(); ++i) EXPECT_EQ(held[i]->number(), expected[i]);
  held.clear();
  settle_cache();
  EXPECT_EQ(alive, 0);
}

TEST(PointerCache, NothingThatLeftIsKept) {
  int alive = 0;
  cache small({.capacity = 10});
  for (int key = 0; key < 1000; ++key) small.store(key % 37, cached_object(key, alive));
  settle_cache();
  EXPECT_EQ(alive, static_cast<int>(small.size()));
  EXPECT_EQ(small.size(), 10U);
  small.clear();
  settle_cache();
  EXPECT_EQ(alive, 0);
}

// covers hf.cache.takes-owners
TEST(PointerCache, TakesObjectsByWhoeverOwnsThem) {
  struct base {
    virtual ~base() = default;
    virtual int number() const { return 1; }
  };
  struct derived : base {
    int number() const override { return 2; }
  };
  pointer_cache<int, base> all;
  all.store(1, std::make_unique<base>());
  all.store(2, std::make_unique<derived>());
  all.store(3, std::make_shared<derived>());
  const std::shared_ptr<const base> constant = std::make_shared<derived>();
  all.store(4, constant);
  EXPECT_EQ(constant.use_count(), 2);
  int deleted = 0;
  derived on_stack;
  all.store(5, static_cast<base*>(&on_stack), [&](base* object) { deleted += object == &on_stack ? 1 : 100; });
  EXPECT_EQ(all.load(1)->number(), 1);
  for (int key = 2; key <= 5; ++key) EXPECT_EQ(all.load(key)->number(), 2) << key;
  EXPECT_EQ(all.load(5).get(), &on_stack);
  EXPECT_EQ(deleted, 0);
  all.clear();
  settle_cache();
  EXPECT_EQ(deleted, 1);
  EXPECT_EQ(constant.use_count(), 1);
}

// covers hf.cache.takes-owners
TEST(PointerCache, TakesValuesAndOptionalsInPlace) {
  pointer_cache<std::string, std::string> words;
  words.store("a", "one");
  words.store("b", std::string("two"));
  words.store("c", std::optional<std::string>("three"));
  words.store("d", std::optional<std::string>());
  EXPECT_EQ(*words.load("a"), "one");
  EXPECT_EQ(*words.load(std::string_view("b")), "two");
  EXPECT_EQ(*words.load(std::string("c")), "three");
  EXPECT_FALSE(words.load("d"));
  pointer_cache<int, std::unique_ptr<int>> only_move;
  only_move.store(1, std::make_unique<int>(5));
  EXPECT_EQ(**only_move.load(1), 5);
}

TEST(PointerCache, ANullErasesUnlessAbsenceIsRemembered) {
  cache all;
  int alive = 0;
  all.store(1, cached_object(1, alive));
  all.store(1, nullptr);
  EXPECT_FALSE(all.load(1));
  EXPECT_FALSE(all.knows_absent(1));
  EXPECT_EQ(all.size(), 0U);
  all.store(1, cached_object(1, alive));
  all.store(1, std::unique_ptr<cached_object>());
  EXPECT_EQ(all.size(), 0U);
}

// covers hf.cache.update-copies
TEST(PointerCache, UpdateLeavesWhatReadersHold) {
  pointer_cache<std::string, std::vector<int>> lists;
  lists.store("a", std::vector{1, 2});
  const auto before = lists.load("a");
  EXPECT_TRUE(lists.update("a", [](std::vector<int>& copy) { copy.push_back(3); }));
  EXPECT_EQ(*before, (std::vector{1, 2}));
  EXPECT_EQ(*lists.load("a"), (std::vector{1, 2, 3}));
  EXPECT_FALSE(lists.update("b", [](std::vector<int>&) { FAIL(); }));
}

// covers hf.cache.update-copies
TEST(PointerCache, UpdateStartsAgainWhenAnotherWriterCameBetween) {
  pointer_cache<int, int> numbers;
  numbers.store(1, 10);
  int calls = 0;
  EXPECT_TRUE(numbers.update(1, [&](int& copy) {
    if (++calls == 1) numbers.store(1, 20);
    copy += 1;
  }));
  EXPECT_EQ(calls, 2);
  EXPECT_EQ(*numbers.load(1), 21);
  EXPECT_FALSE(numbers.update(1, [&](int&) { numbers.erase(1); }));
  EXPECT_FALSE(numbers.load(1));
}

TEST(PointerCache, AnUpdateThatThrowsChangesNothing) {
  pointer_cache<int, int> numbers;
  numbers.store(1, 10);
  EXPECT_THROW(numbers.update(1,
                              [](int& copy) {
                                copy = 11;
                                throw std::runtime_error("no");
                              }),
               std::runtime_error);
  EXPECT_EQ(*numbers.load(1), 10);
}

struct shape {
  virtual ~shape() = default;
  virtual std::unique_ptr<shape> clone() const { return std::make_unique<shape>(*this); }
  virtual int corners() const { return 0; }
  int updates = 0;
};
struct square : shape {
  std::unique_ptr<shape> clone() const override { return std::make_unique<square>(*this); }
  int corners() const override { return 4; }
};

// covers hf.cache.update-copies
TEST(PointerCache, UpdateClonesTheWholeOfADerivedObject) {
  pointer_cache<int, shape> shapes;
  shapes.store(1, std::make_unique<square>());
  EXPECT_TRUE(shapes.update(1, [](shape& copy) { ++copy.updates; }));
  EXPECT_EQ(shapes.load(1)->corners(), 4);
  EXPECT_EQ(shapes.load(1)->updates, 1);
}

TEST(PointerCache, ModifyChangesTheObjectItself) {
  pointer_cache<int, int> numbers;
  numbers.store(1, 10);
  const auto held = numbers.load(1);
  EXPECT_TRUE(numbers.modify(1, [](int& value) { value = 11; }));
  EXPECT_EQ(*held, 11);
  EXPECT_FALSE(numbers.modify(2, [](int&) { FAIL(); }));
}

TEST(PointerCache, ModifyNeverChangesWhatWasGivenAsConst) {
  pointer_cache<int, int> numbers;
  const auto constant = std::make_shared<const int>(10);
  numbers.store(1, constant);
  EXPECT_TRUE(numbers.modify(1, [](int& value) { value = 11; }));
  EXPECT_EQ(*constant, 10);
  EXPECT_EQ(*numbers.load(1), 11);
}

// covers hf.cache.exchange-by-identity
TEST(PointerCache, CompareExchangeComparesObjectsNotValues) {
  pointer_cache<int, std::string> words;
  words.store(1, "same");
  const auto first = words.load(1);
  const std::string equal = "same";
  EXPECT_FALSE(words.compare_exchange(1, &equal, "other"));
  EXPECT_TRUE(words.compare_exchange(1, first, "same"));
  EXPECT_FALSE(words.compare_exchange(1, first, "third"));
  EXPECT_EQ(*words.load(1), "same");
  EXPECT_NE(words.load(1).get(), first.get());
}

// covers hf.cache.exchange-by-identity
TEST(PointerCache, CompareExchangeWithNullStoresOnlyWhereNothingIs) {
  pointer_cache<int, int> numbers;
  EXPECT_TRUE(numbers.compare_exchange(1, nullptr, 10));
  EXPECT_FALSE(numbers.compare_exchange(1, nullptr, 11));
  EXPECT_EQ(*numbers.load(1), 10);
  const auto held = numbers.load(1);
  EXPECT_TRUE(numbers.compare_exchange(1, held, std::unique_ptr<int>()));
  EXPECT_EQ(numbers.size(), 0U);
}

// covers hf.cache.exchange-by-identity
TEST(PointerCache, CompareEraseErasesThatObjectOnly) {
  pointer_cache<int, int> numbers;
  numbers.store(1, 10);
  const auto old = numbers.load(1);
  numbers.store(1, 10);
  EXPECT_FALSE(numbers.compare_erase(1, old));
  EXPECT_FALSE(numbers.compare_erase(1, nullptr));
  EXPECT_TRUE(numbers.compare_erase(1, numbers.load(1)));
  EXPECT_TRUE(numbers.empty());
}

TEST(PointerCache, EraseTellsWhatWasThere) {
  pointer_cache<std::string, int> numbers;
  numbers.store("a", 1);
  EXPECT_TRUE(numbers.erase("a"));
  EXPECT_FALSE(numbers.erase("a"));
  numbers.store("a", 2);
  const auto gone = numbers.load_and_erase("a");
  EXPECT_EQ(*gone, 2);
  EXPECT_FALSE(numbers.load_and_erase("a"));
  EXPECT_FALSE(numbers.load("a"));
}

TEST(PointerCache, ForEachShowsEachOnceAndMayUseTheCache) {
  pointer_cache<int, int> numbers;
  for (int key = 0; key < 100; ++key) numbers.store(key, key);
  int sum = 0;
  numbers.for_each([&](int key, int value) {
    sum += value;
    if (key % 2 == 0) numbers.erase(key);
  });
  EXPECT_EQ(sum, 4950);
  EXPECT_EQ(numbers.size(), 50U);
  int seen = 0;
  numbers.for_each([&](int, int) { return ++seen < 7; });
  EXPECT_EQ(seen, 7);
  EXPECT_TRUE(numbers.visit(1, [](int value) { EXPECT_EQ(value, 1); }));
  EXPECT_FALSE(numbers.visit(2, [](int) { FAIL(); }));
}

struct removal {
  int key;
  int number;
  removal_cause cause;
  friend bool operator==(const removal&, const removal&) = default;
};

// covers hf.cache.told-once
TEST(PointerCache, TheListenerIsToldOfEachEntryOnceWithTheCause) {
  std::vector<removal> told;
  pointer_cache<int, int> numbers({.capacity = 2, .on_removal = [&](int key, const int* value, removal_cause cause) {
                                     told.push_back({key, value == nullptr ? -1 : *value, cause});
                                   }});
  numbers.store(1, 10);
  numbers.store(1, 11);
  numbers.erase(1);
  numbers.store(2, 20);
  numbers.store(3, 30);
  numbers.store(4, 40);
  numbers.store(3, nullptr);
  numbers.clear();
  const std::vector<removal> expected{{1, 10, removal_cause::replaced},
                                      {1, 11, removal_cause::erased},
                                      {2, 20, removal_cause::over_capacity},
                                      {3, 30, removal_cause::erased},
                                      {4, 40, removal_cause::cleared}};
  EXPECT_EQ(told, expected);
}

// covers hf.cache.told-once
TEST(PointerCache, TheListenerMayUseTheCache) {
  pointer_cache<int, int>* self = nullptr;
  int told = 0;
  pointer_cache<int, int> numbers({.capacity = 3, .on_removal = [&](int key, const int* value, removal_cause cause) {
                                     ++told;
                                     EXPECT_FALSE(self->load(key)) << "it has left before its listener hears of it";
                                     if (cause == removal_cause::erased) self->store(key + 100, *value);
                                     if (cause == removal_cause::erased) self->erase(key + 1);
                                   }});
  self = &numbers;
  for (int key = 0; key < 3; ++key) numbers.store(key, key);
  EXPECT_TRUE(numbers.erase(0));
  // 0, then 1 for it, then 2, then 3 which is not there.
  EXPECT_EQ(told, 3);
  EXPECT_EQ(numbers.size(), 3U);
}

// covers hf.cache.counted-once
TEST(PointerCache, StatisticsAddUp) {
  pointer_cache<int, int> numbers({.capacity = 5});
  EXPECT_EQ(numbers.stats().hit_ratio(), 0.0);
  for (int key = 0; key < 10; ++key) numbers.store(key, key);
  for (int key = 0; key < 10; ++key) (void)numbers.load(key);
  numbers.store(9, 9);
  numbers.erase(9);
  numbers.clear();
  const auto all = numbers.stats();
  EXPECT_EQ(all.hits, 5U);
  EXPECT_EQ(all.misses, 5U);
  EXPECT_EQ(all.hit_ratio(), 0.5);
  EXPECT_EQ(all.over_capacity, 5U);
  EXPECT_EQ(all.replaced, 1U);
  EXPECT_EQ(all.erased, 1U);
  EXPECT_EQ(all.cleared, 4U);
  EXPECT_EQ(all.expired, 0U);
  EXPECT_EQ(all.entries, 0U);
  EXPECT_EQ(all.weight, 0U);
}

TEST(PointerCache, TellsWhatItHoldsInBytes) {
  struct wide {
    char bytes[1000];
  };
  pointer_cache<int, wide> all(200);
  const std::size_t empty = all.bytes();
  for (int key = 0; key < 100; ++key) all.store(key, wide{});
  EXPECT_GT(all.bytes(), empty + 100 * sizeof(wide));
  EXPECT_LT(all.bytes(), empty + 120 * sizeof(wide));
  for (int key = 0; key < 100; ++key) all.erase(key);
  EXPECT_LT(all.bytes(), empty + 10 * sizeof(wide)) << "what is retired is not counted";
}

}  // namespace
