// Retired objects, linked through themselves, and how many bytes they stand for.
#pragma once

#include <cstddef>
#include <utility>

#include <holdfast/base/reclaim/retirable.hpp>

namespace holdfast::inline v0::reclaim {

struct retired_list {
  retirable* first = nullptr;
  retirable* last = nullptr;
  std::size_t objects = 0;
  std::size_t bytes = 0;

  [[nodiscard]] bool empty() const noexcept { return first == nullptr; }

  void add(retirable& one) noexcept {
    one.next_retired = first;
    if (first == nullptr) last = &one;
    first = &one;
    ++objects;
    bytes += one.bytes();
  }

  // There is one.
  [[nodiscard]] retirable& take_first() noexcept {
    retirable& one = *first;
    first = one.next_retired;
    if (first == nullptr) last = nullptr;
    --objects;
    bytes -= one.bytes();
    return one;
  }

  // Takes each object off the list and gives it to `take`, which may put it on another one or end it.
  template <class Taker>
  void give_all(Taker&& take) noexcept {
    for (retirable* one = std::exchange(first, nullptr); one != nullptr;) {
      retirable* const next = one->next_retired;
      take(*one);
      one = next;
    }
    last = nullptr;
    objects = bytes = 0;
  }

  // All of `other` to the end, which is empty afterwards. Touches no object but two: there may be a million, and all
  // out of the caches.
  void take(retired_list& other) noexcept {
    if (other.empty()) return;
    (first == nullptr ? first : last->next_retired) = other.first;
    last = other.last;
    objects += other.objects;
    bytes += other.bytes;
    other = {};
  }

  void destroy_all() noexcept {
    give_all([](retirable& one) {
      const destroy_function destroy = one.destroyer();
      one.how = 0;  // memory that is used again may be retired again
      destroy(&one);
    });
  }
};

}  // namespace holdfast::inline v0::reclaim
