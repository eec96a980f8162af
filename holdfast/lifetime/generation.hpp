// How often a slot has been used: a number that only grows, so that an old handle never fits again.
//
// Odd while an object lives in the slot, even while none does. A handle remembers the odd number; it fits as
// long as the slot still has it. A slot whose number cannot grow any more is retired: it stays vacant for
// ever, and no handle is ever mistaken for a later one. That is after 2^31 - 1 objects in the same slot, and
// costs the room of the slot.
//
// inv hf.lifetime.no-wrap: the generation of a slot never becomes smaller.
#pragma once

#include <cstdint>

namespace holdfast::inline v0::lifetime {

using slot_generation = std::uint32_t;

// The greatest that lives; the number behind it says that the slot is retired.
inline constexpr slot_generation last_generation = 0xffff'fffd;

[[nodiscard]] constexpr bool is_live(slot_generation one) noexcept { return one % 2 == 1; }

// Whether a slot that was ended at `one`, which is even, may live again.
[[nodiscard]] constexpr bool may_live_again(slot_generation one, slot_generation last) noexcept { return one < last; }

// A slot remembers how its latest object ended: that object's generation is the slot's, or the one before.
[[nodiscard]] constexpr bool is_latest_ended(slot_generation of_handle, slot_generation of_slot) noexcept {
  return of_slot - of_handle == 1 || of_slot - of_handle == 2;
}

}  // namespace holdfast::inline v0::lifetime
