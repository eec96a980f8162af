// Who wants to be asked before memory leaves: the registries of C memory that have connected (guard_abi.h).
//
// A free that misses every filter is over after one load of each. Keepers may go at any time, with their filters,
// so a free looks at them inside a *section*: a word of its thread says so. Whoever disconnects takes the keeper out,
// makes every processor pass a barrier (membarrier), and waits until no section is left that could have seen it. So the
// fast side is plain stores. Threads at their end, and all where there is no membarrier, count themselves by locked
// instructions instead.
//
// inv hf.guard.disconnect-waits: a keeper that is out of the list is used by sections only that began before.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include <holdfast/lifetime/guard_abi.h>
#include <holdfast/base/lang/config.hpp>

#include "guard/thread.hpp"

namespace holdfast::guard {

extern constinit std::atomic<holdfast_keeper*> first_keeper;

// Keepers and tables: while it is zero, a free needs to know nothing more.
// relaxed: pairs with nothing; who connects orders that with its frees.
extern constinit std::atomic<std::uint32_t> watchers;

// The filter of the one keeper, if that is all there is to look at. Only in a section.
extern constinit std::atomic<const std::uint64_t*> only_filter;

// Sets both, after keepers or tables have come or gone.
void count_watchers() noexcept;

[[nodiscard]] HOLDFAST_ALWAYS_INLINE bool has_bit(const std::uint64_t* filter, std::uint32_t bit) noexcept {
  // relaxed: pairs with nothing; a keeper sets the bit before it hands the address out.
  return (__atomic_load_n(&filter[bit / 64], __ATOMIC_RELAXED) >> (bit % 64) & 1) != 0;
}

// What a look at the one filter there is says; unclear where there are more, or tables, or the thread is not known yet.
enum class glance : std::uint8_t { missed, hit, unclear };

// Calls nothing.
[[nodiscard]] HOLDFAST_ALWAYS_INLINE glance glance_at(const void* address) noexcept {
  // relaxed, and a barrier for the compiler: the membarrier of disconnect is the other half. A signal handler may come
  // in the middle of another section, so the word is put back as it was.
  const section before = this_thread.keepers.load(std::memory_order_relaxed);
  if (before == section::unknown_thread) [[unlikely]]
    return glance::unclear;
  this_thread.keepers.store(section::inside, std::memory_order_relaxed);
  std::atomic_signal_fence(std::memory_order_seq_cst);
  // acquire: pairs with the release in count_watchers(); the filter is complete.
  const std::uint64_t* const filter = only_filter.load(std::memory_order_acquire);
  glance seen = glance::unclear;
  if (filter != nullptr) [[likely]]
    seen = has_bit(filter, holdfast_filter_bit(address)) ? glance::hit : glance::missed;
  // release: pairs with the acquire of disconnect; what was read of the keeper was read before.
  this_thread.keepers.store(before, std::memory_order_release);
  return seen;
}

// Whether any filter shows it, or a table has to be looked at.
[[nodiscard]] HOLDFAST_COLD bool is_watched_closely(const void* address) noexcept;

// Asks those whose filter shows it, for munmap all of them; the first that keeps it has it. What a keeper frees while
// it is asked is let go without asking.
[[nodiscard]] HOLDFAST_COLD holdfast_verdict ask_keepers(void* address, std::size_t size, holdfast_leave how) noexcept;

// Around fork: no other thread is in the middle of connecting; the child has one thread.
void keepers_before_fork() noexcept;
void keepers_after_fork(bool child) noexcept;

struct keeper_counts {
  std::uint64_t connected;
  std::uint64_t asked;
  std::uint64_t kept;
};
[[nodiscard]] keeper_counts count_keepers() noexcept;

}  // namespace holdfast::guard
