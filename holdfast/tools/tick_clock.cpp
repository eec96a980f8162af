#include "holdfast/tools/tick_clock.hpp"

#include <algorithm>
#include <array>

namespace holdfast::inline v0::tools {

tick_clock::tick_clock() {
  find_rate();
  find_overhead();
}

void tick_clock::find_rate() {
#if defined(__x86_64__)
  constexpr std::uint64_t calibration = 20'000'000;
  const auto steady_start = steady_now();
  const auto start = begin();
  auto steady_end = steady_start;
  while (steady_end - steady_start < calibration) steady_end = steady_now();
  const auto ticks = end() - start;
  per_tick_ = static_cast<double>(steady_end - steady_start) / static_cast<double>(ticks);
#endif
}

void tick_clock::find_overhead() {
  std::array<std::uint64_t, 4001> empty = {};
  for (auto& ticks : empty) {
    const auto before = begin();
    ticks = end() - before;
  }
  std::sort(empty.begin(), empty.end());
  overhead_ = nanoseconds(empty[empty.size() / 2]);
  auto step = empty.back();
  for (std::size_t i = 1; i < empty.size(); ++i) {
    const auto difference = empty[i] - empty[i - 1];
    if (difference != 0) step = std::min(step, difference);
  }
  step_ = nanoseconds(step);
}

const tick_clock& tick_clock::instance() {
  static const tick_clock clock;
  return clock;
}

std::string_view tick_clock::name() noexcept {
#if defined(__x86_64__)
  return "rdtscp";
#else
  return "steady_clock";
#endif
}

}  // namespace holdfast::inline v0::tools
