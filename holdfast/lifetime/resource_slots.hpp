// The slots of all registries of the process, in segments that are never unmapped.
//
// A handle that is stale, foreign or made up still leads to a slot, or to nothing, never to freed memory. A segment
// is 65 536 slots, of which the system backs those that were used. The first one lies in the object itself, so that
// most programs find a slot without a load; pointers lead to the other 4095:
//
//   index: 0000 ssssssssssss xxxxxxxxxxxxxxxx     s segment, x slot; a number above is nobody's
//
// A slot is a cache line, all a reader touches; what reports want of it lies beside, in its notes. Free slots are
// used again in the order in which they became free, so that generations last long.
//
// inv hf.resources.slots-stay: a segment is never given back.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include <holdfast/base/lang/config.hpp>
#include <holdfast/base/lang/immortal.hpp>
#include <holdfast/base/reclaim/retirable.hpp>
#include <holdfast/base/sync/real_machine.hpp>
#include <holdfast/base/sync/try_lock.hpp>
#include <holdfast/lifetime/resource_state.hpp>

namespace holdfast::inline v0 {

// Frees what was adopted. What it throws ends the process.
using resource_free = void (*)(void* context, void* pointer, std::size_t size);

}  // namespace holdfast::inline v0

namespace holdfast::inline v0::lifetime {

class registry_core;
struct resource_notes;

using resource_state = basic_resource_state<sync::real_machine>;

struct alignas(64) resource_slot {
  reclaim::retirable waiting;  // what pins hold and the domain retires; first, so that its address is the slot's
  resource_state state;
  // Written before state opens, by the thread that adopts; constant until the slot is given back.
  void* pointer = nullptr;
  std::atomic<registry_core*> owner{nullptr};
  resource_free free = nullptr;
  void* context = nullptr;
  std::uint32_t index = 0;
  std::uint32_t next_free = 0;  // the list's: index and one; 0: the last

  [[nodiscard]] static resource_slot& of(reclaim::retirable* waiting) noexcept;
  [[nodiscard]] resource_notes& notes() const noexcept;
};
static_assert(sizeof(resource_slot) == 64);

class resource_slots {
 public:
  static constexpr std::uint32_t segment_size = 1 << 16;
  static constexpr std::uint32_t segments = 1 << 12;

  constexpr resource_slots() noexcept = default;
  resource_slots(const resource_slots&) = delete;
  resource_slots& operator=(const resource_slots&) = delete;

  // The slot of that index; null if there was never one near it.
  // Threads: any, at any time.
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE resource_slot* find(std::uint32_t index) const noexcept {
    // What was never taken is zeroes there, and nobody's.
    if (index < segment_size) [[likely]]
      return reinterpret_cast<resource_slot*>(first_segment_) + index;
    const std::uint32_t segment = index / segment_size;
    if (segment >= segments) return nullptr;
    // acquire: pairs with reach(); the segment is mapped.
    resource_slot* const base = slots_[segment].load(std::memory_order_acquire);
    return base == nullptr ? nullptr : base + index % segment_size;
  }
  [[nodiscard]] resource_notes& notes_of(std::uint32_t index) const noexcept;

  // A slot that nobody has, with a generation left; null if the system has no memory, or 2^28 are in use.
  [[nodiscard]] resource_slot* take() noexcept;
  // Back into the list, unless its generations are used up.
  void give(resource_slot& slot) noexcept;

  // Slots that were ever taken.
  // acquire: pairs with take(); each of them is a slot.
  [[nodiscard]] std::uint32_t size() const noexcept { return used_.load(std::memory_order_acquire); }
  // Slots whose generations are used up.
  // relaxed: a figure.
  [[nodiscard]] std::uint32_t exhausted() const noexcept { return exhausted_.load(std::memory_order_relaxed); }

 private:
  // Whether the slot of that index and its notes are there, made if need be. Under the lock.
  bool reach(std::uint32_t index) noexcept;
  void lock() noexcept;

  alignas(64) mutable std::byte first_segment_[segment_size * sizeof(resource_slot)] = {};
  std::atomic<resource_slot*> slots_[segments] = {};  // but for the first
  std::atomic<resource_notes*> notes_[segments] = {};
  std::atomic<std::uint32_t> used_{0};
  std::atomic<std::uint32_t> exhausted_{0};
  sync::basic_try_lock<sync::real_machine> guard_;
  // The guard's.
  std::uint32_t first_free_ = 0;  // index and one
  std::uint32_t last_free_ = 0;
};

// The only one; never destroyed.
extern constinit immortal<resource_slots> the_resource_slots;

}  // namespace holdfast::inline v0::lifetime
