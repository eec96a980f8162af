// Arenas and pools as a program compiled with -fno-exceptions uses them.
#include <holdfast/base/memory/arena.hpp>

#include <string>

#include <gtest/gtest.h>

#include <holdfast/base/memory/escaped.hpp>
#include <holdfast/base/memory/object_pool.hpp>
#include <holdfast/base/memory/shared_arena.hpp>
#include <holdfast/managed/arena_map.hpp>

namespace {

TEST(WithoutExceptions, AnArenaAnswersNullWhenItIsFull) {
  holdfast::arena memory(
      {.when_full = holdfast::overflow::bounded, .limit = 1, .check = holdfast::after_reset::poison});
  int made = 0;
  while (memory.try_allocate(1000) != nullptr) ++made;
  EXPECT_GE(made, 55);
  memory.reset();
  const auto one = memory.make_ptr<std::string, holdfast::when_stale::null>("text");
  EXPECT_EQ(*one.get(), "text");
  memory.reset();
  EXPECT_EQ(one.get(), nullptr);
}

TEST(WithoutExceptions, EscapesLanesAndPools) {
  holdfast::arena memory({.escapes = holdfast::on_escape::copy_out});
  holdfast::arena_map<int, std::string> map(memory);
  map.make(1, "one");
  const auto kept = map.escape(1);
  memory.reset();
  EXPECT_EQ(*kept, "one");
  holdfast::shared_arena all;
  {
    holdfast::shared_arena::lane mine(all);
    EXPECT_EQ(*mine->make<int>(5), 5);
  }
  EXPECT_TRUE(all.reset());
  holdfast::object_pool<int> pool;
  EXPECT_NE(pool.borrow(), nullptr);
}

}  // namespace
