// Which allocations are guarded: by a countdown in the thread, drawn anew by chance each time it ends.
#pragma once

#include <cstddef>
#include <cstdint>

#include <holdfast/base/lang/config.hpp>

#include "guard/options.hpp"
#include "guard/thread.hpp"

namespace holdfast::guard {

// Before it is called nothing is guarded.
void prepare_samples(const options& wanted) noexcept;

// One allocation. True when it may be an unusual one.
[[nodiscard]] inline bool is_unusual() noexcept { return this_thread.until_sample-- == 0; }

// Such an allocation: guarded, or from scratch inside a report, or the real one after all. `zeroed` as calloc.
[[nodiscard]] HOLDFAST_COLD void* allocate_unusually(std::size_t bytes, bool zeroed, const void* caller) noexcept;

// An aligned one: guarded, or null, and the real function is to make it. `alignment` is as the program gave it.
[[nodiscard]] HOLDFAST_COLD void* guard_aligned(std::size_t alignment, std::size_t bytes, const void* caller) noexcept;

// The child of a fork draws other numbers than its parent.
void samples_after_fork() noexcept;

}  // namespace holdfast::guard
