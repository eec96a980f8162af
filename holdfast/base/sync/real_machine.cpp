// See real_machine.hpp.
#include <holdfast/base/sync/real_machine.hpp>

#include <sched.h>
#include <time.h>

#include <algorithm>

namespace holdfast::inline v0::sync {

constinit std::atomic<std::uint64_t> process_generation{1};

void real_machine::rest(unsigned round) noexcept {
  constexpr unsigned spins = 4;
  constexpr unsigned yields = 32;
  if (round < spins) return std::atomic_signal_fence(std::memory_order_seq_cst);
  if (round < yields) {
    sched_yield();
    return;
  }
  const long microseconds = std::min(1L << std::min(round - yields, 10U), 1000L);
  const timespec pause{0, microseconds * 1000};
  nanosleep(&pause, nullptr);
}

std::uint64_t real_machine::now() noexcept {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000U + static_cast<std::uint64_t>(time.tv_nsec);
}

}  // namespace holdfast::inline v0::sync
