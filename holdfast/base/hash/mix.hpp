// One multiplication that lets every bit of a word reach every other.
//
// The 128-bit product of two words, its halves folded together: about four cycles. The low bits of the
// result (the bucket) see the high bits of the input through the upper half, and the high bits (the top)
// see the low ones through the lower half. The construction is wyhash's and is well studied there.
#pragma once

#include <cstdint>

namespace holdfast::inline v0 {

__extension__ typedef unsigned __int128 wide_word;

[[nodiscard]] constexpr std::uint64_t mix(std::uint64_t a, std::uint64_t b) noexcept {
  const wide_word product = static_cast<wide_word>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

// The multiplier of a finished hash. Of those tried it spreads consecutive integers, steps of 16 and of a
// page over the buckets no worse than random keys fall.
inline constexpr std::uint64_t mix_multiplier = 0xa0761d6478bd642fULL;

// A whole hash of one word under `seed`.
[[nodiscard]] constexpr std::uint64_t mix_word(std::uint64_t word, std::uint64_t seed) noexcept {
  return mix(word ^ seed, mix_multiplier);
}

}  // namespace holdfast::inline v0
