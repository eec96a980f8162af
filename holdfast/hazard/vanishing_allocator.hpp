// An allocator whose memory cannot be touched once it has been given back.
//
// What malloc gets back usually stays readable, so a program that uses freed memory goes on by luck and
// fails somewhere else, some other day. Here each allocation has pages of its own, which lose all access
// when they are freed and are never used again: the first use of a dangling pointer is a SIGSEGV at
// exactly that address. For the naive programs only; it wastes a page on each node.
#pragma once

#include <cstddef>
#include <new>

#include <sys/mman.h>

namespace holdfast::inline v0::hazard {

inline constexpr std::size_t page_bytes = 4096;

[[nodiscard]] constexpr std::size_t whole_pages(std::size_t bytes) noexcept {
  return (bytes + page_bytes - 1) & ~(page_bytes - 1);
}

template <class T>
struct vanishing_allocator {
  using value_type = T;

  vanishing_allocator() = default;
  template <class U>
  vanishing_allocator(const vanishing_allocator<U>&) noexcept {}

  [[nodiscard]] T* allocate(std::size_t count) {
    void* const pages =
        mmap(nullptr, whole_pages(count * sizeof(T)), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED) throw std::bad_alloc();
    return static_cast<T*>(pages);
  }
  // The addresses stay taken: an munmap could hand them to the next mmap, and the fault would be gone.
  void deallocate(T* memory, std::size_t count) noexcept {
    mprotect(memory, whole_pages(count * sizeof(T)), PROT_NONE);
    madvise(memory, whole_pages(count * sizeof(T)), MADV_DONTNEED);
  }

  friend bool operator==(const vanishing_allocator&, const vanishing_allocator&) noexcept { return true; }
};

}  // namespace holdfast::inline v0::hazard
