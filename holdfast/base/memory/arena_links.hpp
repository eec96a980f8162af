// What hangs on an arena from outside, and is told when its round ends.
//
// Links lie in their owners and are linked through themselves, so that counting an escape allocates nothing.
#pragma once

#include <cstddef>

#include <holdfast/base/lang/cause.hpp>

namespace holdfast::inline v0::memory {

class arena_core;

// One object of an arena that is held by something that may outlive it; see escaped.hpp.
struct escape_link {
  escape_link* next = nullptr;
  escape_link* previous = nullptr;
  arena_core* arena = nullptr;  // null: the object is not in an arena any more
  // Puts a copy on the heap in the object's place; null for types that cannot be copied. May throw.
  void (*copy_out)(escape_link&) = nullptr;
  // The arena is not coming back to it: it holds nothing from here on.
  void (*cut)(escape_link&, cause_record why) noexcept = nullptr;
};

// Something built on an arena's objects that has to forget them before they go.
struct arena_listener {
  arena_listener* next = nullptr;
  arena_listener* previous = nullptr;
  arena_core* arena = nullptr;
  void (*forget)(arena_listener&) noexcept = nullptr;
};

template <class Link>
class link_list {
 public:
  void add(Link& one) noexcept {
    one.previous = nullptr;
    one.next = first_;
    if (first_ != nullptr) first_->previous = &one;
    first_ = &one;
    ++count_;
  }

  void remove(Link& one) noexcept {
    (one.previous == nullptr ? first_ : one.previous->next) = one.next;
    if (one.next != nullptr) one.next->previous = one.previous;
    one.next = one.previous = nullptr;
    one.arena = nullptr;
    --count_;
  }

  [[nodiscard]] Link* first() const noexcept { return first_; }
  [[nodiscard]] std::size_t count() const noexcept { return count_; }

 private:
  Link* first_ = nullptr;
  std::size_t count_ = 0;
};

}  // namespace holdfast::inline v0::memory
