// A key of each kind for every number, so that one stream of operations serves all kinds of map.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <string>

namespace holdfast::tests {

struct collider {
  std::uint32_t number;
  friend bool operator==(const collider&, const collider&) = default;
};

template <class Key>
[[nodiscard]] Key key_of(std::uint16_t number) {
  return static_cast<Key>(number);
}
template <>
[[nodiscard]] inline std::uint64_t key_of<std::uint64_t>(std::uint16_t number) {
  return std::uint64_t{number} << (number % 3 * 20);
}
template <>
[[nodiscard]] inline std::string key_of<std::string>(std::uint16_t number) {
  return std::string(number % 40, 'k') + std::to_string(number);
}
template <>
[[nodiscard]] inline collider key_of<collider>(std::uint16_t number) {
  return {number % 60u};
}
// Both zeros and NaN among them.
template <>
[[nodiscard]] inline double key_of<double>(std::uint16_t number) {
  if (number % 7 == 0) return std::numeric_limits<double>::quiet_NaN();
  if (number % 7 == 1) return number % 2 == 0 ? 0.0 : -0.0;
  return number / 3.0;
}

}  // namespace holdfast::tests

// As bad as a hash can be.
template <>
struct std::hash<holdfast::tests::collider> {
  std::size_t operator()(const holdfast::tests::collider&) const noexcept { return 7; }
};
