// An arena for several threads: lanes, and a reset that waits for nobody.
#include <holdfast/base/memory/shared_arena.hpp>

#include <atomic>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <holdfast/base/lang/config.hpp>

namespace {

using namespace holdfast;

struct counted {
  explicit counted(std::atomic<int>& count) : alive(count) { ++alive; }
  ~counted() { --alive; }
  std::atomic<int>& alive;
};

// covers hf.arena.shared-reset-when-out
TEST(SharedArena, EndsWhatAllThreadsHaveMade) {
  std::atomic<int> alive = 0;
  shared_arena memory({.name = "crowd"});
  for (int round = 0; round < 5; ++round) {
    std::vector<std::thread> crowd;
    for (int n = 0; n < 4; ++n)
      crowd.emplace_back([&] {
        shared_arena::lane mine(memory);
        for (int i = 0; i < 1000; ++i) static_cast<void>(mine->make<counted>(alive));
      });
    for (std::thread& one : crowd) one.join();
    EXPECT_EQ(alive, 4000);
    EXPECT_EQ(memory.stats().destructors, 4000u);
    EXPECT_EQ(memory.open_lanes(), 0u);
    EXPECT_TRUE(memory.reset());
    EXPECT_EQ(alive, 0);
    EXPECT_EQ(memory.stats().bytes_used, 0u);
  }
  EXPECT_GT(memory.stats().bytes_held, 0u);
  EXPECT_TRUE(memory.release());
  EXPECT_EQ(memory.stats().bytes_held, 0u);
}

// covers hf.arena.shared-reset-when-out
TEST(SharedArena, RefusesToEndUnderAnOpenLane) {
  std::atomic<int> alive = 0;
  shared_arena memory;
  {
    shared_arena::lane left(memory);
    static_cast<void>(left->make<counted>(alive));
  }
  {
    shared_arena::lane mine(memory);
    const auto one = mine->make_ptr<int>(5);
    static_cast<void>((*mine).make<counted>(alive));
    EXPECT_EQ(memory.open_lanes(), 1u);
    EXPECT_FALSE(memory.reset());
    EXPECT_FALSE(memory.release());
    EXPECT_EQ(*one, 5);
    EXPECT_EQ(alive, 2);
  }
  EXPECT_TRUE(memory.reset());
  EXPECT_EQ(alive, 0);
}

// covers hf.arena.shared-lanes-apart
TEST(SharedArena, LanesThatAreOpenTogetherShareNoChunk) {
  shared_arena memory;
  const shared_arena::lane one(memory);
  const shared_arena::lane two(memory);
  std::set<std::uintptr_t> first;
  std::set<std::uintptr_t> second;
  for (int n = 0; n < 5000; ++n) {
    first.insert(reinterpret_cast<std::uintptr_t>(one->allocate(64)) / memory::chunk_bytes);
    second.insert(reinterpret_cast<std::uintptr_t>(two->allocate(64)) / memory::chunk_bytes);
  }
  for (const std::uintptr_t chunk : first) EXPECT_FALSE(second.contains(chunk));
}

struct enters_when_it_dies {
  shared_arena* memory;
  std::atomic<int>* alive;
  ~enters_when_it_dies() {
    shared_arena::lane mine(*memory);
    static_cast<void>(mine->make<counted>(*alive));
  }
};

// covers hf.arena.shared-reset-when-out
TEST(SharedArena, WhoEntersDuringAResetIsAfterIt) {
  std::atomic<int> alive = 0;
  shared_arena memory;
  {
    shared_arena::lane mine(memory);
    static_cast<void>(mine->make<enters_when_it_dies>(&memory, &alive));
  }
  EXPECT_TRUE(memory.reset());
  EXPECT_EQ(alive, 1);
  EXPECT_TRUE(memory.reset());
  EXPECT_EQ(alive, 0);
}

// covers hf.arena.shared-fork
TEST(SharedArena, AChildGoesOnWithoutItsParentsThreads) {
  if (thread_sanitizer) GTEST_SKIP() << "ThreadSanitizer does not follow a fork of several threads";
  shared_arena memory;
  std::atomic<bool> in = false;
  std::atomic<bool> done = false;
  std::thread other([&] {
    shared_arena::lane mine(memory);
    static_cast<void>(mine->make<int>(1));
    in = true;
    while (!done) std::this_thread::yield();
  });
  while (!in) std::this_thread::yield();
  EXPECT_FALSE(memory.reset());
  std::optional<shared_arena::lane> mine(memory);
  const pid_t child = fork();
  if (child == 0) {
    alarm(20);
    if (memory.open_lanes() != 1 || memory.reset()) _exit(1);  // this thread's own is open here too
    static_cast<void>((*mine)->make<int>(2));
    mine.reset();
    if (memory.open_lanes() != 0 || !memory.reset()) _exit(2);
    shared_arena::lane next(memory);
    _exit(*next->make<int>(3) == 3 ? 0 : 3);
  }
  int status = -1;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  mine.reset();
  done = true;
  other.join();
  EXPECT_TRUE(memory.reset());
}

// covers hf.arena.shared-reset-when-out
TEST(SharedArenaDeath, EndsWithAnOpenLane) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_DEATH(
      {
        std::optional<shared_arena> memory;
        memory.emplace(arena_options{.name = "crowd"});
        const shared_arena::lane mine(*memory);
        memory.reset();
      },
      "holdfast: fatal: shared_arena ends while threads are in it\n  arena \"crowd\", open lanes: 1\n(.|\n)*cure: join");
}

}  // namespace
