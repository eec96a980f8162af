// What a thread is doing to a map, as the writer mark records it and reports say it.
#pragma once

#include <cstdint>
#include <string_view>

namespace holdfast::inline v0 {

// The numbers are part of the layout that `holdfast_root` describes: append only.
enum class operation : std::uint8_t {
  none = 0,
  read = 1,
  iterate = 2,
  clone = 3,
  insert = 4,
  assign = 5,
  erase = 6,
  clear = 7,
  grow = 8,
  swap = 9,
  refer = 10,  // makes a reference to an entry, which the map takes note of
};

[[nodiscard]] constexpr bool is_write(operation one) noexcept { return one >= operation::insert; }

// "inserting", "erasing", ...
[[nodiscard]] std::string_view doing(operation one) noexcept;

}  // namespace holdfast::inline v0
