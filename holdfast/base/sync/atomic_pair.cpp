// See atomic_pair.hpp.
#include <holdfast/base/sync/atomic_pair.hpp>

#if HOLDFAST_HAVE_ATOMIC_PAIR

namespace holdfast::inline v0 {

#if !defined(__AVX__)
bool moves_pairs_whole = __builtin_cpu_supports("avx") != 0;
#endif

namespace {

// Puts `wanted` there if `seen` is what is there; else `seen` becomes what is there.
bool exchange_if(std::uint64_t* words, word_pair& seen, word_pair wanted) noexcept {
  bool done = false;
  __asm__ volatile("lock cmpxchg16b %1"
                   : "=@ccz"(done), "+m"(*reinterpret_cast<std::uint64_t(*)[2]>(words)), "+a"(seen.first), "+d"(seen.second)
                   : "b"(wanted.first), "c"(wanted.second)
                   : "memory");
  return done;
}

}  // namespace

word_pair atomic_pair::load_locked() const noexcept {
  // Writes what is there, or nothing.
  word_pair seen;
  exchange_if(const_cast<std::uint64_t*>(words_), seen, seen);
  return seen;
}

void atomic_pair::store_locked(word_pair value) noexcept {
  for (word_pair seen; !exchange_if(words_, seen, value);) {
  }
}

}  // namespace holdfast::inline v0

#endif
