// Arenas, pools and what is built on them when the n-th allocation, or the n-th request for pages, fails.
#include <cstddef>
#include <cstdint>
#include <new>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <holdfast/base/memory/arena.hpp>
#include <holdfast/base/memory/chunk_store.hpp>
#include <holdfast/base/memory/escaped.hpp>
#include <holdfast/base/memory/object_pool.hpp>
#include <holdfast/base/memory/shared_arena.hpp>
#include <holdfast/managed/arena_map.hpp>

#include "tests/alloc_failure/failing_new.hpp"
#include "tests/mutation/pages_for_tests.hpp"

namespace {

using namespace holdfast;
using holdfast::tests::heap;

struct counted {
  explicit counted(std::string title) : text(std::move(title)) { ++alive; }
  counted(const counted& other) : text(other.text) { ++alive; }
  ~counted() { --alive; }
  static inline int alive = 0;
  std::string text;
};

const char* const long_text = "a text that is too long to be kept inside the string object";

// Runs `operate` with the n-th allocation failing, until it does not fail. `check(failed)` looks after each.
template <class Operate, class Check>
int fail_each(Operate operate, Check check) {
  for (int n = 0;; ++n) {
    bool failed = false;
    heap::fail_at(n);
    try {
      operate();
    } catch (const std::bad_alloc&) {
      failed = true;
    }
    heap::never_fail();
    check(failed);
    if (!failed || testing::Test::HasFailure()) return n;
  }
}

// covers hf.arena.chunks-kept
TEST(ArenaAllocFailure, AnArenaAsksTheHeapForNothing) {
  arena memory({.name = "no heap"});
  const std::int64_t calls = heap::calls;
  for (int round = 0; round < 3; ++round) {
    for (int n = 0; n < 1000; ++n) static_cast<void>(memory.make_array<char>(static_cast<std::size_t>(n)));
    const auto one = memory.make_ptr<int>(1);
    memory.reset();
    EXPECT_FALSE(one);
  }
  EXPECT_EQ(heap::calls, calls);
}

// covers hf.arena.strong-make
TEST(ArenaAllocFailure, AnObjectThatCannotBeMadeIsNotDestroyed) {
  arena memory;
  const int points = fail_each([&] { static_cast<void>(memory.make<counted>(std::string(long_text))); },
                               [&](bool failed) { EXPECT_EQ(memory.stats().destructors, failed ? 0u : 1u); });
  EXPECT_GE(points, 1);
  memory.reset();
  EXPECT_EQ(counted::alive, 0);
}

// What only serves reports may fail, and the arena protects all the same.
// covers hf.arena.protect-stops-use
TEST(ArenaAllocFailure, ProtectsWithoutMemoryForReports) {
  for (int n = 0; n < 6; ++n) {
    arena memory({.check = after_reset::protect});
    heap::fail_at(n);
    for (int i = 0; i < 500; ++i) static_cast<void>(memory.make<int>(i));
    const auto one = memory.make_ptr<int>(1);
    memory.reset();
    heap::never_fail();
    EXPECT_FALSE(one);
    EXPECT_EQ(memory.stats().bytes_held, 0u);
  }
}

// covers hf.arena.refusal-changes-nothing
TEST(ArenaAllocFailure, ARefusalOfPagesAtAnyPointLeavesWhatWasMade) {
  for (std::int64_t n = 0; n < 8; ++n) {
    tests::pages_for_tests pages;
    memory::chunk_store store(pages);
    arena memory({.check = after_reset::poison, .chunks = &store});
    pages.maps_until_refusal = n;
    std::vector<unsigned char*> rooms;
    bool refused = false;
    try {
      for (std::size_t i = 0; i < 300; ++i) {
        const std::size_t size = i % 30 == 29 ? 2'500'000 : 20'000;
        rooms.push_back(static_cast<unsigned char*>(memory.allocate(size)));
        rooms.back()[0] = rooms.back()[19'999] = static_cast<unsigned char>(i);
      }
    } catch (const arena_overflow&) {
      refused = true;
    }
    EXPECT_TRUE(refused) << n;
    for (std::size_t i = 0; i < rooms.size(); ++i) ASSERT_EQ(rooms[i][0] + rooms[i][19'999], 2 * (i & 0xff));
    EXPECT_EQ(memory.stats().large_objects, rooms.size());
    memory.release();
    EXPECT_EQ(store.stats().used_chunks, 0u);
    pages.maps_until_refusal = -1;
    EXPECT_NE(memory.try_allocate(20'000), nullptr);
    memory.release();
  }
}

// covers hf.arena.escapes-settled
TEST(ArenaAllocFailure, ACopyOutThatFailsLeavesTheArenaAsItWas) {
  {
    arena memory({.escapes = on_escape::copy_out});
    std::vector<escaped<counted>> held;
    for (int n = 0; n < 5; ++n) held.emplace_back(memory, memory.make<counted>(std::string(long_text)));
    const auto live = memory.make_ptr<int>(1);
    const int points = fail_each([&] { memory.reset(); },
                                 [&](bool failed) {
                                   EXPECT_EQ(live.is_live(), failed);
                                   for (const escaped<counted>& one : held) EXPECT_EQ(one->text, long_text);
                                 });
    EXPECT_GE(points, 2);
  }
  EXPECT_EQ(counted::alive, 0);
}

// covers hf.arena.shared-reset-when-out
TEST(ArenaAllocFailure, AThreadThatCannotEnterIsOut) {
  const std::int64_t live = heap::live;
  {
    shared_arena memory;
    const int points =
        fail_each([&] { shared_arena::lane mine(memory); }, [&](bool) { EXPECT_EQ(memory.open_lanes(), 0u); });
    EXPECT_GE(points, 2);
    EXPECT_TRUE(memory.reset());
  }
  EXPECT_EQ(heap::live, live);
}

// covers hf.arena.pool-strong
TEST(ArenaAllocFailure, APoolThatCannotMakeHoldsNothingMore) {
  const std::int64_t live = heap::live;
  {
    const auto make = [] { return counted(std::string(long_text)); };
    std::optional<object_pool<counted, decltype(make)>> pool;
    fail_each([&] { pool.emplace(make); }, [](bool) {});
    counted* one = nullptr;
    const int points =
        fail_each([&] { one = pool->get(); }, [&](bool failed) { EXPECT_EQ(pool->stats().made, failed ? 0u : 1u); });
    EXPECT_GE(points, 2);
    heap::fail_at(0);
    pool->put(one);
    one = pool->get();
    pool->put(one);
    heap::never_fail();
  }
  EXPECT_EQ(counted::alive, 0);
  EXPECT_EQ(heap::live, live);
}

// covers hf.managed.arena-map-strong
TEST(ArenaAllocFailure, AMapOnAnArenaIsAsItWas) {
  const std::int64_t live = heap::live;
  {
    arena memory;
    arena_map<std::string, counted> map(memory);
    std::size_t expected = 0;
    for (int key = 0; key < 40; ++key) {
      const std::string name = long_text + std::to_string(key);
      fail_each([&] { map.make(name, std::string(long_text)); },
                [&](bool failed) {
                  expected += !failed;
                  ASSERT_EQ(map.size(), expected);
                  ASSERT_EQ(map.contains(name), !failed);
                });
    }
    memory.reset();
    EXPECT_EQ(counted::alive, 0);
  }
  EXPECT_EQ(heap::live, live);
}

}  // namespace
