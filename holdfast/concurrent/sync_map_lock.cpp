// See sync_map_lock.hpp.
#include <holdfast/concurrent/sync_map_lock.hpp>

#include <algorithm>

#include <sched.h>
#include <time.h>

namespace holdfast::inline v0::concurrent {
namespace {

constexpr unsigned longest_pause = 32;  // between two looks
constexpr unsigned yields = 2;
constexpr long shortest_sleep = 20'000;
constexpr long longest_sleep = 1'000'000;

}  // namespace

std::uint64_t lock_soon(std::atomic<std::uint64_t>& control) noexcept {
  std::uint64_t tags = try_lock(control);
  for (unsigned pauses = 1; !got_lock(tags) && pauses <= longest_pause; pauses *= 2) {
    for (unsigned n = 0; n < pauses; ++n) HOLDFAST_PAUSE();
    tags = try_lock(control);
  }
  return tags;
}

void back_off::wait() noexcept {
  const unsigned round = rounds_++;
  if (round < yields) {
    sched_yield();
    return;
  }
  // A thread of a lower priority may hold the lock: yielding alone would never let it run.
  const timespec length{0, std::min(longest_sleep, shortest_sleep << std::min(round - yields, 6U))};
  nanosleep(&length, nullptr);
}

std::uint64_t lock_for_certain(std::atomic<std::uint64_t>& control) noexcept {
  std::uint64_t tags = lock_soon(control);
  for (back_off patience; !got_lock(tags); tags = lock_soon(control)) patience.wait();
  return tags;
}

}  // namespace holdfast::inline v0::concurrent
