// Threads that adopt, share, use, close, release and free the same resources at once. A resource is marked dead when
// it is freed and never given back to the system, so a use after its end shows as a wrong mark.
#include <holdfast/lifetime/resource_registry.hpp>

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <holdfast/base/hash/mix.hpp>
#include <holdfast/base/hash/random.hpp>
#include <holdfast/base/sync/mutex.hpp>

namespace {

using namespace holdfast;

struct canary {
  std::atomic<std::uint64_t> alive{1};
  std::atomic<int> freed{0};
};

void bury(void*, void* pointer, std::size_t) {
  auto& one = *static_cast<canary*>(pointer);
  one.alive.store(0, std::memory_order_relaxed);
  one.freed.fetch_add(1, std::memory_order_relaxed);
}

class commotion {
 public:
  static constexpr std::size_t boards = 8;

  explicit commotion(resource_options options) : registry(options) {}

  void run(int threads, int rounds) {
    const std::uint64_t seed = random_word();
    std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
    std::vector<std::thread> all;
    for (int number = 0; number < threads; ++number)
      all.emplace_back([this, rounds, start = seed + static_cast<std::uint64_t>(number)] { work(start, rounds); });
    for (std::thread& one : all) one.join();
    for (auto& place : board) take_down(place.exchange(0));
    registry.drain();
  }

  resource_registry registry;
  std::atomic<std::uint64_t> wrong{0};
  std::atomic<std::uint64_t> used{0};
  std::vector<std::deque<canary>> made;

 private:
  // Each thread's canaries lie in a deque of its own: they never move.
  void work(std::uint64_t start, int rounds) {
    std::deque<canary> mine;
    std::uint64_t state = start;
    for (int round = 0; round < rounds; ++round) {
      const std::uint64_t word = mix_word(++state, 7);
      auto& place = board[(word >> 8) % boards];
      switch (word % 8) {
        case 0: post(mine, place); break;
        case 1: borrow_share(place); break;
        case 2: take_down(place.exchange(0)); break;
        case 3: close(place); break;
        default: use(place); break;
      }
    }
    const std::lock_guard<mutex> hold(guard_);
    made.push_back(std::move(mine));
  }

  void post(std::deque<canary>& mine, std::atomic<std::uint64_t>& place) {
    canary& one = mine.emplace_back();
    adoption how;
    how.free = bury;
    take_down(place.exchange(registry.adopt(&one, how).detach().bits()));
  }

  void use(std::atomic<std::uint64_t>& place) {
    const bool ran = registry.with<canary>(resource_handle::from_bits(place.load()), [&](canary* one) {
      for (int look = 0; look < 3; ++look)
        if (one->alive.load(std::memory_order_relaxed) != 1) wrong.fetch_add(1);
    });
    if (ran) used.fetch_add(1, std::memory_order_relaxed);
  }

  void borrow_share(std::atomic<std::uint64_t>& place) {
    const auto share = registry.share<canary>(resource_handle::from_bits(place.load()));
    if (!share) return;
    const auto second = share;
    if (second->alive.load(std::memory_order_relaxed) != 1) wrong.fetch_add(1);
  }

  void close(std::atomic<std::uint64_t>& place) {
    static_cast<void>(registry.close(resource_handle::from_bits(place.load())));
  }

  void take_down(std::uint64_t bits) {
    if (bits == 0) return;
    if (registry.release(resource_handle::from_bits(bits)) != resource_error::none) wrong.fetch_add(1);
  }

  std::atomic<std::uint64_t> board[boards] = {};
  mutex guard_;
};

void all_freed_once(const commotion& all) {
  for (const auto& part : all.made)
    for (const canary& one : part) ASSERT_EQ(one.freed.load(), 1);
}

// covers hf.resources.free-once, hf.resources.free-after-use, hf.resources.close
TEST(ResourcesUnderStress, EachIsFreedOnceAndNotWhileUsed) {
  commotion all({});
  all.run(4, thread_sanitizer ? 4'000 : 60'000);
  EXPECT_EQ(all.wrong.load(), 0u);
  EXPECT_GT(all.used.load(), 0u);
  EXPECT_EQ(all.registry.size(), 0u);
  all_freed_once(all);
}

// covers hf.resources.leave-marks, hf.resources.free-once
TEST(ResourcesUnderStress, CFreesWhatOthersReleaseAndIsHeardOnce) {
  resource_options options;
  options.freed = when_freed::mark;
  resource_registry registry(options);
  static std::atomic<int> freed;
  freed = 0;
  constexpr int rounds = 400;
  static char blocks[16];
  std::atomic<int> turn{0};
  int told = 0;
  std::thread c([&] {
    for (int round = 1; round <= rounds; ++round) {
      while (turn.load(std::memory_order_acquire) < 2 * round - 1) std::this_thread::yield();
      static_cast<void>(registry.note_freed(blocks));
      turn.fetch_add(1, std::memory_order_acq_rel);
    }
  });
  for (int round = 1; round <= rounds; ++round) {
    adoption how;
    how.free = [](void*, void*, std::size_t) { freed.fetch_add(1); };
    auto share = registry.adopt(blocks, how);
    const resource_handle handle = share.handle();
    turn.fetch_add(1, std::memory_order_acq_rel);
    static_cast<void>(registry.with(handle, [](void*) {}));
    share.reset();
    while (turn.load(std::memory_order_acquire) < 2 * round) std::this_thread::yield();
    registry.drain();
    told = static_cast<int>(registry.stats().freed_by_c);
    // Either C was heard first and the callback does not run, or it ran and C found nothing.
    ASSERT_EQ(freed.load() + told, round);
  }
  c.join();
}

// covers hf.resources.thread-exit, hf.resources.census
TEST(ResourcesUnderStress, ShortThreadsAdoptWhileAnotherWalks) {
  resource_registry registry;
  std::atomic<bool> done{false};
  std::thread walker([&] {
    while (!done.load()) {
      registry.for_each([](const resource_view& one) { EXPECT_EQ(one.name, "short"); });
    }
  });
  std::deque<canary> canaries(400);
  for (std::size_t n = 0; n < canaries.size(); n += 4) {
    std::vector<std::thread> some;
    for (std::size_t i = n; i < n + 4; ++i)
      some.emplace_back([&, i] {
        adoption how;
        how.free = bury;
        how.name = "short";
        const auto share = registry.adopt(&canaries[i], how);
        static_cast<void>(registry.with(share.handle(), [](void*) {}));
      });
    for (std::thread& one : some) one.join();
  }
  done = true;
  walker.join();
  registry.drain();
  for (const canary& one : canaries) EXPECT_EQ(one.freed.load(), 1);
}

// covers hf.resources.slots-stay
TEST(ResourcesUnderStress, HandlesThatNobodyGaveOutAreRefusedWhileSlotsAreMade) {
  resource_registry registry({.tell_leaks = false});
  const std::uint32_t first = registry.stats().slots;
  constexpr std::uint32_t many = 3000;
  std::atomic<bool> over{false};
  std::uint64_t used = 0;
  std::thread guesser([&] {
    while (!over)
      for (std::uint32_t index = first; index < first + many; index += 7) {
        // A generation that no slot has yet: one that is being made, or not even that.
        const resource_handle made_up(index, 1000);
        registry.with<canary>(made_up, [&](canary*) { ++used; });
        used += registry.share<canary>(made_up) ? 1 : 0;
        used += registry.fault(made_up) == resource_error::none ? 1 : 0;
      }
  });
  std::vector<canary> things(many);
  std::vector<resource_share<canary>> shares;
  for (canary& one : things) shares.push_back(registry.adopt(&one, adoption{}));
  over = true;
  guesser.join();
  EXPECT_EQ(used, 0u);
}

}  // namespace
