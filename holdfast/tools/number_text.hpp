// Numbers as people read them: 1,245,184 · 34 ns · 1.2 µs · 17 ms · 2.9 MiB · 41 s.
#pragma once

#include <cstdint>
#include <string>

namespace holdfast::inline v0::tools {

[[nodiscard]] std::string grouped(std::uint64_t number);
[[nodiscard]] std::string duration_text(double nanoseconds);
[[nodiscard]] std::string memory_text(std::uint64_t bytes);

// A ratio or rate with three digits that count: 0.94, 12.3, 873.
[[nodiscard]] std::string three_digits(double number);

}  // namespace holdfast::inline v0::tools
