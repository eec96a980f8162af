// Two words that are read, and written, as one.
//
// On x86-64 a processor with AVX loads and stores sixteen aligned bytes as a whole, by plain moves (Intel's manual,
// volume 3A, 9.1.1; AMD's, volume 2, 7.3.2). So a reader gets both words of one store without a lock, a loop or a
// version beside them. A processor without AVX takes `lock cmpxchg16b`, and is slower. Elsewhere there is no such
// class: have_atomic_pair says so.
//
// Loads are acquires and stores releases, as for one word, and pair with each other: the compiler moves nothing
// across them, the processor keeps the order of its loads and of its stores.
#pragma once

#include <cstdint>

#include <holdfast/base/lang/config.hpp>

#if defined(__x86_64__)
#define HOLDFAST_HAVE_ATOMIC_PAIR 1
#include <emmintrin.h>
#if HOLDFAST_TSAN
// ThreadSanitizer's own; not every compiler comes with the header. 2 is acquire, 3 release.
extern "C" {
__extension__ __int128 __tsan_atomic128_load(const volatile __int128* from, int order) noexcept;
__extension__ void __tsan_atomic128_store(volatile __int128* to, __int128 value, int order) noexcept;
}
#endif
#else
#define HOLDFAST_HAVE_ATOMIC_PAIR 0
#endif

namespace holdfast::inline v0 {

inline constexpr bool have_atomic_pair = HOLDFAST_HAVE_ATOMIC_PAIR != 0;

struct word_pair {
  std::uint64_t first = 0;
  std::uint64_t second = 0;
  friend bool operator==(const word_pair&, const word_pair&) = default;
};

#if HOLDFAST_HAVE_ATOMIC_PAIR

#if defined(__AVX__)
inline constexpr bool moves_pairs_whole = true;
#define HOLDFAST_MOVE_PAIR "vmovdqa"
#else
// Whether this processor does. False until the library's static objects have been made, which is only slower.
extern bool moves_pairs_whole;
#define HOLDFAST_MOVE_PAIR "movdqa"
#endif

class alignas(16) atomic_pair {
 public:
  constexpr atomic_pair() noexcept = default;
  atomic_pair(const atomic_pair&) = delete;
  atomic_pair& operator=(const atomic_pair&) = delete;

  [[nodiscard]] HOLDFAST_ALWAYS_INLINE word_pair load() const noexcept {
    if (!moves_pairs_whole) [[unlikely]] return load_locked();
    return load_whole();
  }

  // load() for who knows that moves_pairs_whole: without the look at it, which costs a lookup in a large map a twentieth.
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE word_pair load_whole() const noexcept {
#if HOLDFAST_TSAN
    const auto both = static_cast<whole>(__tsan_atomic128_load(reinterpret_cast<const volatile signed_whole*>(words_), 2));
    return {static_cast<std::uint64_t>(both), static_cast<std::uint64_t>(both >> 64)};
#else
    __m128i both;
    __asm__ volatile(HOLDFAST_MOVE_PAIR " %1, %0" : "=x"(both) : "m"(words_) : "memory");
    auto first = static_cast<std::uint64_t>(_mm_cvtsi128_si64(both));
    auto second = static_cast<std::uint64_t>(_mm_cvtsi128_si64(_mm_unpackhi_epi64(both, both)));
    __asm__("" : "+r"(first), "+r"(second));  // lest they be put together again
    return {first, second};
#endif
  }

  HOLDFAST_ALWAYS_INLINE void store(word_pair value) noexcept {
    if (!moves_pairs_whole) [[unlikely]] return store_locked(value);
    store_whole(value);
  }

  // store() for who knows that moves_pairs_whole.
  HOLDFAST_ALWAYS_INLINE void store_whole(word_pair value) noexcept {
#if HOLDFAST_TSAN
    __tsan_atomic128_store(reinterpret_cast<volatile signed_whole*>(words_),
                           static_cast<signed_whole>(whole{value.second} << 64 | value.first), 3);
#else
    const __m128i both =
        _mm_set_epi64x(static_cast<std::int64_t>(value.second), static_cast<std::int64_t>(value.first));
    __asm__ volatile(HOLDFAST_MOVE_PAIR " %1, %0" : "=m"(words_) : "x"(both) : "memory");
#endif
  }

  // How it is done without AVX. Called by load() and store().
  [[nodiscard]] HOLDFAST_COLD word_pair load_locked() const noexcept;
  HOLDFAST_COLD void store_locked(word_pair value) noexcept;

 private:
#if HOLDFAST_TSAN
  __extension__ using whole = unsigned __int128;
  __extension__ using signed_whole = __int128;
#endif

  std::uint64_t words_[2] = {};
};

#undef HOLDFAST_MOVE_PAIR

#endif  // HOLDFAST_HAVE_ATOMIC_PAIR

}  // namespace holdfast::inline v0
