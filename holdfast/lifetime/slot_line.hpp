// The slots of a pool that wait to be used again, first in, first out.
//
// The one that was vacated first is used first, so that as much as possible happens between two objects in
// one slot: generations are used up evenly, and a stale use of raw memory is seen as such for longest. The line runs
// through the slots themselves.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

namespace holdfast::inline v0::lifetime {

inline constexpr std::uint32_t no_slot = ~std::uint32_t{0};

class slot_line {
 public:
  // `next_of(index)` is the place for the number of the next slot of the line, by reference.
  template <class NextOf>
  void push_back(std::uint32_t index, NextOf next_of) noexcept {
    next_of(index) = no_slot;
    (last_ == no_slot ? first_ : next_of(last_)) = index;
    last_ = index;
    ++size_;
  }
  template <class NextOf>
  void push_front(std::uint32_t index, NextOf next_of) noexcept {
    next_of(index) = first_;
    if (last_ == no_slot) last_ = index;
    first_ = index;
    ++size_;
  }
  // It must not be empty.
  template <class NextOf>
  [[nodiscard]] std::uint32_t pop_front(NextOf next_of) noexcept {
    const std::uint32_t index = first_;
    first_ = next_of(index);
    if (first_ == no_slot) last_ = no_slot;
    --size_;
    return index;
  }

  [[nodiscard]] bool empty() const noexcept { return first_ == no_slot; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

 private:
  std::uint32_t first_ = no_slot;
  std::uint32_t last_ = no_slot;
  std::size_t size_ = 0;
};

}  // namespace holdfast::inline v0::lifetime
