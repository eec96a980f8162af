// Readers against writers over objects that are never freed: what would be a use after free is a canary
// found dead, which the reader counts instead of crashing. The same race is run without the heavy fence,
// where canaries must be found dead: that shows that the first run could have failed.
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <random>
#include <thread>
#include <vector>

#include <sched.h>

#include <gtest/gtest.h>

#include <holdfast/base/reclaim/collector.hpp>
#include <holdfast/base/sync/real_machine.hpp>

namespace {

using namespace holdfast::reclaim;
using holdfast::sync::real_machine;

// Believes that everybody has fenced.
struct careless_machine : real_machine {
  [[nodiscard]] static bool heavy_fence() noexcept { return true; }
};

constexpr std::uint64_t living = 0x600d600d600d600d, dead = 0xdeaddeaddeaddead;

struct canary : retirable {
  std::atomic<std::uint64_t> state{living};
  std::atomic<bool> in_use{false};
};

// The pool of the one test that runs.
std::vector<canary>* pool;

void poison(retirable* one) noexcept {
  auto* self = static_cast<canary*>(one);
  self->state.store(dead, std::memory_order_relaxed);
  self->in_use.store(false, std::memory_order_release);
}

template <class Machine>
class race {
 public:
  explicit race(std::uint64_t seed) : seed_(seed), pool_(4096) {
    pool = &pool_;
    source_ = fresh();
  }
  ~race() { records_->destroy_records(); }

  // Dead canaries found in so many seconds.
  std::uint64_t run(double seconds) {
    std::vector<std::thread> threads;
    for (int i = 0; i < 2; ++i) threads.emplace_back([this, i] { read(seed_ + static_cast<unsigned>(i)); });
    const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
    while (std::chrono::steady_clock::now() < end)
      for (int i = 0; i < 64; ++i) replace();
    stop_ = true;
    for (std::thread& each : threads) each.join();
    return found_dead_;
  }

  [[nodiscard]] std::uint64_t destroyed() const { return destroyed_; }

 private:
  using record = basic_record<Machine>;

  // The dead ones are used again in turn, so that each stays dead for a while.
  canary* fresh() {
    for (;; collect()) {
      canary& one = pool_[next_ % pool_.size()];
      if (one.in_use.load(std::memory_order_acquire)) {
        sched_yield();  // a reader was stopped in a section
        continue;
      }
      ++next_;
      one.in_use.store(true, std::memory_order_relaxed);
      one.state.store(living, std::memory_order_relaxed);
      return &one;
    }
  }

  void replace() {
    canary* const old = source_.exchange(fresh(), std::memory_order_acq_rel);
    old->note(poison, 1);
    collector_->push(*old, 0);
    collect();
  }

  void collect() {
    retired_list doomed = collector_->collect(haste::now, ~std::size_t{0}, refusals_);
    destroyed_ += doomed.objects;
    doomed.destroy_all();
  }

  // Half of the reads look inside the section, half of them under the pin only.
  void read(std::uint64_t seed) {
    std::mt19937_64 random(seed);
    record& mine = *records_->claim(2);
    while (!stop_.load(std::memory_order_relaxed)) {
      const std::uint64_t choice = random();
      const std::uint64_t before = mine.enter();
      canary* const found = source_.load(std::memory_order_acquire);
      if (choice % 2 == 0) look(*found, choice);
      typename record::slot& held = mine.hold(found);
      mine.leave(before);
      look(*found, choice >> 8);
      mine.release(held);
    }
    records_->leave(mine);
  }

  void look(const canary& one, std::uint64_t choice) {
    for (std::uint64_t pause = choice % 256; pause != 0; --pause) std::atomic_signal_fence(std::memory_order_seq_cst);
    if (one.state.load(std::memory_order_relaxed) != living) found_dead_.fetch_add(1, std::memory_order_relaxed);
  }

  std::uint64_t seed_;
  std::vector<canary> pool_;
  std::size_t next_ = 0;
  std::unique_ptr<basic_registry<Machine>> records_ = std::make_unique<basic_registry<Machine>>();
  std::unique_ptr<basic_grace<Machine>> periods_ = std::make_unique<basic_grace<Machine>>(*records_);
  std::unique_ptr<basic_collector<Machine>> collector_ = std::make_unique<basic_collector<Machine>>(*records_, *periods_);
  alignas(64) std::atomic<canary*> source_{nullptr};
  alignas(64) std::atomic<bool> stop_{false};
  alignas(64) std::atomic<std::uint64_t> found_dead_{0};
  std::uint64_t destroyed_ = 0;
  unsigned refusals_ = 0;  // of the one writer
};

// covers hf.reclaim.pin-holds, hf.reclaim.scan-after-grace
TEST(ReclaimCanaries, LiveAsLongAsTheyAreRead) {
  if (holdfast::sync::readers_fence()) GTEST_SKIP() << "membarrier is denied: readers would have to fence";
  const std::uint64_t seed = std::random_device()();
  std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
  race<real_machine> fair(seed);
  EXPECT_EQ(fair.run(2.0), 0U);
  EXPECT_GT(fair.destroyed(), 1000U) << "the race was not run";
}

TEST(ReclaimCanaries, DieInHandWithoutTheHeavyFence) {
  if (holdfast::address_sanitizer || holdfast::thread_sanitizer) GTEST_SKIP() << "too slow to show it";
  const std::uint64_t seed = std::random_device()();
  std::uint64_t dead_ones = 0;
  for (int turn = 0; turn < 15 && dead_ones == 0; ++turn) dead_ones = race<careless_machine>(seed).run(1.0);
  if (dead_ones == 0) GTEST_SKIP() << "this machine is too busy, or too small, to show it";
  std::printf("%llu dead\n", static_cast<unsigned long long>(dead_ones));
}

}  // namespace
