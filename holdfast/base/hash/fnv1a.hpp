// FNV-1a, 64 bits: the byte-at-a-time hash that many programs shard their maps by.
//
// For those who must agree with such a program about where a key lies; `hash<Key>` is several times as
// fast and cannot be foreseen from outside. A map finishes this hash under its own seed all the same,
// but keys whose FNV-1a is equal fall together under every seed.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace holdfast::inline v0 {

struct fnv1a {
  using is_transparent = void;

  [[nodiscard]] constexpr std::size_t operator()(std::string_view bytes) const noexcept {
    std::uint64_t state = offset_basis;
    for (const char byte : bytes) state = step(state, static_cast<unsigned char>(byte));
    return state;
  }

  // The bytes of the number, the lowest first.
  template <std::integral Number>
  [[nodiscard]] constexpr std::size_t operator()(Number number) const noexcept {
    std::uint64_t state = offset_basis;
    for (std::size_t at = 0; at < sizeof(Number); ++at) {
      state = step(state, static_cast<unsigned char>(static_cast<std::uint64_t>(number) >> (8 * at)));
    }
    return state;
  }

 private:
  static constexpr std::uint64_t offset_basis = 0xcbf29ce484222325ULL;
  static constexpr std::uint64_t prime = 0x100000001b3ULL;

  static constexpr std::uint64_t step(std::uint64_t state, unsigned char byte) noexcept { return (state ^ byte) * prime; }
};

}  // namespace holdfast::inline v0
