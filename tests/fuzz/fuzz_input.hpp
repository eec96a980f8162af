// The bytes of a fuzz case, handed out as values.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

namespace holdfast_test {

// Bytes as a source of values. When they run out, values are zero and strings are empty.
class fuzz_input {
 public:
  explicit fuzz_input(std::string_view bytes) noexcept : left_(bytes) {}

  [[nodiscard]] bool done() const noexcept { return left_.empty(); }

  template <class T>
    requires(std::is_arithmetic_v<T> && !std::is_same_v<T, bool>)
  [[nodiscard]] T take() noexcept {
    T value{};
    const auto length = std::min(sizeof value, left_.size());
    if (length != 0) std::memcpy(&value, left_.data(), length);
    left_.remove_prefix(length);
    return value;
  }

  // A string whose length is the next byte, or what is left.
  [[nodiscard]] std::string take_string() {
    const auto length = std::min<std::size_t>(take<std::uint8_t>(), left_.size());
    std::string value(left_.substr(0, length));
    left_.remove_prefix(length);
    return value;
  }

  // All that is left.
  [[nodiscard]] std::string_view rest() noexcept {
    const auto all = left_;
    left_ = {};
    return all;
  }

 private:
  std::string_view left_;
};

using fuzz_body = void (*)(fuzz_input&);

}  // namespace holdfast_test
