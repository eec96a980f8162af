// An allocator that counts into a ledger, compares by ledger, and propagates as it is told.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <type_traits>

namespace holdfast::tests {

struct ledger {
  std::int64_t allocations = 0;
  std::int64_t bytes = 0;  // now held
};

template <class T, bool Propagates = true>
class counting_allocator {
 public:
  using value_type = T;
  using propagate_on_container_copy_assignment = std::bool_constant<Propagates>;
  using propagate_on_container_move_assignment = std::bool_constant<Propagates>;
  using propagate_on_container_swap = std::bool_constant<Propagates>;
  using is_always_equal = std::false_type;
  template <class U>
  struct rebind {
    using other = counting_allocator<U, Propagates>;
  };

  explicit counting_allocator(ledger& book) noexcept : book_(&book) {}
  template <class U>
  counting_allocator(const counting_allocator<U, Propagates>& other) noexcept : book_(other.book()) {}

  [[nodiscard]] T* allocate(std::size_t count) {
    ++book_->allocations;
    book_->bytes += static_cast<std::int64_t>(count * sizeof(T));
    return static_cast<T*>(::operator new(count * sizeof(T), std::align_val_t(alignof(T))));
  }
  void deallocate(T* first, std::size_t count) noexcept {
    book_->bytes -= static_cast<std::int64_t>(count * sizeof(T));
    ::operator delete(first, std::align_val_t(alignof(T)));
  }
  [[nodiscard]] counting_allocator select_on_container_copy_construction() const noexcept { return *this; }

  [[nodiscard]] ledger* book() const noexcept { return book_; }
  template <class U>
  [[nodiscard]] friend bool operator==(const counting_allocator& a, const counting_allocator<U, Propagates>& b) noexcept {
    return a.book() == b.book();
  }

 private:
  ledger* book_;
};

}  // namespace holdfast::tests
