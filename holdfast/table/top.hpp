// One byte per slot tells what the slot holds without touching its key.
//
// A lookup compares all tops of a bucket at once before it compares one key. Codes below `first_hash`
// are states; every other value is the top byte of a hash.
//
//   0 empty_rest   nothing here and nothing further along the chain: a search may stop
//   1 empty_one    nothing here, but the chain may go on
//   2 moved_low    growth took the entry to the bucket of the same number in the new array
//   3 moved_high   growth took the entry to the bucket at number + old size
//   4 moved_empty  was empty when its bucket moved; or a place that a short overflow bucket does not have
//
// The moved states stand only in an old array, behind the front; a lookup never meets them, a debugger
// and a core dump do.
//
// inv hf.table.top-below-five: a live slot's top is never a state code.
#pragma once

#include <cstdint>

namespace holdfast::inline v0::table {

enum class top : std::uint8_t {
  empty_rest = 0,
  empty_one = 1,
  moved_low = 2,
  moved_high = 3,
  moved_empty = 4,
  first_hash = 5,
};

// The top byte of `hash`, lifted clear of the state codes.
[[nodiscard]] constexpr top top_of(std::uint64_t hash) noexcept {
  const auto byte = static_cast<std::uint8_t>(hash >> 56);
  const auto floor = static_cast<std::uint8_t>(top::first_hash);
  return static_cast<top>(byte < floor ? byte + floor : byte);
}

// Each top four times over, by the hash's top byte: a vector compare is fed from it with two
// instructions instead of seven.
struct spread_tops {
  std::uint32_t of[256];
};
inline constexpr spread_tops spread = [] {
  spread_tops all{};
  for (std::uint64_t byte = 0; byte < 256; ++byte) {
    all.of[byte] = 0x01010101u * static_cast<std::uint32_t>(top_of(byte << 56));
  }
  return all;
}();

// top_of, from the table.
[[nodiscard]] inline top spread_top_of(std::uint64_t hash) noexcept {
  return static_cast<top>(static_cast<std::uint8_t>(spread.of[hash >> 56]));
}

[[nodiscard]] constexpr bool is_live(top t) noexcept { return t >= top::first_hash; }
[[nodiscard]] constexpr bool is_empty(top t) noexcept { return t <= top::empty_one; }
[[nodiscard]] constexpr bool has_moved(top t) noexcept {
  return t >= top::moved_low && t <= top::moved_empty;
}

}  // namespace holdfast::inline v0::table
