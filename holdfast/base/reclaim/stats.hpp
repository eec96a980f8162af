// What a domain and the readers of the process are about, in figures; and who holds what.
#pragma once

#include <cstddef>
#include <cstdint>

#include <holdfast/base/reclaim/retirable.hpp>

namespace holdfast::inline v0::reclaim {

struct domain_stats {
  // Of the domain. What another thread is destroying at this moment counts as waiting.
  std::size_t waiting_objects = 0;
  std::size_t waiting_bytes = 0;

  // Of the process, which has one set of readers for all domains.
  std::uint64_t grace_periods = 0;
  std::uint64_t heavy_fences = 0;
  std::size_t records = 0;          // threads, and what threads that are gone have left for others
  std::size_t orphaned_records = 0; // of threads that are gone while pins they made live on
  std::size_t held = 0;             // by pins

  // The thread whose section keeps the grace period under way from ending, and for how long that has lasted.
  std::uint32_t blocking_thread = 0;  // 0: none
  std::uint64_t blocked_for = 0;      // nanoseconds

  bool readers_fence = false;  // the kernel denies membarrier: each section costs a fence
  bool fence_lost = false;     // it denied it later: nothing is destroyed any more
};

// One slot in use.
struct holding {
  const retirable* node = nullptr;  // may be destroyed by the time you look: compare it, do not follow it
  std::uint32_t thread = 0;         // that made the pin; another one may have it now
  bool thread_is_gone = false;
};

}  // namespace holdfast::inline v0::reclaim
