// Two clocks: CPU time of this thread for sums, the time stamp counter for single operations.
//
// Sums are taken in CPU time, so that a neighbour who takes the processor away between two instructions
// is not charged to the map under test. A call costs about 0.2 us; sums are never shorter than
// milliseconds. Single operations are timed by `rdtscp`, which costs about 10 ns and counts wall time.
#pragma once

#include <cstdint>
#include <ctime>

#include <x86intrin.h>

namespace holdfast::bench {

[[nodiscard]] inline double nanoseconds_of(clockid_t which) noexcept {
  timespec now{};
  clock_gettime(which, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

[[nodiscard]] inline double cpu_nanoseconds() noexcept { return nanoseconds_of(CLOCK_THREAD_CPUTIME_ID); }
[[nodiscard]] inline double wall_nanoseconds() noexcept { return nanoseconds_of(CLOCK_MONOTONIC_RAW); }

// Waits for the instructions before it; those after it may start early, which one compare does not notice.
[[nodiscard]] inline std::uint64_t ticks() noexcept {
  unsigned core = 0;
  return __rdtscp(&core);
}

// Measured against the wall clock over 50 ms.
[[nodiscard]] inline double nanoseconds_per_tick() noexcept {
  const double start = wall_nanoseconds();
  const std::uint64_t first = ticks();
  double end = start;
  while (end - start < 5e7) end = wall_nanoseconds();
  return (end - start) / static_cast<double>(ticks() - first);
}

}  // namespace holdfast::bench
