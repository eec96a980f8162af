// Which segment an index lies in: each segment is twice as long as the one before, so none ever moves.
//
//   segment   0      1       2        ...        26
//   slots     64     128     256      64 << k
//   index     0..63  64..191 192..447
//
// Twenty-seven of them take every index of 32 bits, so the table of segments is a plain array.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

namespace holdfast::inline v0::lifetime {

inline constexpr std::size_t first_segment = 64;
inline constexpr unsigned segments_at_most = 27;

[[nodiscard]] constexpr std::size_t slots_in_segment(unsigned segment) noexcept { return first_segment << segment; }

struct rung {
  unsigned segment;
  std::size_t offset;
};

[[nodiscard]] constexpr rung rung_of(std::uint32_t index) noexcept {
  const std::uint64_t place = index + std::uint64_t{first_segment};
  const auto segment = static_cast<unsigned>(std::bit_width(place)) - 7;
  return {segment, place - slots_in_segment(segment)};
}

// How many slots the first `segments` segments have.
[[nodiscard]] constexpr std::uint64_t slots_below(unsigned segments) noexcept {
  return slots_in_segment(segments) - first_segment;
}

static_assert(rung_of(0).segment == 0 && rung_of(63).offset == 63 && rung_of(64).segment == 1);
static_assert(rung_of(~std::uint32_t{0}).segment == segments_at_most - 1);

}  // namespace holdfast::inline v0::lifetime
