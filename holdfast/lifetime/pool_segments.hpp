// The memory of a handle_pool: slots in segments that double in length and are freed with the pool only.
//
// A slot that has been used at least once keeps its generation for as long as the pool lives, so whoever asks
// about an old handle reads a number and never somebody else's bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <utility>

#include <holdfast/base/lang/cause.hpp>
#include <holdfast/base/lang/config.hpp>
#include <holdfast/lifetime/generation.hpp>
#include <holdfast/lifetime/segment_ladder.hpp>

namespace holdfast::inline v0::lifetime {

template <class T, class Allocator>
class pool_segments {
 public:
  struct slot {
    lifetime::slot_generation generation = 0;
    std::uint32_t next = 0;  // of the line of vacant slots
    alignas(T) std::byte bytes[sizeof(T)];
    // User-provided, so that the bytes are not cleared.
    slot() noexcept {}
  };

  explicit pool_segments(const Allocator& memory) noexcept : memory_(memory) {}
  pool_segments(const pool_segments&) = delete;
  pool_segments& operator=(const pool_segments&) = delete;
  ~pool_segments() {
    while (segments_ > 0) {
      --segments_;
      give_back(slots_memory(memory_), slots_[segments_]);
      give_back(ended_memory(memory_), ended_[segments_]);
    }
  }

  // Everything but the allocators.
  friend void swap(pool_segments& one, pool_segments& other) noexcept {
    std::swap(one.slots_, other.slots_);
    std::swap(one.ended_, other.ended_);
    std::swap(one.segments_, other.segments_);
    std::swap(one.used_, other.used_);
  }

  // Of an index below used().
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE slot& operator[](std::uint32_t index) const noexcept {
    const rung at = rung_of(index);
    return std::to_address(slots_[at.segment])[at.offset];
  }
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE T& object(std::uint32_t index) const noexcept {
    return *std::launder(reinterpret_cast<T*>((*this)[index].bytes));
  }
  // Where an object is to be made.
  [[nodiscard]] T* room(std::uint32_t index) const noexcept { return reinterpret_cast<T*>((*this)[index].bytes); }
  [[nodiscard]] cause_record& ended(std::uint32_t index) const noexcept {
    const rung at = rung_of(index);
    return std::to_address(ended_[at.segment])[at.offset];
  }

  // Slots that were ever used, and that there are.
  [[nodiscard]] std::uint32_t used() const noexcept { return used_; }
  [[nodiscard]] std::uint64_t room() const noexcept { return slots_below(segments_); }
  [[nodiscard]] std::uint32_t use_another() noexcept { return used_++; }

  // Another segment. Throws: what the allocator throws, and nothing has changed.
  void add() {
    slots_memory slots(memory_);
    ended_memory ended(memory_);
    const std::size_t length = slots_in_segment(segments_);
    struct undo {
      slots_memory& memory;
      slots_pointer got;
      std::size_t length;
      bool kept = false;
      ~undo() {
        if (!kept) std::allocator_traits<slots_memory>::deallocate(memory, got, length);
      }
    } guard{slots, std::allocator_traits<slots_memory>::allocate(slots, length), length};
    ended_[segments_] = std::allocator_traits<ended_memory>::allocate(ended, length);
    guard.kept = true;
    slots_[segments_] = guard.got;
    std::uninitialized_default_construct_n(std::to_address(guard.got), length);
    std::uninitialized_default_construct_n(std::to_address(ended_[segments_]), length);
    ++segments_;
  }

  [[nodiscard]] const Allocator& memory() const noexcept { return memory_; }

 private:
  template <class U>
  using memory_for = typename std::allocator_traits<Allocator>::template rebind_alloc<U>;
  using slots_memory = memory_for<slot>;
  using ended_memory = memory_for<cause_record>;
  using slots_pointer = typename std::allocator_traits<slots_memory>::pointer;
  using ended_pointer = typename std::allocator_traits<ended_memory>::pointer;

  template <class Memory, class Pointer>
  void give_back(Memory memory, Pointer first) noexcept {
    std::allocator_traits<Memory>::deallocate(memory, first, slots_in_segment(segments_));
  }

  slots_pointer slots_[segments_at_most] = {};
  ended_pointer ended_[segments_at_most] = {};
  unsigned segments_ = 0;
  std::uint32_t used_ = 0;
  [[no_unique_address]] Allocator memory_;
};

}  // namespace holdfast::inline v0::lifetime
