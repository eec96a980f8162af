// A number that stands for C memory: never reused for another resource, never dereferenced by mistake.
//
//   bits  0..31   which slot of the process
//   bits 32..63   which of the slot's tenants; the first one is 1, so that 0 is nobody's handle
//
// A slot whose last generation has been given out is never used again, so a handle that was good once can
// become stale but never good for something else. Use it as a key, as a value, send it through C or to a file:
// only the registry turns it into a pointer.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <string>

#include <holdfast/base/hash/hash.hpp>

namespace holdfast::inline v0 {

class resource_handle {
 public:
  constexpr resource_handle() noexcept = default;
  constexpr resource_handle(std::uint32_t index, std::uint32_t generation) noexcept
      : bits_(std::uint64_t{generation} << 32 | index) {}

  // For C and for storage; the number of another process means nothing here.
  [[nodiscard]] static constexpr resource_handle from_bits(std::uint64_t bits) noexcept {
    resource_handle made;
    made.bits_ = bits;
    return made;
  }
  [[nodiscard]] constexpr std::uint64_t bits() const noexcept { return bits_; }

  [[nodiscard]] constexpr std::uint32_t index() const noexcept { return static_cast<std::uint32_t>(bits_); }
  [[nodiscard]] constexpr std::uint32_t generation() const noexcept { return static_cast<std::uint32_t>(bits_ >> 32); }
  // Not null. Whether it is good only its registry can say.
  [[nodiscard]] constexpr explicit operator bool() const noexcept { return bits_ != 0; }

  friend constexpr auto operator<=>(const resource_handle&, const resource_handle&) noexcept = default;

 private:
  std::uint64_t bits_ = 0;
};

// `12#3`: slot 12, third tenant.
[[nodiscard]] inline std::string to_string(resource_handle handle) {
  return std::to_string(handle.index()) + '#' + std::to_string(handle.generation());
}

template <class Traits>
std::basic_ostream<char, Traits>& operator<<(std::basic_ostream<char, Traits>& out, resource_handle handle) {
  return out << to_string(handle);
}

template <>
struct hash<resource_handle> {
  [[nodiscard]] std::uint64_t operator()(resource_handle handle, std::uint64_t seed) const noexcept {
    return mix_word(handle.bits(), seed);
  }
  [[nodiscard]] std::size_t operator()(resource_handle handle) const noexcept { return (*this)(handle, 0); }
};

}  // namespace holdfast::inline v0

template <>
struct std::hash<holdfast::resource_handle> {
  [[nodiscard]] std::size_t operator()(holdfast::resource_handle handle) const noexcept {
    return holdfast::hash<holdfast::resource_handle>{}(handle);
  }
};
