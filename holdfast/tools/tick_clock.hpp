// The clock that times one operation: the processor's own counter where it runs at a constant
// rate, else the system's steady clock. What a reading costs is measured, told, and not deducted.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#if defined(__x86_64__)
#include <x86intrin.h>
#endif

namespace holdfast::inline v0::tools {

class tick_clock {
 public:
  // Takes 20 ms to find the counter's rate, once.
  [[nodiscard]] static const tick_clock& instance();

  // The two ends of a timed piece: nothing of the piece runs before `begin` or after `end`.
  [[nodiscard]] static std::uint64_t begin() noexcept {
#if defined(__x86_64__)
    _mm_lfence();
    const auto now = __rdtsc();
    _mm_lfence();
    return now;
#else
    return steady_now();
#endif
  }

  [[nodiscard]] static std::uint64_t end() noexcept {
#if defined(__x86_64__)
    unsigned processor = 0;
    const auto now = __rdtscp(&processor);
    _mm_lfence();
    return now;
#else
    return steady_now();
#endif
  }

  [[nodiscard]] double nanoseconds(std::uint64_t ticks) const noexcept {
    return static_cast<double>(ticks) * per_tick_;
  }
  // What an empty piece seems to take (median).
  [[nodiscard]] double overhead() const noexcept { return overhead_; }
  // The smallest difference it can show, in nanoseconds; some processors count in steps of ten.
  [[nodiscard]] double step() const noexcept { return step_; }
  [[nodiscard]] static std::string_view name() noexcept;

 private:
  tick_clock();
  void find_rate();
  void find_overhead();

  [[nodiscard]] static std::uint64_t steady_now() noexcept {
    return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(
                                          std::chrono::steady_clock::now().time_since_epoch())
                                          .count());
  }

  double per_tick_ = 1.0;
  double overhead_ = 0.0;
  double step_ = 0.0;
};

}  // namespace holdfast::inline v0::tools
