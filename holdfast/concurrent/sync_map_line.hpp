// What every bucket of a sync_map begins with: a byte of hash for each of its slots, and its lock.
//
//   control    tag 0 | tag 1 | ... | tag 6 | lock            one byte each
//
//   tag    0 vacant, 1 link, 2.. the top byte of the hash
//
// What a slot holds is the form's business: a pointer to a node (sync_map_node_line.hpp), or key and value
// themselves (sync_map_pair_line.hpp). A line that is full is followed by an overflow line, and that one by
// another. The main line of a bucket and its overflow lines are one *chain*.
//
// Readers load control, then the slots whose tag fits. Writers hold the lock. What they may do while readers look
// on, each form says for itself.
#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstdint>

#include <holdfast/base/lang/config.hpp>

#if HOLDFAST_SSE2
#include <emmintrin.h>
#endif

namespace holdfast::inline v0::concurrent {

inline constexpr std::uint64_t vacant_tag = 0;
inline constexpr std::uint64_t link_tag = 1;
inline constexpr std::uint64_t lock_bit = std::uint64_t{1} << 63;
inline constexpr std::uint64_t all_tags = 0x00ff'ffff'ffff'ffff;

[[nodiscard]] constexpr std::uint64_t tag_of(std::uint64_t hash) noexcept {
  const std::uint64_t top = hash >> 56;
  return top < 2 ? top + 2 : top;
}
[[nodiscard]] constexpr std::uint64_t tag_at(std::uint64_t control, unsigned place) noexcept {
  return control >> (8 * place) & 0xff;
}
[[nodiscard]] constexpr bool is_entry(std::uint64_t tag) noexcept { return tag > link_tag; }

// `control` with `tag` at `place`, which was vacant.
[[nodiscard]] constexpr std::uint64_t with_tag(std::uint64_t control, unsigned place, std::uint64_t tag) noexcept {
  return control | tag << (8 * place);
}
[[nodiscard]] constexpr std::uint64_t without_tag(std::uint64_t control, unsigned place) noexcept {
  return control & ~(std::uint64_t{0xff} << (8 * place));
}

// A tag in each of seven bytes, by the top byte of the hash: 2 KiB, which a lookup reads instead of computing.
inline constexpr auto tags_of_tops = [] {
  std::array<std::uint64_t, 256> made{};
  for (std::uint64_t top = 0; top < made.size(); ++top) made[top] = tag_of(top << 56) * 0x0001'0101'0101'0101;
  return made;
}();
[[nodiscard]] constexpr std::uint64_t tags_of(std::uint64_t hash) noexcept { return tags_of_tops[hash >> 56]; }

// The places of a line that have a certain tag, which comes seven times over, first to last. Without SSE2 also places
// that may have it: a tag that differs by one, above a place that has it; never a vacant one.
class tag_matches {
 public:
#if HOLDFAST_SSE2
  HOLDFAST_ALWAYS_INLINE tag_matches(std::uint64_t control, std::uint64_t wanted, unsigned slots) noexcept {
    const auto lanes = [](std::uint64_t word) { return _mm_cvtsi64_si128(static_cast<long long>(word)); };
    const __m128i equal = _mm_cmpeq_epi8(lanes(control), lanes(wanted));
    found_ = static_cast<unsigned>(_mm_movemask_epi8(equal)) & ((1U << slots) - 1);
  }
  [[nodiscard]] unsigned first() const noexcept { return static_cast<unsigned>(std::countr_zero(found_)); }
#else
  constexpr tag_matches(std::uint64_t control, std::uint64_t wanted, unsigned slots) noexcept {
    const std::uint64_t differs = control ^ wanted;
    // Zero bytes become 0x80.
    found_ = (differs - ones) & ~differs & (ones << 7) & ((std::uint64_t{1} << (8 * slots)) - 1);
  }
  [[nodiscard]] constexpr unsigned first() const noexcept { return static_cast<unsigned>(std::countr_zero(found_)) / 8; }
#endif
  [[nodiscard]] constexpr explicit operator bool() const noexcept { return found_ != 0; }
  constexpr void drop_first() noexcept { found_ &= found_ - 1; }

 private:
#if HOLDFAST_SSE2
  unsigned found_;
#else
  static constexpr std::uint64_t ones = 0x0001'0101'0101'0101;
  std::uint64_t found_;
#endif
};

}  // namespace holdfast::inline v0::concurrent
