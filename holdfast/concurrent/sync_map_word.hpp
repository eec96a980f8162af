// Values that are one word: copied as bytes, stored and loaded as one.
//
// Such a value needs no object of its own that stays as it was read: who reads it has a copy. So a store writes the
// word where it is, and what a user holds of it is the value itself.
#pragma once

#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include <holdfast/base/lang/config.hpp>

namespace holdfast::inline v0::concurrent {

// Values that are no more than their bytes.
template <class T>
inline constexpr bool copied_as_word = std::is_trivially_copyable_v<T> && std::copy_constructible<T> &&
                                       sizeof(T) <= sizeof(std::uint64_t) && alignof(T) <= alignof(std::uint64_t);

// What reclaim::pin is to a value that is an object: the value as it was read. It holds nothing up and nothing alive.
template <class T>
class [[nodiscard]] value_pin {
  using value_type = std::remove_const_t<T>;

 public:
  constexpr value_pin() noexcept = default;
  constexpr value_pin(std::nullptr_t) noexcept {}
  explicit value_pin(const value_type& value) noexcept : value_(value) {}
  value_pin(const value_pin&) = delete;
  value_pin& operator=(const value_pin&) = delete;
  value_pin(value_pin&& other) noexcept : value_(other.value_) { other.reset(); }
  value_pin& operator=(value_pin&& other) noexcept {
    value_pin taken(std::move(other));
    reset();
    if (taken.value_) value_.emplace(*taken.value_);
    return *this;
  }
  ~value_pin() = default;

  // Inside of this pin: it moves with it.
  [[nodiscard]] T* get() const noexcept { return value_ ? std::addressof(*value_) : nullptr; }
  [[nodiscard]] T& operator*() const noexcept { return *value_; }
  [[nodiscard]] T* operator->() const noexcept { return std::addressof(*value_); }
  [[nodiscard]] explicit operator bool() const noexcept { return value_.has_value(); }

  [[nodiscard]] value_pin dup() const noexcept { return value_ ? value_pin(*value_) : value_pin(); }
  void reset() noexcept { value_.reset(); }

 private:
  std::optional<value_type> value_;
};

// What fits into a word, as one: the bytes beyond it are zero.
template <class T>
[[nodiscard]] HOLDFAST_ALWAYS_INLINE std::uint64_t as_word(const T& value) noexcept {
  std::uint64_t word = 0;
  std::memcpy(&word, std::addressof(value), sizeof value);
  return word;
}
template <class T>
[[nodiscard]] HOLDFAST_ALWAYS_INLINE T from_word(std::uint64_t word) noexcept {
  if constexpr (sizeof(T) == sizeof word) {
    return std::bit_cast<T>(word);
  } else {
    std::array<std::byte, sizeof(T)> bytes;
    std::memcpy(bytes.data(), &word, sizeof(T));
    return std::bit_cast<T>(bytes);
  }
}

}  // namespace holdfast::inline v0::concurrent
