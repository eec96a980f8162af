// The reclamation protocol, from the source that programs run, under the memory model of C++ as Relacy
// simulates it: each load may see any store that the model allows. Orders that x86 would forgive are
// found here.
//
// An object's destruction is a write to a plain variable that readers read, so a destruction that is not
// ordered after the last use is reported as a data race.
#include <atomic>
#include <cstdint>
#include <ostream>
#include <streambuf>
#include <string>
#include <type_traits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/model/reclaim_plays.hpp"

// Last, because it spells words of the language and of the library anew.
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

namespace {

using holdfast::reclaim::retirable;
using holdfast::tests::reclaim_stage;

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

struct without_fences : relacy_machine {
  static void light_fence() {}
};

// Takes release for relaxed: what would then go unordered must be noticed.
struct relaxed_stores : relacy_machine {
  template <class T>
  class atomic : public relacy_machine::atomic<T> {
   public:
    using relacy_machine::atomic<T>::atomic;
    void store(T value, std::memory_order) { relacy_machine::atomic<T>::store(value, std::memory_order_relaxed); }
  };
};

int destroyed_in_all;

struct watched : retirable {
  watched() { state($) = 1; }
  void use() const { RL_ASSERT(state($) == 1); }
  static void destroy(retirable* one) noexcept {
    static_cast<watched*>(one)->state($) = 2;
    ++destroyed_in_all;
  }
  mutable rl::var<int> state;
};

template <class Machine>
struct read_and_write : rl::test_suite<read_and_write<Machine>, 3> {
  void thread(unsigned index) {
    if (index == 2) {
      stage.replace(1, 2);
      return;
    }
    auto& mine = stage.claim(index);
    stage.read_once(mine);
    stage.records.leave(mine);
  }
  reclaim_stage<Machine, watched> stage;
};

struct copied_pin : rl::test_suite<copied_pin, 2> {
  void thread(unsigned index) {
    if (index == 1) {
      stage.replace(1, 3);
      return;
    }
    auto& from = stage.claim(1);
    auto& to = stage.claim(2);
    const std::uint64_t before = from.enter();
    watched* const found = stage.source.load(std::memory_order_acquire);
    auto& first = from.hold(found);
    from.leave(before);
    auto& second = to.hold(found);
    to.note_transfer();
    from.release(first);
    found->use();
    to.release(second);
  }
  reclaim_stage<relacy_machine, watched> stage;
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

struct outcome {
  bool good;
  int destroyed;
  std::string story;
};

// What Relacy says of so many schedules drawn at random.
template <class Play>
outcome simulate(rl::iteration_t schedules) {
  static bounded_text text;
  text.forget();
  std::ostream stream(&text);
  rl::test_params how;
  how.search_type = rl::random_scheduler_type;
  how.iteration_count = schedules;
  how.output_stream = how.progress_stream = &stream;
  destroyed_in_all = 0;
  const bool good = rl::simulate<Play>(how);
  return {good, destroyed_in_all, text.str()};
}

// covers hf.reclaim.scan-after-grace, hf.reclaim.pin-holds
TEST(ReclaimRelacy, SectionsAndPinsKeepWhatTheyFound) {
  const outcome seen = simulate<read_and_write<relacy_machine>>(100'000);
  EXPECT_TRUE(seen.good) << seen.story;
  EXPECT_GT(seen.destroyed, 2'000) << "hardly anything was tried";
}

// covers hf.reclaim.scan-whole
TEST(ReclaimRelacy, ScansNoticeCopiesOfPins) {
  const outcome seen = simulate<copied_pin>(100'000);
  EXPECT_TRUE(seen.good) << seen.story;
  EXPECT_GT(seen.destroyed, 2'000) << "hardly anything was tried";
}

TEST(ReclaimRelacy, WouldShowMissingFences) {
  const outcome seen = simulate<read_and_write<without_fences>>(100'000);
  EXPECT_FALSE(seen.good);
  EXPECT_THAT(seen.story, testing::AnyOf(testing::HasSubstr("DATA RACE"), testing::HasSubstr("USER ASSERT FAILED")));
}

TEST(ReclaimRelacy, WouldShowStoresWithoutRelease) {
  const outcome seen = simulate<read_and_write<relaxed_stores>>(100'000);
  EXPECT_FALSE(seen.good);
  EXPECT_THAT(seen.story, testing::AnyOf(testing::HasSubstr("DATA RACE"), testing::HasSubstr("USER ASSERT FAILED")));
}

}  // namespace
