// Threads make, erase and pin in one pool: nobody ever holds another object than the one asked for, or a dead one.
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <mutex>
#include <random>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <holdfast/lifetime/sync_handle_pool.hpp>

namespace {

using holdfast::sync_handle_pool;
using holdfast::weak;

std::atomic<std::int64_t> alive{0};

struct canary {
  std::uint64_t name;
  std::uint64_t copy;
  explicit canary(std::uint64_t n) : name(n), copy(~n) { alive.fetch_add(1, std::memory_order_relaxed); }
  canary(const canary&) = delete;
  ~canary() {
    name = copy = 0xdead;
    alive.fetch_sub(1, std::memory_order_relaxed);
  }
};

// A place where threads leave references for each other.
struct board {
  std::mutex lock;
  weak<canary> references[64];
  std::uint64_t names[64] = {};
};

struct totals {
  std::atomic<std::uint64_t> pinned{0}, expired{0}, wrong{0}, lost{0};
};

void live(sync_handle_pool<canary>& pool, board& notes, totals& sums, std::uint64_t seed, std::atomic<bool>& over) {
  std::mt19937_64 random(seed);
  std::uint64_t counter = seed << 32;
  while (!over.load(std::memory_order_relaxed)) {
    const auto at = random() % 64;
    weak<canary> one;
    std::uint64_t name;
    {
      const std::lock_guard guard(notes.lock);
      one = notes.references[at];
      name = notes.names[at];
    }
    switch (random() % 8) {
      case 0: {
        const weak<canary> fresh = pool.make(++counter);
        const std::lock_guard guard(notes.lock);
        // A destructor that runs in here wants no lock.
        if (!pool.erase(notes.references[at]) && notes.references[at] && !notes.references[at].expired()) ++sums.lost;
        notes.references[at] = fresh;
        notes.names[at] = counter;
        break;
      }
      case 1:
        pool.erase(one);
        if (one && (one.pin() || !one.expired())) ++sums.wrong;
        break;
      default: {
        const auto held = one.pin();
        if (!held) {
          ++sums.expired;
          if (one && one.why().what() != holdfast::cause::pool_erased) ++sums.wrong;
          break;
        }
        if (random() % 16 == 0) std::this_thread::yield();
        if (held->name != name || held->copy != ~name) ++sums.wrong;
        ++sums.pinned;
      }
    }
  }
}

// covers hf.lifetime.weak-never-lies, hf.lifetime.destroyed-once
TEST(LifetimePoolsStress, PinsAreOfTheObjectAskedFor) {
  const std::uint64_t seed = std::random_device()();
  std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
  totals sums;
  {
    sync_handle_pool<canary> pool;
    board notes;
    std::atomic<bool> over{false};
    std::vector<std::thread> threads;
    for (std::uint64_t i = 0; i < 4; ++i) {
      threads.emplace_back([&, i] { live(pool, notes, sums, seed % 0xffff + i, over); });
    }
    std::this_thread::sleep_for(std::chrono::seconds(2));
    over = true;
    for (std::thread& each : threads) each.join();
    EXPECT_LE(pool.size(), 64u);
  }
  holdfast::reclaim::default_domain().drain();
  EXPECT_EQ(alive.load(), 0);
  EXPECT_EQ(sums.wrong.load(), 0u);
  EXPECT_EQ(sums.lost.load(), 0u);
  EXPECT_GT(sums.pinned.load(), 1000u);
  EXPECT_GT(sums.expired.load(), 10u);
}

// covers hf.lifetime.weak-outlives-pool
TEST(LifetimePoolsStress, PoolsComeAndGoUnderTheirReferences) {
  std::atomic<bool> over{false};
  std::mutex lock;
  weak<canary> shown;
  std::atomic<std::uint64_t> wrong{0};
  std::thread reader([&] {
    while (!over.load(std::memory_order_relaxed)) {
      weak<canary> one;
      {
        const std::lock_guard guard(lock);
        one = shown;
      }
      if (const auto held = one.pin()) {
        if (held->copy != ~held->name) ++wrong;
      } else if (one && one.explain().empty()) {
        ++wrong;
      }
    }
  });
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(1);
  for (std::uint64_t n = 1; std::chrono::steady_clock::now() < end; ++n) {
    sync_handle_pool<canary> pool;
    pool.name("one of many");
    for (int i = 0; i < 10; ++i) {
      const auto one = pool.make(n);
      const std::lock_guard guard(lock);
      shown = one;
    }
  }
  over = true;
  reader.join();
  holdfast::reclaim::default_domain().drain();
  EXPECT_EQ(wrong.load(), 0u);
  EXPECT_EQ(alive.load(), 0);
}

}  // namespace
