// What becomes of a block that leaves the program, behind the filter: the unusual part of free, realloc and delete.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include <holdfast/base/lang/config.hpp>

#include "guard/keepers.hpp"
#include "guard/own_memory.hpp"
#include "guard/tables.hpp"
#include "guard/thread.hpp"

namespace holdfast::guard {

// Whether a block needs more than the real free. Two comparisons of words that stay in the cache; with a keeper
// connected the load of its filter, in a section; a registered table makes it true.
[[nodiscard]] HOLDFAST_ALWAYS_INLINE bool is_of_interest(const void* block) noexcept {
  if (own_range.has(block)) [[unlikely]]
    return true;
  if (watchers.load(std::memory_order_relaxed) == 0) return false;
  const glance seen = glance_at(block);
  return seen == glance::hit || (seen == glance::unclear && is_watched_closely(block));
}

// Takes the block over: true when there is nothing left to do, false when the real function is to have it, after
// which let_go_is_over() must be called.
[[nodiscard]] HOLDFAST_COLD bool take_over(void* block, holdfast_leave how, const void* caller) noexcept;
inline void let_go_is_over() noexcept { this_thread.let_go = nullptr; }

// realloc of such a block.
[[nodiscard]] HOLDFAST_COLD void* resize(void* block, std::size_t bytes, const void* caller) noexcept;

// How many bytes it has; the block may be anybody's.
[[nodiscard]] std::size_t usable_size(void* block) noexcept;

}  // namespace holdfast::guard
