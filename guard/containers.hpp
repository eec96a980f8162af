// Two threads in one std::map, std::set or std::unordered_map at once.
//
// libstdc++ keeps the balancing of its trees and the growth policy of its hash tables in functions outside of its
// templates; ours stand before them. Each leaves a mark at the container's address while it runs:
//
//   address of the header (44 bits) | number of the thread (20 bits)
//
// in a small table of marks, found by a hash of the address. Who finds another thread's mark on the same container
// has met it: a report with both stacks. Programs of one thread pay a load and a compare.
//
// The functions are short, so a meeting is rare even where there is no lock at all. Therefore a thread that comes to
// a container which another one changed last waits inside, now and then, for some microseconds. Under a lock that
// only makes others wait for it; without one they walk in. What a thread spends so stays below
// HOLDFAST_GUARD=hold=N percent of its time.
#pragma once

#include <cstdint>

#include "guard/options.hpp"

namespace holdfast::guard {

// Before it is called nothing is marked.
void prepare_containers(const options& wanted) noexcept;

// The child of a fork: marks of threads that are not there.
void containers_after_fork() noexcept;

struct container_counts {
  std::uint64_t changes;  // by programs of several threads
  std::uint64_t waits;
  std::uint64_t encounters;
};
[[nodiscard]] container_counts count_containers() noexcept;

}  // namespace holdfast::guard
