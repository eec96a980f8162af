// Values of awkward kinds: that only move, that count, that use the map when they die; makers that throw;
// allocators with a ledger.
#include <cstddef>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "tests/unit/concurrent/faces.hpp"
#include "tests/unit/map/counting_allocator.hpp"

namespace {

using holdfast::tests::counting_allocator;
using holdfast::tests::face_names;
using holdfast::tests::faces;
using holdfast::tests::ledger;

template <class Face>
class ConcurrentValues : public testing::Test {};
TYPED_TEST_SUITE(ConcurrentValues, faces, face_names);

// covers hf.concurrent.any-movable-value
TYPED_TEST(ConcurrentValues, ThatOnlyMoveAreTakenByAllThatDoesNotCopy) {
  typename TypeParam::template map<int, std::unique_ptr<int>> map;
  map.store(1, std::make_unique<int>(10));
  if constexpr (TypeParam::gives_values_away) {
    auto old = map.exchange(1, std::make_unique<int>(11));
    ASSERT_TRUE(old);
    EXPECT_EQ(**old, 10);
  } else {
    map.store(1, std::make_unique<int>(11));
  }
  EXPECT_EQ(**map.pin(1), 11);
  EXPECT_TRUE(map.visit(1, [](const std::unique_ptr<int>& value) { EXPECT_EQ(*value, 11); }));
  EXPECT_TRUE(map.alter(
      1, [](const std::unique_ptr<int>* value) { return std::optional(std::make_unique<int>(**value + 1)); }));
  int sum = 0;
  map.for_each([&](int key, const std::unique_ptr<int>& value) { sum += key * *value; });
  EXPECT_EQ(sum, 12);
  if constexpr (TypeParam::gives_values_away) {
    auto taken = map.load_and_erase(1);
    ASSERT_TRUE(taken);
    EXPECT_EQ(**taken, 12);
  } else {
    EXPECT_TRUE(map.erase(1));
  }
  EXPECT_TRUE(map.empty());
}

TYPED_TEST(ConcurrentValues, KeysThatOnlyMoveAreTaken) {
  if constexpr (TypeParam::keys_may_only_move) {
    typename TypeParam::template map<std::unique_ptr<int>, int> map;
    auto key = std::make_unique<int>(1);
    const int* const address = key.get();
    map.store(std::move(key), 5);
    int seen = 0;
    map.for_each([&](const std::unique_ptr<int>& there, int value) {
      EXPECT_EQ(there.get(), address);
      seen += value;
    });
    EXPECT_EQ(seen, 5);
  }
}

// covers hf.concurrent.strong
TYPED_TEST(ConcurrentValues, AMakerThatThrowsLeavesTheKeyAbsent) {
  typename TypeParam::template map<int, std::string> map;
  map.store(2, "two");
  const auto fail = []() -> std::string { throw std::runtime_error("no value"); };
  EXPECT_THROW(map.load_or_make(1, fail), std::runtime_error);
  EXPECT_EQ(map.load(1), std::nullopt);
  EXPECT_EQ(map.size(), 1U);
  EXPECT_EQ(map.load_or_make(2, fail).value, "two");
  EXPECT_EQ(map.load_or_make(1, [] { return std::string("one"); }).value, "one");
}

// covers hf.concurrent.strong
TYPED_TEST(ConcurrentValues, ACallbackThatThrowsChangesNothingAndHoldsNothing) {
  typename TypeParam::template map<int, int> map;
  map.store(1, 10);
  const auto fail = [](const int*) -> std::optional<int> { throw std::runtime_error("no change"); };
  EXPECT_THROW(map.alter(1, fail), std::runtime_error);
  EXPECT_THROW(map.alter(2, fail), std::runtime_error);
  EXPECT_THROW(map.visit(1, [](int) { throw 1; }), int);
  EXPECT_THROW(map.for_each([](int, int) { throw 1; }), int);
  EXPECT_THROW(map.visit_many(std::vector{1}, [](int, int) { throw 1; }), int);
  EXPECT_EQ(map.load(1), 10);
  EXPECT_EQ(map.size(), 1U);
  map.store(1, 11);
  EXPECT_EQ(map.load(1), 11);
}

// Counts those alive.
struct counted {
  explicit counted(int& count) : alive(&count) { ++*alive; }
  counted(const counted& other) noexcept : alive(other.alive) { ++*alive; }
  counted& operator=(const counted&) noexcept = default;
  ~counted() { --*alive; }
  int* alive;
};

// contract T82, S7
TYPED_TEST(ConcurrentValues, NothingThatWasErasedIsKept) {
  int alive = 0;
  {
    typename TypeParam::template map<int, counted> map;
    for (int round = 0; round < 100; ++round) {
      for (int key = 0; key < 20; ++key) map.store(1000 * round + key, counted(alive));
      for (int key = 0; key < 20; ++key) map.erase(1000 * round + key);
    }
    TypeParam::settle(map);
    EXPECT_EQ(alive, 0);
    for (int key = 0; key < 20; ++key) map.store(key, counted(alive));
    for (int key = 0; key < 20; ++key) map.store(key, counted(alive));
    TypeParam::settle(map);
    EXPECT_EQ(alive, 20);
    map.clear();
    TypeParam::settle(map);
    EXPECT_EQ(alive, 0);
    map.store(1, counted(alive));
  }
  EXPECT_EQ(alive, 0);
}

template <class Map>
struct tells_map {
  Map* map = nullptr;
  int key = 0;
  tells_map() = default;
  tells_map(Map* to, int number) : map(to), key(number) {}
  tells_map(tells_map&& other) noexcept : map(std::exchange(other.map, nullptr)), key(other.key) {}
  tells_map& operator=(tells_map&& other) noexcept {
    std::swap(map, other.map);
    std::swap(key, other.key);
    return *this;
  }
  ~tells_map() {
    if (map != nullptr) map->store(key, 1);
  }
};

// covers hf.concurrent.destroyed-outside
TYPED_TEST(ConcurrentValues, AValueMayUseAnotherMapWhenItIsDestroyed) {
  typename TypeParam::template map<int, int> gone;
  using teller = tells_map<decltype(gone)>;
  typename TypeParam::template map<int, teller> map;
  for (int key = 0; key < 5; ++key) map.store(key, teller(&gone, key));
  EXPECT_TRUE(map.erase(0));
  map.store(1, teller());
  map.alter(2, [](const teller*) { return std::optional<teller>(); });
  if constexpr (TypeParam::gives_values_away) {
    (void)map.exchange(3, teller());
  } else {
    map.store(3, teller());
  }
  map.clear();
  TypeParam::settle(map);
  EXPECT_EQ(gone.size(), 5U);
}

// A value whose destructor asks the very map that it leaves.
template <class Face>
struct asks_its_map {
  using map_type = typename Face::template map<int, std::shared_ptr<asks_its_map>>;
  map_type* map;
  int key;
  int* asked;
  ~asks_its_map() {
    if (!map->load(key)) ++*asked;
  }
};

// covers hf.concurrent.destroyed-outside
TYPED_TEST(ConcurrentValues, AValueMayAskTheMapThatItLeaves) {
  using value = asks_its_map<TypeParam>;
  int asked = 0;
  typename value::map_type map;
  for (int key = 0; key < 4; ++key) map.store(key, std::shared_ptr<value>(new value{&map, key, &asked}));
  EXPECT_TRUE(map.erase(0));
  EXPECT_FALSE(map.alter(1, [](const auto*) { return std::optional<std::shared_ptr<value>>(); }));
  EXPECT_TRUE(map.load_and_erase(2));
  map.clear();
  TypeParam::settle(map);
  EXPECT_EQ(asked, 4);
}

// covers hf.concurrent.memory-comes-back
TYPED_TEST(ConcurrentValues, AllThatAnAllocatorGaveIsReturned) {
  ledger book;
  {
    using allocator = counting_allocator<std::pair<const int, std::string>>;
    typename TypeParam::template map<int, std::string, holdfast::hash<int>, holdfast::equal_to<int>, allocator> map{
        allocator(book)};
    for (int key = 0; key < 5000; ++key) map.store(key, std::to_string(key));
    for (int key = 0; key < 5000; key += 3) map.erase(key);
    EXPECT_GT(book.bytes, 0);
    EXPECT_EQ(map.load(4), "4");
    map.clear();
    for (int key = 0; key < 50; ++key) map.store(key, "again");
  }
  EXPECT_EQ(book.bytes, 0);
  EXPECT_GT(book.allocations, 0);
}

}  // namespace
