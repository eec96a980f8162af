// Relacy as a Machine: protocols run, from the very source that programs run, under the memory model of C++. Each load
// may see any store that the model allows, so orders that x86 would forgive are found.
//
// Include it after everything else: it spells words of the language and of the library anew.
#pragma once

#include <atomic>
#include <cstdint>
#include <ostream>
#include <streambuf>
#include <string>
#include <type_traits>

#include <relacy/relacy.hpp>
#undef new
#undef delete
#undef malloc
#undef calloc
#undef realloc
#undef free
#undef memory_order_relaxed
#undef memory_order_consume
#undef memory_order_acquire
#undef memory_order_release
#undef memory_order_acq_rel
#undef memory_order_seq_cst

namespace holdfast::tests {

constexpr rl::memory_order in_relacy(std::memory_order order) {
  switch (order) {
    case std::memory_order_relaxed: return rl::mo_relaxed;
    case std::memory_order_acquire:
    case std::memory_order_consume: return rl::mo_acquire;
    case std::memory_order_release: return rl::mo_release;
    case std::memory_order_acq_rel: return rl::mo_acq_rel;
    default: return rl::mo_seq_cst;
  }
}

struct relacy_machine {
  template <class T>
  class atomic {
   public:
    atomic() : atomic(T{}) {}
    atomic(T value) { inner_.store(word(value), rl::mo_relaxed, $); }
    T load(std::memory_order order) const { return of(inner_.load(in_relacy(order), $)); }
    void store(T value, std::memory_order order) { inner_.store(word(value), in_relacy(order), $); }
    T exchange(T value, std::memory_order order) { return of(inner_.exchange(word(value), in_relacy(order), $)); }
    T fetch_add(T more, std::memory_order order) { return of(inner_.fetch_add(word(more), in_relacy(order), $)); }
    T fetch_sub(T less, std::memory_order order) { return of(inner_.fetch_sub(word(less), in_relacy(order), $)); }
    bool compare_exchange_strong(T& expected, T wanted, std::memory_order order) {
      return compare_exchange_strong(expected, wanted, order, std::memory_order_relaxed);
    }
    bool compare_exchange_strong(T& expected, T wanted, std::memory_order order, std::memory_order failure) {
      std::uint64_t was = word(expected);
      const bool done = inner_.compare_exchange_strong(was, word(wanted), in_relacy(order), $, in_relacy(failure), $);
      expected = of(was);
      return done;
    }

   private:
    // Relacy knows integers, and pointers to what may be written only.
    static std::uint64_t word(T value) {
      if constexpr (std::is_pointer_v<T>) return reinterpret_cast<std::uintptr_t>(value);
      else return static_cast<std::uint64_t>(value);
    }
    static T of(std::uint64_t word) {
      if constexpr (std::is_pointer_v<T>) return reinterpret_cast<T>(static_cast<std::uintptr_t>(word));
      else return static_cast<T>(word);
    }
    mutable rl::atomic<std::uint64_t> inner_;
  };

  // The pair of a compiler fence and membarrier is as good as a full fence on both sides.
  static void light_fence() { rl::atomic_thread_fence(rl::mo_seq_cst, $); }
  static bool heavy_fence() {
    rl::atomic_thread_fence(rl::mo_seq_cst, $);
    return true;
  }
  static void full_fence() { light_fence(); }
  static void rest(unsigned) { rl::yield(1, $); }
  static std::uint64_t now() { return 0; }
  static std::uint64_t generation() { return 1; }
};

// A text of limited length: while it plays, Relacy gives out memory of its own, which a stream that grows
// would free in the wrong place.
class bounded_text : public std::streambuf {
 public:
  bounded_text() { forget(); }
  void forget() { setp(bytes_, bytes_ + sizeof bytes_); }
  [[nodiscard]] std::string str() const { return {pbase(), pptr()}; }

 private:
  int_type overflow(int_type) override { return 0; }  // drops the rest
  char bytes_[1 << 16];
};

struct relacy_says {
  bool good;
  std::string story;
};

// What Relacy says of so many schedules drawn at random, the same ones each time.
template <class Play>
relacy_says simulate(rl::iteration_t schedules) {
  static bounded_text text;
  text.forget();
  std::ostream stream(&text);
  rl::test_params how;
  how.search_type = rl::random_scheduler_type;
  how.iteration_count = schedules;
  how.output_stream = how.progress_stream = &stream;
  const bool good = rl::simulate<Play>(how);
  return {good, text.str()};
}

}  // namespace holdfast::tests
