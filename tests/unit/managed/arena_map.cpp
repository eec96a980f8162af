// A map whose values live in an arena.
#include <holdfast/managed/arena_map.hpp>

#include <cstdint>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

namespace {

using namespace holdfast;
using namespace std::string_view_literals;
using number_map = arena_map<int, int>;

struct order {
  order(int order_number, std::string order_title) : number(order_number), title(std::move(order_title)) { ++alive; }
  order(const order& other) : number(other.number), title(other.title) { ++alive; }
  ~order() { --alive; }
  static inline int alive = 0;
  int number;
  std::string title;
};

// covers hf.managed.arena-map-values
TEST(ArenaMap, ValuesLiveInTheArena) {
  arena memory;
  arena_map<std::string, order> orders(memory);
  EXPECT_TRUE(orders.empty());
  const auto ann = orders.make("ann", 17, "books, and a title that has a block of its own");
  EXPECT_TRUE(ann.inserted);
  EXPECT_TRUE(memory.owns(&ann.value));
  const auto again = orders.make("ann"sv, 18, "other");
  EXPECT_FALSE(again.inserted);
  EXPECT_EQ(&again.value, &ann.value);
  EXPECT_EQ(order::alive, 1);
  EXPECT_EQ(orders.size(), 1u);
  EXPECT_TRUE(orders.contains("ann"sv));
  ASSERT_TRUE(orders.get("ann"));
  EXPECT_EQ(orders.get("ann")->number, 17);
  EXPECT_FALSE(orders.get("bob"));
  const auto& unchanged = orders;
  EXPECT_EQ(unchanged.get("ann"sv)->number, 17);
  EXPECT_FALSE(unchanged.get("bob"));
  EXPECT_EQ(&orders.values(), &memory);
  memory.reset();
  EXPECT_EQ(order::alive, 0);
}

// covers hf.managed.arena-map-ends
TEST(ArenaMap, IsEmptyWhenItsArenaIsReset) {
  arena memory;
  arena_map<int, order> orders(memory);
  arena_map<int, order> more(memory);
  for (int round = 0; round < 3; ++round) {
    for (int n = 0; n < 1000; ++n) orders.make(n, n, "title");
    more.make(1, 1, "title");
    const auto kept = orders.ptr(5);
    EXPECT_EQ(kept->number, 5);
    memory.reset();
    EXPECT_TRUE(orders.empty());
    EXPECT_TRUE(more.empty());
    EXPECT_FALSE(kept.is_live());
    EXPECT_EQ(order::alive, 0);
  }
}

// covers hf.managed.arena-map-values
TEST(ArenaMap, ReferencesStayThroughGrowthAndErase) {
  arena memory;
  arena_map<std::uint64_t, std::uint64_t> numbers(memory);
  std::uint64_t& first = numbers.make(0, 100u).value;
  for (std::uint64_t n = 1; n < 10'000; ++n) numbers.make(n, 100 + n);
  EXPECT_EQ(&*numbers.get(0), &first);
  std::uint64_t sum = 0;
  numbers.for_each([&](std::uint64_t key, std::uint64_t& value) { sum += value - key; });
  EXPECT_EQ(sum, 1'000'000u);
  EXPECT_TRUE(numbers.erase(0));
  EXPECT_FALSE(numbers.erase(0));
  EXPECT_EQ(first, 100u) << "it lies in the arena until that is reset";
  EXPECT_FALSE(numbers.ptr(0));
  EXPECT_FALSE(numbers.escape(0));
}

// covers hf.managed.arena-map-values
TEST(ArenaMap, ReplaceLeavesTheFormerValueInTheArena) {
  arena memory;
  arena_map<int, order> orders(memory);
  const order& former = orders.make(1, 1, "first").value;
  const order& latter = orders.replace(1, 2, "second");
  EXPECT_EQ(former.title, "first");
  EXPECT_EQ(&*orders.get(1), &latter);
  EXPECT_EQ(orders.size(), 1u);
  orders.replace(2, 3, "third");
  orders.reserve(100);
  EXPECT_EQ(order::alive, 3);
  orders.clear();
  EXPECT_EQ(order::alive, 3);
  memory.reset();
  EXPECT_EQ(order::alive, 0);
}

// covers hf.managed.arena-map-escape
TEST(ArenaMap, AnEscapedValueIsCountedAndCopiedOut) {
  arena memory({.escapes = on_escape::copy_out});
  arena_map<std::string, order> orders(memory);
  orders.make("ann", 17, "books");
  holdfast::map<int, escaped<order>> longer_lived;
  longer_lived.try_emplace(1, orders.escape("ann"));
  EXPECT_EQ(memory.stats().escapes, 1u);
  memory.reset();
  EXPECT_EQ(longer_lived.at(1)->title, "books");
  EXPECT_EQ(order::alive, 1);
  longer_lived.clear();
  EXPECT_EQ(order::alive, 0);
}

// covers hf.managed.arena-map-strong
TEST(ArenaMap, AFullArenaLeavesTheMapAsItWas) {
  arena memory({.when_full = overflow::bounded, .limit = 1});
  arena_map<int, order> orders(memory);
  int made = 0;
  EXPECT_THROW(for (;; ++made) orders.make(made, made, "title"), arena_overflow);
  EXPECT_EQ(orders.size(), static_cast<std::size_t>(made));
  EXPECT_FALSE(orders.contains(made));
  EXPECT_EQ(order::alive, made);
}

// covers hf.managed.arena-map-ends
TEST(ArenaMap, MayEndBeforeItsArenaAndGoesWithAdoption) {
  arena outer;
  arena inner;
  {
    arena_map<int, int> brief(inner);
    brief.make(1, 2);
  }
  arena_map<int, int> numbers(inner);
  numbers.make(1, 2);
  outer.adopt(inner);
  inner.reset();
  EXPECT_EQ(*numbers.get(1), 2);
  EXPECT_EQ(&numbers.values(), &outer);
  numbers.make(2, 3);
  outer.reset();
  EXPECT_TRUE(numbers.empty());
}

// covers hf.managed.arena-map-ends
TEST(ArenaMapDeath, UsedAfterItsArena) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_DEATH(
      {
        auto memory = std::make_unique<arena>();
        number_map numbers(*memory);
        memory.reset();
        static_cast<void>(numbers.get(1));  // empty, and no more than that
        numbers.make(1, 2);
      },
      "fatal error: use of a stale reference\n  stale reference to the values of an arena_map: arena destroyed");
}

}  // namespace
