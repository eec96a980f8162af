// Some allocations live alone on a page between two that nobody may touch, and after their free nobody may touch
// theirs either; so a use after free and an overflow end in a fault at the very instruction. The way of Electric
// Fence (Perens 1987), for a sample, as GWP-ASan has it (Serebryany and others 2018).
//
//   | closed | block of slot 0 | closed | block of slot 1 | closed | ...        a page each
//
//   vacant ──allocate──> live ──free──> closing ──> freed ──allocate──> live    the longest freed first
//
// A block stands at the right end of its page, aligned to 16 or to what was asked for, or by chance at the left end;
// bytes beside it are filled, and looked at when it is freed.
//
// inv hf.guard.slot-alone: a live block's neighbours, and all of a freed one, are closed.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "guard/own_memory.hpp"
#include "guard/stack.hpp"

namespace holdfast::guard {

enum class slot_state : std::uint8_t { vacant, live, closing, freed };

struct slot {
  std::atomic<slot_state> state{slot_state::vacant};
  std::uintptr_t block = 0;
  std::size_t bytes = 0;
  stack allocated;
  stack freed;
};

// Makes `count` of them. Without it every question below is answered with no.
void prepare_slots(std::uint64_t count) noexcept;

[[nodiscard]] inline bool is_in_slots(const void* address) noexcept { return slot_range.has(address); }

inline constexpr std::size_t least_alignment = 16;

// A block of `bytes`, at most a page, all zero; null when no slot is to be had, or `alignment` is more than a page's.
// `caller` is where the stack begins. `alignment` is a power of two from least_alignment on.
[[nodiscard]] void* allocate_in_slot(std::size_t bytes, std::size_t alignment, std::uint64_t chance,
                                     const void* caller) noexcept;

// Null when no block begins there.
[[nodiscard]] slot* slot_at(const void* block) noexcept;

enum class free_result : std::uint8_t { done, freed_before, not_a_block, was_overrun };

// What happened; but for `done` the block is as it was.
[[nodiscard]] free_result free_in_slot(void* block, const void* caller) noexcept;

// The slot that an address in the range belongs to: of the two that a closed page lies between, the one whose block
// is nearer. Null when neither was ever used.
[[nodiscard]] slot* slot_near(const void* address) noexcept;

// Around fork.
void slots_before_fork() noexcept;
void slots_after_fork() noexcept;

struct slot_counts {
  std::uint64_t guarded;
  std::uint64_t live;
  std::uint64_t freed;
};
[[nodiscard]] slot_counts count_slots() noexcept;

}  // namespace holdfast::guard
