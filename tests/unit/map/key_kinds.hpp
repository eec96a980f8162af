// Keys and hashes of the awkward kinds: everything in one bucket, equal but not alike, without size.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

namespace holdfast::tests {

// The n-th of a sequence of keys as irregular as random ones. Consecutive integers spread more evenly
// than chance would, so chains hardly ever overflow with them.
[[nodiscard]] constexpr std::uint64_t scattered(std::uint64_t n) noexcept {
  n += 0x9e3779b97f4a7c15;
  n = (n ^ (n >> 30)) * 0xbf58476d1ce4e5b9;
  n = (n ^ (n >> 27)) * 0x94d049bb133111eb;
  return n ^ (n >> 31);
}

// The worst hash there is: all keys in one chain.
struct constant_hash {
  template <class Key>
  std::size_t operator()(const Key&) const noexcept {
    return 42;
  }
};

// A key with a field that takes no part in equality, as a blank field of Go's.
struct half_blank {
  int number = 0;
  int blank = 0;
  friend bool operator==(const half_blank& a, const half_blank& b) noexcept { return a.number == b.number; }
};

struct float_and_int {
  double real = 0;
  int number = 0;
  friend bool operator==(const float_and_int&, const float_and_int&) = default;
};

struct nothing_at_all {
  friend bool operator==(const nothing_at_all&, const nothing_at_all&) = default;
};

}  // namespace holdfast::tests

template <>
struct std::hash<holdfast::tests::half_blank> {
  std::size_t operator()(const holdfast::tests::half_blank& key) const noexcept {
    return std::hash<int>{}(key.number);
  }
};

template <>
struct std::hash<holdfast::tests::float_and_int> {
  std::size_t operator()(const holdfast::tests::float_and_int& key) const noexcept {
    return std::hash<double>{}(key.real) * 31 + static_cast<std::size_t>(key.number);
  }
};

template <>
struct std::hash<holdfast::tests::nothing_at_all> {
  std::size_t operator()(const holdfast::tests::nothing_at_all&) const noexcept { return 0; }
};
