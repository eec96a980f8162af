#include "holdfast/tools/number_text.hpp"

#include <fmt/format.h>

#include <array>
#include <string_view>

namespace holdfast::inline v0::tools {
namespace {

// `number` in the largest of `units`, each `step` times the one before, that keeps it at 1 or more.
template <std::size_t Count>
[[nodiscard]] std::string scaled(double number, double step,
                                 const std::array<std::string_view, Count>& units) {
  std::size_t unit = 0;
  while (unit + 1 < Count && number >= step) {
    number /= step;
    ++unit;
  }
  return fmt::format("{} {}", unit == 0 ? fmt::format("{:.0f}", number) : three_digits(number),
                     units[unit]);
}

}  // namespace

std::string grouped(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3;) {
    at -= 3;
    text.insert(at, 1, ',');
  }
  return text;
}

std::string duration_text(double nanoseconds) {
  constexpr std::array<std::string_view, 4> units = {"ns", "µs", "ms", "s"};
  return scaled(nanoseconds, 1000.0, units);
}

std::string memory_text(std::uint64_t bytes) {
  constexpr std::array<std::string_view, 5> units = {"B", "KiB", "MiB", "GiB", "TiB"};
  return scaled(static_cast<double>(bytes), 1024.0, units);
}

std::string three_digits(double number) {
  if (number < 9.995) return fmt::format("{:.2f}", number);
  if (number < 99.95) return fmt::format("{:.1f}", number);
  return fmt::format("{:.0f}", number);
}

}  // namespace holdfast::inline v0::tools
