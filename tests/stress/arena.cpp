// Many threads in one shared arena, and at one pool, for a time; what they made is whole and counted to the last.
#include <holdfast/base/memory/object_pool.hpp>
#include <holdfast/base/memory/shared_arena.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <random>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace {

using namespace holdfast;
using std::chrono::steady_clock;

constexpr std::chrono::milliseconds time_box{1500};

std::uint64_t chosen_seed() {
  const std::uint64_t seed = std::random_device{}();
  std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
  return seed;
}

struct record {
  record(std::atomic<std::int64_t>& count, std::uint64_t word) : alive(count), first(word), second(~word) { ++alive; }
  ~record() { --alive; }
  [[nodiscard]] bool is_whole() const { return first == ~second; }
  std::atomic<std::int64_t>& alive;
  std::uint64_t first;
  std::uint64_t second;
};

// covers hf.arena.shared-reset-when-out, hf.arena.shared-lanes-apart
TEST(ArenaStress, LanesComeAndGoWhileOthersReset) {
  const std::uint64_t seed = chosen_seed();
  for (const after_reset rung : {after_reset::off, after_reset::poison, after_reset::protect}) {
    std::atomic<std::int64_t> alive = 0;
    std::atomic<int> broken = 0;
    std::atomic<int> resets = 0;
    shared_arena memory({.check = rung});
    const auto end = steady_clock::now() + time_box / 3;
    std::vector<std::thread> crowd;
    for (std::uint64_t n = 0; n < 4; ++n)
      crowd.emplace_back([&, n] {
        std::mt19937_64 random(seed + n);
        while (steady_clock::now() < end) {
          {
            shared_arena::lane mine(memory);
            std::vector<record*> made;
            for (std::uint64_t i = random() % 300; i != 0; --i) {
              made.push_back(mine->make<record>(alive, random()));
              if (i % 64 == 0) static_cast<void>(mine->make_array<char>(random() % 40'000));
            }
            for (const record* const one : made) broken += !one->is_whole();
          }
          if (random() % 4 == 0) resets += random() % 8 == 0 ? memory.release() : memory.reset();
        }
      });
    for (std::thread& one : crowd) one.join();
    EXPECT_EQ(broken, 0);
    EXPECT_EQ(static_cast<std::int64_t>(memory.stats().destructors), alive);
    EXPECT_TRUE(memory.reset());
    EXPECT_EQ(alive, 0);
    EXPECT_EQ(memory.stats().unprotected, 0u);
  }
}

struct owned {
  std::atomic<int> owners{0};
  std::uint64_t uses = 0;  // not atomic: ThreadSanitizer sees a second owner
};

// covers hf.arena.pool-one-owner
TEST(ArenaStress, APoolGivesEachObjectToOneThread) {
  const std::uint64_t seed = chosen_seed();
  std::atomic<int> broken = 0;
  object_pool<owned> pool;
  const auto end = steady_clock::now() + time_box;
  std::vector<std::thread> crowd;
  for (std::uint64_t n = 0; n < 4; ++n)
    crowd.emplace_back([&, n] {
      std::mt19937_64 random(seed + n);
      std::vector<owned*> mine;
      while (steady_clock::now() < end)
        for (int step = 0; step < 100; ++step) {
          if (mine.size() < 20 && random() % 2 == 0) {
            mine.push_back(pool.get());
            broken += mine.back()->owners.exchange(1, std::memory_order_relaxed) != 0;
            ++mine.back()->uses;
          } else if (!mine.empty()) {
            mine.back()->owners.store(0, std::memory_order_relaxed);
            pool.put(mine.back());
            mine.pop_back();
          } else if (random() % 100 == 0) {
            pool.trim();
          }
        }
      for (owned* const one : mine) {
        one->owners.store(0, std::memory_order_relaxed);
        pool.put(one);
      }
    });
  for (std::thread& one : crowd) one.join();
  EXPECT_EQ(broken, 0);
  EXPECT_EQ(pool.stats().made - pool.stats().destroyed, pool.stats().idle);
}

}  // namespace
