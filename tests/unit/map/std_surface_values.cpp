// Values that cannot be copied, cannot be moved, throw when moved, are large, over-aligned or const.
#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include <holdfast/base/lang/config.hpp>
#include <holdfast/map/map.hpp>
#include <holdfast/map/set.hpp>

#include "tests/unit/map/policies.hpp"
#include "tests/unit/map/sound.hpp"

namespace {

using holdfast::tests::map_under;
using holdfast::tests::sound;

template <class Policy>
class Values : public testing::Test {};
TYPED_TEST_SUITE(Values, holdfast::tests::all_policies);

// covers hf.map.any-value
TYPED_TEST(Values, ThatOnlyMoveAreTaken) {
  map_under<int, std::unique_ptr<int>, TypeParam> map;
  for (int key = 0; key < 1000; ++key) map.try_emplace(key, std::make_unique<int>(key));
  map[1000] = std::make_unique<int>(1000);
  map.insert_or_assign(1001, std::make_unique<int>(1001));
  map.insert({1002, std::make_unique<int>(1002)});
  map.emplace(1003, std::make_unique<int>(1003));
  for (int key = 0; key < 1004; ++key) ASSERT_EQ(*map.at(key), key);
  auto moved = std::move(map);
  EXPECT_EQ(*moved.at(500), 500);
  const auto taken = moved.take(500);
  ASSERT_TRUE(taken);
  EXPECT_EQ(**taken, 500);
  EXPECT_FALSE(moved.contains(500));
  swap(map, moved);
  EXPECT_EQ(map.size(), 1003u);
}

TYPED_TEST(Values, KeysThatOnlyMoveAreTaken) {
  map_under<std::unique_ptr<int>, int, TypeParam> map;
  std::vector<const int*> addresses;
  for (int number = 0; number < 300; ++number) {
    auto key = std::make_unique<int>(number);
    addresses.push_back(key.get());
    map.try_emplace(std::move(key), number);
  }
  EXPECT_EQ(map.size(), 300u);
  for (const auto& [key, value] : map) ASSERT_EQ(*key, value);
  for (auto it = map.begin(); it != map.end();) it = it->second % 2 == 0 ? map.erase(it) : std::next(it);
  EXPECT_EQ(map.size(), 150u);
}

struct unmovable {
  explicit unmovable(int n) : number(n), self(this) {}
  unmovable() : unmovable(0) {}
  unmovable(const unmovable&) = delete;
  unmovable& operator=(const unmovable&) = delete;
  int number;
  const unmovable* self;
};

// covers hf.map.any-value
TYPED_TEST(Values, ThatCannotEvenMoveStayWhereTheyWereMade) {
  map_under<int, unmovable, TypeParam> map;
  std::vector<const unmovable*> addresses;
  for (int key = 0; key < 1000; ++key) addresses.push_back(&map.try_emplace(key, key).first->second);
  for (int key = 0; key < 1000; ++key) {
    ASSERT_EQ(&map.at(key), addresses[static_cast<std::size_t>(key)]);
    ASSERT_EQ(map.at(key).self, &map.at(key));
    ASSERT_EQ(map.at(key).number, key);
  }
  EXPECT_EQ(map[5000].number, 0);
  map.erase(7);
  map.finish_growth();
  EXPECT_EQ(&map.at(8), addresses[8]);
  auto moved = std::move(map);
  EXPECT_EQ(&moved.at(8), addresses[8]);
}

TYPED_TEST(Values, OfAMutexAndAnAtomicCanBeStored) {
  map_under<int, std::mutex, TypeParam> locks;
  const std::lock_guard hold(locks[1]);
  for (int key = 2; key < 100; ++key) locks[key];
  EXPECT_FALSE(locks.at(1).try_lock()) << "it moved";
  map_under<int, std::atomic<int>, TypeParam> counters;
  for (int key = 0; key < 100; ++key) ++counters[key % 10];
  EXPECT_EQ(counters.at(3).load(), 10);
}

// contract M3: what may throw while moving is boxed, so that growth cannot fail half-way
struct throws_when_moved {
  explicit throws_when_moved(int n = 0) : number(n) {}
  throws_when_moved(const throws_when_moved&) = default;
  throws_when_moved(throws_when_moved&& other) noexcept(false) : number(other.number) { other.number = -1; }
  throws_when_moved& operator=(const throws_when_moved&) = default;
  throws_when_moved& operator=(throws_when_moved&&) = default;
  int number;
};

TYPED_TEST(Values, WhoseMoveMayThrowNeverMove) {
  map_under<int, throws_when_moved, TypeParam> map;
  std::vector<const throws_when_moved*> addresses;
  for (int key = 0; key < 1000; ++key) addresses.push_back(&map.try_emplace(key, key).first->second);
  for (int key = 0; key < 1000; ++key) {
    ASSERT_EQ(&map.at(key), addresses[static_cast<std::size_t>(key)]);
    ASSERT_EQ(map.at(key).number, key);
  }
}

TYPED_TEST(Values, OfReferencesAndConstAreTaken) {
  int object = 5;
  map_under<int, std::reference_wrapper<int>, TypeParam> references;
  for (int key = 0; key < 100; ++key) references.emplace(key, object);
  references.at(3).get() = 6;
  EXPECT_EQ(object, 6);
  map_under<int, const std::string, TypeParam> constants;
  for (int key = 0; key < 100; ++key) constants.try_emplace(key, std::to_string(key));
  EXPECT_EQ(constants.at(99), "99");
}

// Everything that is made is destroyed, once.
struct counted {
  static inline int alive = 0;
  int number;
  explicit counted(int n = 0) : number(n) { ++alive; }
  counted(const counted& other) : number(other.number) { ++alive; }
  counted(counted&& other) noexcept : number(other.number) { ++alive; }
  counted& operator=(const counted&) = default;
  ~counted() { --alive; }
};

TYPED_TEST(Values, AreDestroyedExactlyOnce) {
  {
    map_under<int, counted, TypeParam> map;
    for (int key = 0; key < 2000; ++key) map.emplace(key, counted(key));
    EXPECT_EQ(counted::alive, 2000);
    for (int key = 0; key < 2000; key += 2) map.erase(key);
    EXPECT_EQ(counted::alive, 1000);
    {
      auto copy = map;
      EXPECT_EQ(counted::alive, 2000);
      copy = map;
      EXPECT_EQ(counted::alive, 2000);
      auto moved = std::move(copy);
      EXPECT_EQ(counted::alive, 2000);
      moved.shrink_to_fit();
      EXPECT_EQ(counted::alive, 2000);
    }
    EXPECT_EQ(counted::alive, 1000);
    static_cast<void>(map.take(1));
    EXPECT_EQ(counted::alive, 999);
    map.insert_or_assign(3, counted(9));
    EXPECT_EQ(counted::alive, 999);
    map.clear();
    EXPECT_EQ(counted::alive, 0);
    map.emplace(1, counted(1));
  }
  EXPECT_EQ(counted::alive, 0);
}

struct alignas(64) wide {
  std::array<double, 8> lanes{};
};

TYPED_TEST(Values, AreAlignedAsTheyAsk) {
  map_under<int, wide, TypeParam> map;
  for (int key = 0; key < 500; ++key) map[key].lanes.fill(key);
  for (const auto& [key, value] : map) {
    ASSERT_EQ(reinterpret_cast<std::uintptr_t>(&value) % 64, 0u);
    ASSERT_EQ(value.lanes[7], key);
  }
  struct alignas(256) page {
    int number = 0;
  };
  map_under<int, page, TypeParam> pages;
  for (int key = 0; key < 500; ++key) pages[key].number = key;
  for (const auto& [key, value] : pages) {
    ASSERT_EQ(reinterpret_cast<std::uintptr_t>(&value) % 256, 0u);
    ASSERT_EQ(value.number, key);
  }
}

}  // namespace
