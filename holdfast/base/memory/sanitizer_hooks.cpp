// See sanitizer_hooks.hpp.
#include <holdfast/base/memory/sanitizer_hooks.hpp>

extern "C" {
[[gnu::weak]] void __asan_poison_memory_region(const volatile void* at, std::size_t bytes);
[[gnu::weak]] void __asan_unpoison_memory_region(const volatile void* at, std::size_t bytes);
[[gnu::weak]] void __lsan_register_root_region(const void* at, std::size_t bytes);
[[gnu::weak]] void __lsan_unregister_root_region(const void* at, std::size_t bytes);
}

namespace holdfast::inline v0::memory {

bool has_address_sanitizer() noexcept { return &__asan_poison_memory_region != nullptr; }

void mark_unreadable(const std::byte* at, std::size_t bytes) noexcept {
  if (&__asan_poison_memory_region != nullptr) __asan_poison_memory_region(at, bytes);
}

void mark_readable(const std::byte* at, std::size_t bytes) noexcept {
  if (&__asan_unpoison_memory_region != nullptr) __asan_unpoison_memory_region(at, bytes);
}

void know_heap_root(const std::byte* at, std::size_t bytes) noexcept {
  if (&__lsan_register_root_region != nullptr) __lsan_register_root_region(at, bytes);
}

void forget_heap_root(const std::byte* at, std::size_t bytes) noexcept {
  if (&__lsan_unregister_root_region != nullptr) __lsan_unregister_root_region(at, bytes);
}

}  // namespace holdfast::inline v0::memory
