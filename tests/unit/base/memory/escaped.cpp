// Handles that may outlive their arena: counted, and settled at its reset.
#include <holdfast/base/memory/escaped.hpp>

#include <algorithm>
#include <memory>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <holdfast/base/lang/failure.hpp>
#include <holdfast/base/memory/arena.hpp>
#include <holdfast/map/map.hpp>

namespace {

using namespace holdfast;

std::string told;

class Escaped : public testing::Test {
 protected:
  void SetUp() override {
    told.clear();
    before_ = set_failure_handler([](const failure& what) { told += what.text; });
  }
  void TearDown() override { set_failure_handler(before_); }

 private:
  failure_handler before_ = nullptr;
};

// covers hf.arena.escapes-counted
TEST_F(Escaped, AreCountedThroughCopiesMovesAndAssignments) {
  arena memory;
  escaped<std::string> one(memory, memory.make<std::string>("one"));
  EXPECT_EQ(memory.stats().escapes, 1u);
  escaped<std::string> two = one;
  EXPECT_EQ(memory.stats().escapes, 2u);
  escaped<std::string> three = std::move(one);
  EXPECT_EQ(memory.stats().escapes, 2u);
  EXPECT_FALSE(one);  // NOLINT(bugprone-use-after-move): null is what is promised
  EXPECT_EQ(*two, "one");
  EXPECT_EQ(two.get(), three.get());
  two = escaped<std::string>(memory, memory.make<std::string>("two"));
  EXPECT_EQ(memory.stats().escapes, 2u);
  EXPECT_EQ(*two, "two");
  two = three;
  EXPECT_EQ(*two, "one");
  auto& same = two;
  two = same;
  EXPECT_EQ(*two, "one");
  EXPECT_EQ(memory.stats().escapes, 2u);
  {
    std::vector<escaped<std::string>> many(50, three);
    EXPECT_EQ(memory.stats().escapes, 52u);
    many.erase(many.begin(), many.begin() + 20);
    EXPECT_EQ(memory.stats().escapes, 32u);
  }
  two = {};
  three = {};
  EXPECT_EQ(memory.stats().escapes, 0u);
  EXPECT_FALSE(escaped<int>(memory, nullptr));
  memory.reset();
  EXPECT_EQ(told, "");
}

// covers hf.arena.escapes-settled
TEST_F(Escaped, AreReportedAndStaleAtReset) {
  arena memory({.name = "orders"});
  escaped<int> one(memory, memory.make<int>(5));
  const escaped<int> two = one;
  memory.reset();
  EXPECT_NE(told.find("holdfast: arena objects are still held elsewhere\n  arena \"orders\" (id "), std::string::npos)
      << told;
  EXPECT_NE(told.find("escaped handles: 2"), std::string::npos) << told;
  EXPECT_NE(told.find("arena reset by operation #1"), std::string::npos) << told;
  EXPECT_NE(told.find("cure: copy what outlives"), std::string::npos) << told;
  EXPECT_EQ(one.get(), nullptr);
  EXPECT_EQ(two.get(), nullptr);
  EXPECT_FALSE(one.is_in_arena());
  EXPECT_EQ(one.why().what(), cause::arena_reset);
  EXPECT_EQ(escaped<int>(two).why().serial(), 1u);
  told.clear();
  memory.reset();
  EXPECT_EQ(told, "") << "once";
}

// covers hf.arena.escapes-settled
TEST_F(Escaped, AreStaleWithoutAWordWhereAllowed) {
  escaped<int> one;
  {
    arena memory({.escapes = on_escape::allow});
    one = escaped<int>(memory, memory.make<int>(5));
  }
  EXPECT_EQ(one.get(), nullptr);
  EXPECT_EQ(one.why().what(), cause::arena_destroyed);
  EXPECT_EQ(told, "");
}

struct order {
  order(int order_number, int* count) : number(order_number), alive(count) { ++*alive; }
  order(const order& other) : number(other.number), alive(other.alive) {
    if (number == refused) throw std::bad_alloc();
    ++*alive;
  }
  ~order() { --*alive; }
  static inline int refused = -1;
  int number;
  int* alive;
};

// covers hf.arena.escapes-settled
TEST_F(Escaped, AreCopiedOutWhereAsked) {
  int alive = 0;
  {
    holdfast::map<int, escaped<order>> longer_lived;
    {
      arena memory({.escapes = on_escape::copy_out});
      for (int n = 0; n < 100; ++n) longer_lived.try_emplace(n, memory, memory.make<order>(n, &alive));
      EXPECT_EQ(memory.stats().escapes, 100u);
      memory.reset();
      EXPECT_EQ(alive, 100);
      EXPECT_EQ(memory.stats().escapes, 0u);
      longer_lived.try_emplace(100, memory, memory.make<order>(100, &alive));
    }
    EXPECT_EQ(alive, 101);
    for (int n = 0; n <= 100; ++n) {
      ASSERT_TRUE(longer_lived.at(n).is_copied());
      EXPECT_EQ(longer_lived.at(n)->number, n);
    }
    const escaped<order> deep = longer_lived.at(3);
    EXPECT_NE(deep.get(), longer_lived.at(3).get()) << "a copy of a copy is one more";
    longer_lived.at(3) = deep;
    EXPECT_EQ(longer_lived.at(3)->number, 3);
  }
  EXPECT_EQ(alive, 0);
  EXPECT_EQ(told, "");
}

// covers hf.arena.escapes-settled
TEST_F(Escaped, ACopyThatFailsLeavesTheArenaAsItWas) {
  int alive = 0;
  arena memory({.escapes = on_escape::copy_out});
  std::vector<escaped<order>> held;
  for (int n = 0; n < 5; ++n) held.emplace_back(memory, memory.make<order>(n, &alive));
  const auto live = memory.make_ptr<int>(1);
  order::refused = 2;
  EXPECT_THROW(memory.reset(), std::bad_alloc);
  order::refused = -1;
  EXPECT_TRUE(live.is_live());
  EXPECT_EQ(memory.resets(), 0u);
  for (int n = 0; n < 5; ++n) EXPECT_EQ(held[static_cast<std::size_t>(n)]->number, n);
  memory.reset();
  EXPECT_FALSE(live.is_live());
  for (int n = 0; n < 5; ++n) EXPECT_EQ(held[static_cast<std::size_t>(n)]->number, n);
  held.clear();
  EXPECT_EQ(alive, 0);
}

// covers hf.arena.escapes-settled
TEST_F(Escaped, CanBeCopiedBefore) {
  arena memory;
  escaped<std::string> one(memory, memory.make<std::string>("kept"));
  EXPECT_TRUE(one.is_in_arena());
  one.copy();
  one.copy();
  EXPECT_TRUE(one.is_copied());
  memory.reset();
  EXPECT_EQ(*one, "kept");
  EXPECT_EQ(told, "");
}

// covers hf.arena.escapes-settled
TEST_F(Escaped, WhatCannotBeCopiedIsStale) {
  arena memory({.escapes = on_escape::copy_out});
  escaped<std::unique_ptr<int>> one(memory, memory.make<std::unique_ptr<int>>(new int(5)));
  escaped<int> two(memory, memory.make<int>(6));
  escaped<std::unique_ptr<int>> three(memory, memory.make<std::unique_ptr<int>>(new int(7)));
  memory.reset();
  EXPECT_EQ(one.get(), nullptr);
  EXPECT_EQ(three.get(), nullptr);
  EXPECT_EQ(*two, 6);
}

// covers hf.arena.escapes-settled, hf.arena.adopt-keeps-pointers
TEST_F(Escaped, GoWithWhatIsAdopted) {
  arena outer;
  arena inner;
  const escaped<int> one(inner, inner.make<int>(5));
  outer.adopt(inner);
  EXPECT_EQ(inner.stats().escapes, 0u);
  EXPECT_EQ(outer.stats().escapes, 1u);
  inner.reset();
  EXPECT_EQ(told, "");
  EXPECT_EQ(*one, 5);
  outer.reset();
  EXPECT_NE(told, "");
  EXPECT_FALSE(one);
}

using EscapedDeath = Escaped;

// covers hf.arena.escapes-settled
TEST_F(EscapedDeath, EndTheProcessWhereAsked) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  set_failure_handler(nullptr);
  EXPECT_DEATH(
      {
        arena memory({.name = "orders", .escapes = on_escape::fatal});
        const escaped<int> one(memory, memory.make<int>(5));
        memory.reset();
      },
      "holdfast: fatal: arena objects are still held elsewhere\n  arena \"orders\"(.|\n)*cure: copy what outlives");
  EXPECT_DEATH(
      {
        arena memory({.escapes = on_escape::allow});
        const escaped<int> one(memory, memory.make<int>(5));
        memory.reset();
        static_cast<void>(*one);
      },
      "use of a stale reference(.|\n)*arena reset by operation #1");
}

}  // namespace
