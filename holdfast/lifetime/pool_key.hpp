// What makes the handles of one pool unlike those of any other: a word that is put over all of them.
//
//   handle = (generation << 32 | index) ^ key
//
//   key   bits 63..56   low byte of the pool's number      over the generation's highest byte
//         bits 55..33   by chance
//         bit  32       0, so that a handle shows an odd generation whatever pool looks at it
//         bits 31..24   second byte of the pool's number   over the index's highest byte
//         bits 23..0    by chance
//
// A handle of another pool then shows an index or a generation that this pool never gave out:
//   - certainly, while both pools have at most 2^24 slots, none used more than 2^23 times, and fewer than
//     65536 pools were made between the two;
//   - otherwise but for one pair of pools in 2^(63 - i - g), where i and g are the bits of the largest index and
//     generation in use: one in 2^43 for a thousand slots used five hundred times.
// The price is one exclusive or.
#pragma once

#include <cstdint>

namespace holdfast::inline v0::lifetime {

class pool_key {
 public:
  // Another one at each call. Threads: any.
  [[nodiscard]] static pool_key fresh() noexcept;

  struct plain {
    std::uint32_t index;
    std::uint32_t generation;
  };

  [[nodiscard]] constexpr std::uint64_t over(plain one) const noexcept {
    return (std::uint64_t{one.generation} << 32 | one.index) ^ word_;
  }
  [[nodiscard]] constexpr plain under(std::uint64_t bits) const noexcept {
    const std::uint64_t both = bits ^ word_;
    return {static_cast<std::uint32_t>(both), static_cast<std::uint32_t>(both >> 32)};
  }

 private:
  constexpr explicit pool_key(std::uint64_t word) noexcept : word_(word) {}

  std::uint64_t word_;
};

}  // namespace holdfast::inline v0::lifetime
