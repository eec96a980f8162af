// See failing_new.hpp.
#include "tests/alloc_failure/failing_new.hpp"

#include <cstddef>
#include <cstdlib>
#include <new>

namespace {

using holdfast::tests::heap;

void* obtain(std::size_t bytes, std::size_t alignment) noexcept {
  ++heap::calls;
  if (heap::fail_after >= 0 && heap::fail_after-- == 0) return nullptr;
  if (alignment < sizeof(void*)) alignment = sizeof(void*);
  void* const block = std::aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment + (bytes == 0 ? alignment : 0));
  if (block != nullptr) ++heap::live;
  return block;
}

void* obtain_or_throw(std::size_t bytes, std::size_t alignment) {
  void* const block = obtain(bytes, alignment);
  if (block == nullptr) throw std::bad_alloc();
  return block;
}

void give_back(void* block) noexcept {
  if (block == nullptr) return;
  --heap::live;
  std::free(block);
}

constexpr std::size_t usual = alignof(std::max_align_t);

}  // namespace

void* operator new(std::size_t bytes) { return obtain_or_throw(bytes, usual); }
void* operator new[](std::size_t bytes) { return obtain_or_throw(bytes, usual); }
void* operator new(std::size_t bytes, std::align_val_t a) { return obtain_or_throw(bytes, static_cast<std::size_t>(a)); }
void* operator new[](std::size_t bytes, std::align_val_t a) { return obtain_or_throw(bytes, static_cast<std::size_t>(a)); }
void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept { return obtain(bytes, usual); }
void* operator new[](std::size_t bytes, const std::nothrow_t&) noexcept { return obtain(bytes, usual); }
void operator delete(void* block) noexcept { give_back(block); }
void operator delete[](void* block) noexcept { give_back(block); }
void operator delete(void* block, std::size_t) noexcept { give_back(block); }
void operator delete[](void* block, std::size_t) noexcept { give_back(block); }
void operator delete(void* block, std::align_val_t) noexcept { give_back(block); }
void operator delete[](void* block, std::align_val_t) noexcept { give_back(block); }
void operator delete(void* block, std::size_t, std::align_val_t) noexcept { give_back(block); }
void operator delete[](void* block, std::size_t, std::align_val_t) noexcept { give_back(block); }
