// All tops of a bucket examined at once; the answer is a set of slots, one bit each.
//
//   match      slots whose top equals one value: the only slots worth comparing a key with
//   live       slots that hold an entry
//   vacant     slots that can take one
//   ends_chain whether a search that found nothing here may stop
//
// With SSE2 each is two or three instructions; elsewhere the loops below are what a compiler turns into
// vectors by itself.
#pragma once

#include <cstddef>
#include <cstdint>

#include <holdfast/base/lang/config.hpp>
#include <holdfast/table/top.hpp>

#if HOLDFAST_SSE2
#include <emmintrin.h>
#endif

namespace holdfast::inline v0::table {

using slot_bits = std::uint32_t;

// `set` must not be empty.
[[nodiscard]] constexpr unsigned first_of(slot_bits set) noexcept {
  return static_cast<unsigned>(__builtin_ctz(set));
}

template <unsigned Slots>
struct slot_set {
  static_assert(Slots == 8 || Slots == 16, "a bucket has 8 or 16 slots");
  static constexpr slot_bits all = (slot_bits{1} << Slots) - 1;

#if HOLDFAST_SSE2
  [[nodiscard]] static __m128i load(const top* tops) noexcept {
    const auto* const bytes = reinterpret_cast<const __m128i*>(tops);
    return Slots == 16 ? _mm_load_si128(bytes) : _mm_loadl_epi64(bytes);
  }
  [[nodiscard]] static slot_bits bits(__m128i lanes) noexcept {
    const auto set = static_cast<slot_bits>(_mm_movemask_epi8(lanes));
    return Slots == 16 ? set : set & all;
  }
  [[nodiscard]] static slot_bits match(const top* tops, top wanted) noexcept {
    return bits(_mm_cmpeq_epi8(load(tops), _mm_set1_epi8(static_cast<char>(wanted))));
  }
  // Slots whose top is that of `hash`.
  [[nodiscard]] static slot_bits match(const top* tops, std::uint64_t hash) noexcept {
    const __m128i wanted = _mm_shuffle_epi32(_mm_cvtsi32_si128(static_cast<int>(spread.of[hash >> 56])), 0);
    return bits(_mm_cmpeq_epi8(load(tops), wanted));
  }
  [[nodiscard]] static slot_bits vacant(const top* tops) noexcept {
    const __m128i lanes = load(tops);
    const __m128i one = _mm_set1_epi8(static_cast<char>(top::empty_one));
    return bits(_mm_cmpeq_epi8(_mm_max_epu8(lanes, one), one));
  }
  [[nodiscard]] static slot_bits live(const top* tops) noexcept {
    const __m128i lanes = load(tops);
    const __m128i floor = _mm_set1_epi8(static_cast<char>(top::first_hash));
    return bits(_mm_cmpeq_epi8(_mm_max_epu8(lanes, floor), lanes));
  }
  // Every vacant slot gets `mark`.
  static void mark_vacant(top* tops, top mark) noexcept {
    const __m128i lanes = load(tops);
    const __m128i one = _mm_set1_epi8(static_cast<char>(top::empty_one));
    const __m128i vacant = _mm_cmpeq_epi8(_mm_max_epu8(lanes, one), one);
    const __m128i marks = _mm_and_si128(vacant, _mm_set1_epi8(static_cast<char>(mark)));
    const __m128i marked = _mm_or_si128(_mm_andnot_si128(vacant, lanes), marks);
    if constexpr (Slots == 16) {
      _mm_store_si128(reinterpret_cast<__m128i*>(tops), marked);
    } else {
      _mm_storel_epi64(reinterpret_cast<__m128i*>(tops), marked);
    }
  }
#else
  template <class Claim>
  [[nodiscard]] static slot_bits where(const top* tops, Claim claim) noexcept {
    slot_bits set = 0;
    for (unsigned i = 0; i < Slots; ++i) set |= static_cast<slot_bits>(claim(tops[i])) << i;
    return set;
  }
  [[nodiscard]] static slot_bits match(const top* tops, top wanted) noexcept {
    return where(tops, [wanted](top t) { return t == wanted; });
  }
  [[nodiscard]] static slot_bits match(const top* tops, std::uint64_t hash) noexcept { return match(tops, top_of(hash)); }
  [[nodiscard]] static slot_bits vacant(const top* tops) noexcept { return where(tops, is_empty); }
  [[nodiscard]] static slot_bits live(const top* tops) noexcept { return where(tops, is_live); }
  static void mark_vacant(top* tops, top mark) noexcept {
    for (unsigned i = 0; i < Slots; ++i) tops[i] = is_empty(tops[i]) ? mark : tops[i];
  }
#endif

  [[nodiscard]] static bool ends_chain(const top* tops) noexcept { return match(tops, top::empty_rest) != 0; }
};

}  // namespace holdfast::inline v0::table
