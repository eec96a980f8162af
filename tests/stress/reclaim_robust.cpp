// Readers that are stopped, threads that come and go, a process that ends in the middle: with figures.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <holdfast/base/reclaim/domain.hpp>

namespace {

using namespace holdfast::reclaim;
using namespace std::chrono_literals;

struct block : retirable {
  std::uint64_t value = 42;
};

constexpr std::size_t pretended_size = 64 * 1024;

void destroy_block(retirable* one) noexcept {
  static_cast<block*>(one)->value = 0;
  delete static_cast<block*>(one);
}

void retire(domain& where, block* one) { where.retire(*one, pretended_size, destroy_block); }

// A writer retires 1 GiB, as the domain counts it, while `meanwhile` goes on; the most that waited.
std::size_t write_a_gibibyte(domain& own, std::atomic<block*>& source) {
  std::size_t most = 0;
  for (std::size_t written = 0; written < std::size_t{1} << 30; written += pretended_size) {
    retire(own, source.exchange(new block));
    most = std::max(most, own.stats().waiting_bytes);
    if (written % (1 << 22) == 0) std::this_thread::sleep_for(2ms);
  }
  return most;
}

// covers hf.reclaim.garbage-bounded
TEST(ReclaimRobust, ASleepingPinHolderKeepsOneObject) {
  domain own;
  std::atomic<block*> source{new block};
  std::atomic<int> stage{0};
  std::thread sleeper([&] {
    pin<const block> held;
    {
      section inside(own);
      const block* const found = source.load(std::memory_order_acquire);
      held = inside.hand_off(found, found);
    }
    stage = 1;
    while (stage != 2) std::this_thread::sleep_for(1ms);
    EXPECT_EQ(held->value, 42U);
  });
  while (stage != 1) std::this_thread::yield();
  const std::size_t most = write_a_gibibyte(own, source);
  EXPECT_LT(most, std::size_t{64} << 20) << "a sixteenth of what was retired";
  EXPECT_EQ(own.drain(), 1U);
  stage = 2;
  sleeper.join();
  retire(own, source.load());
  EXPECT_EQ(own.drain(), 0U);
}

// Stopped inside a section, by the signal that stops one thread only: its handler waits.
std::atomic<int> stopped{0}, go_on{0};
void stop_here(int) {
  stopped = 1;
  while (go_on == 0) usleep(1000);
}

// covers hf.reclaim.limits-kept, hf.reclaim.grace-covers
TEST(ReclaimRobust, AReaderStoppedInASectionLosesNothingAndWritersGoOn) {
  stopped = go_on = 0;
  struct sigaction action {}, before {};
  action.sa_handler = stop_here;
  sigaction(SIGUSR1, &action, &before);
  limits chosen;
  chosen.soft_bytes = chosen.hard_bytes = 16 << 20;
  chosen.patience = 1'000'000;
  static std::atomic<int> told;
  told = 0;
  chosen.on_soft_limit = [](const domain_stats& now, void*) noexcept {
    if (now.blocking_thread != 0) ++told;
  };
  domain own(chosen);
  std::atomic<block*> source{new block};
  std::atomic<int> stage{0};
  std::thread reader([&] {
    section inside(own);
    const block* const found = source.load(std::memory_order_acquire);
    stage = 1;
    while (stopped == 0) {}
    EXPECT_EQ(found->value, 42U);
  });
  while (stage != 1) std::this_thread::yield();
  pthread_kill(reader.native_handle(), SIGUSR1);
  while (stopped == 0) std::this_thread::yield();
  const auto began = std::chrono::steady_clock::now();
  std::size_t retired = 0;
  while (std::chrono::steady_clock::now() - began < 2s) {
    retire(own, source.exchange(new block));
    ++retired;
  }
  EXPECT_EQ(told, 1) << "the limit was crossed once, and the reader was named";
  EXPECT_GE(own.stats().blocked_for, 1'000'000'000U);
  // Writers wait a millisecond for each batch of four once they are above the limit: that is the brake.
  EXPECT_LE(retired * pretended_size, (std::size_t{16} << 20) + 2001 * 4 * pretended_size);
  go_on = 1;
  reader.join();
  retire(own, source.load());
  EXPECT_EQ(own.drain(), 0U);
  sigaction(SIGUSR1, &before, nullptr);
}

// covers hf.reclaim.thread-exit
TEST(ReclaimRobust, AThousandThreadsComeAndGo) {
  domain own;
  std::atomic<block*> source{new block};
  std::atomic<std::uint64_t> wrong{0};
  const std::size_t before = own.stats().records;
  for (int wave = 0; wave < 50; ++wave) {
    std::vector<std::thread> threads;
    for (int t = 0; t < 20; ++t)
      threads.emplace_back([&] {
        std::vector<pin<const block>> held;
        for (int i = 0; i < 30; ++i) {
          section inside(own);
          const block* const found = source.load(std::memory_order_acquire);
          held.push_back(inside.hand_off(found, found));
        }
        retire(own, source.exchange(new block));
        for (const auto& each : held) wrong += each->value != 42;
      });
    for (std::thread& each : threads) each.join();
  }
  EXPECT_EQ(wrong, 0U);
  EXPECT_LE(own.stats().records, before + 20);
  retire(own, source.load());
  EXPECT_EQ(own.drain(), 0U);
}

// covers hf.reclaim.static-destruction
TEST(ReclaimRobust, AProcessEndsWhileThreadsReadAndRetire) {
  for (int turn = 0; turn < 20; ++turn) {
    const pid_t child = fork();
    if (child == 0) {
      alarm(60);
      static std::atomic<block*> source{new block};
      for (int t = 0; t < 3; ++t)
        std::thread([] {
          for (;;) {
            { section inside(default_domain()); }
            retire(default_domain(), source.exchange(new block));
          }
        }).detach();
      struct late {
        ~late() {
          {
            section inside(default_domain());
            const block* const found = source.load(std::memory_order_acquire);
            if (inside.hand_off(found, found)->value != 42) _exit(1);
          }
          retire(default_domain(), source.exchange(new block));
        }
      };
      static late one;
      usleep(5000);
      std::exit(0);
    }
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << "turn " << turn << ", status " << status;
  }
}

}  // namespace
