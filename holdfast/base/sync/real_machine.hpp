// What a protocol between threads runs on: atomics, fences, a way to wait, a clock.
//
// Protocols of this project are templates over a `Machine`. In programs it is this one; in tests the same
// source runs on machines that choose the interleaving and the age of each value read
// (tests/model). A machine has
//
//   atomic<T>       with std::atomic's load, store, exchange, fetch_add, compare_exchange_strong
//   light_fence()   and heavy_fence(): see asymmetric_fence.hpp
//   full_fence()    the reader's where there is no heavy one
//   rest(round)     called in each round of a wait
//   now()           nanoseconds of a clock that never goes back
//   generation()    another number in a child made by fork() than in its parent; never 0
#pragma once

#include <atomic>
#include <cstdint>

#include <holdfast/base/lang/config.hpp>
#include <holdfast/base/sync/asymmetric_fence.hpp>

namespace holdfast::inline v0::sync {

// Counted up in the child by base/reclaim's fork handler, when the child has one thread.
extern constinit std::atomic<std::uint64_t> process_generation;

struct real_machine {
  template <class T>
  using atomic = std::atomic<T>;

  HOLDFAST_ALWAYS_INLINE static void light_fence() noexcept { sync::light_fence(); }
  [[nodiscard]] static bool heavy_fence() noexcept { return sync::heavy_fence(); }
  // ThreadSanitizer does not know it and need not: it orders a store before a load, it publishes nothing.
  static void full_fence() noexcept { std::atomic_thread_fence(std::memory_order_seq_cst); }

  // A few rounds on the processor, then gives it away, then sleeps: up to a millisecond at a time.
  static void rest(unsigned round) noexcept;

  // CLOCK_MONOTONIC; some 25 ns.
  [[nodiscard]] static std::uint64_t now() noexcept;

  [[nodiscard]] static std::uint64_t generation() noexcept {
    // relaxed: written where there is one thread.
    return process_generation.load(std::memory_order_relaxed);
  }
};

}  // namespace holdfast::inline v0::sync
