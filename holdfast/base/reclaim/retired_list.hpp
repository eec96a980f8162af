// Retired objects, linked through themselves, and how many bytes they stand for.
#pragma once

#include <cstddef>
#include <utility>

#include <holdfast/base/reclaim/retirable.hpp>

namespace holdfast::inline v0::reclaim {

struct retired_list {
  retirable* first = nullptr;
  std::size_t objects = 0;
  std::size_t bytes = 0;

  [[nodiscard]] bool empty() const noexcept { return first == nullptr; }

  void add(retirable& one) noexcept {
    one.next_retired = first;
    first = &one;
    ++objects;
    bytes += one.bytes();
  }

  // Takes each object off the list and gives it to `take`, which may put it on another one or end it.
  template <class Taker>
  void give_all(Taker&& take) noexcept {
    for (retirable* one = std::exchange(first, nullptr); one != nullptr;) {
      retirable* const next = one->next_retired;
      take(*one);
      one = next;
    }
    objects = bytes = 0;
  }

  // All of `other`, which is empty afterwards.
  void take(retired_list& other) noexcept {
    other.give_all([&](retirable& one) { add(one); });
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
