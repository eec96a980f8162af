// An allocator that counts what is asked of it, for maps that keep no account of themselves.
//
// The ledger is one for the whole process: a child measures one contender.
#pragma once

#include <cstddef>
#include <new>

namespace holdfast::bench {

struct ledger {
  std::size_t held = 0;  // bytes asked for and not given back
  std::size_t most = 0;  // the most that was held at once since `most` was set
};

inline ledger& allocated() noexcept {
  static ledger one;
  return one;
}

template <class T>
struct counting_allocator {
  using value_type = T;

  counting_allocator() = default;
  template <class U>
  counting_allocator(const counting_allocator<U>&) noexcept {}

  [[nodiscard]] T* allocate(std::size_t count) {
    ledger& book = allocated();
    book.held += count * sizeof(T);
    if (book.held > book.most) book.most = book.held;
    if constexpr (alignof(T) > __STDCPP_DEFAULT_NEW_ALIGNMENT__) {
      return static_cast<T*>(::operator new (count * sizeof(T), std::align_val_t{alignof(T)}));
    } else {
      return static_cast<T*>(::operator new(count * sizeof(T)));
    }
  }

  void deallocate(T* at, std::size_t count) noexcept {
    allocated().held -= count * sizeof(T);
    if constexpr (alignof(T) > __STDCPP_DEFAULT_NEW_ALIGNMENT__) {
      ::operator delete (at, std::align_val_t{alignof(T)});
    } else {
      ::operator delete(at);
    }
  }

  template <class U>
  friend bool operator==(const counting_allocator&, const counting_allocator<U>&) noexcept {
    return true;
  }
};

template <class T>
struct counted_memory {
  using type = counting_allocator<T>;
};

}  // namespace holdfast::bench
