// malloc and its family, as the program calls them.
#include <cerrno>
#include <cstddef>
#include <cstdint>

#include <sys/mman.h>

#include <holdfast/base/lang/config.hpp>

#include "guard/blocks.hpp"
#include "guard/keepers.hpp"
#include "guard/real.hpp"
#include "guard/samples.hpp"

using namespace holdfast::guard;

namespace {

HOLDFAST_NOINLINE void free_unusually(void* block, const void* caller) noexcept {
  if (take_over(block, holdfast_leave_free, caller)) return;
  real.free(block);
  let_go_is_over();
}

HOLDFAST_NOINLINE void free_after_close_look(void* block, const void* caller) noexcept {
  if (is_watched_closely(block)) return free_unusually(block, caller);
  real.free(block);
}

// Functions of their own, so that the usual free needs no frame.
HOLDFAST_NOINLINE void free_watched(void* block, const void* caller) noexcept {
  const glance seen = glance_at(block);
  if (seen == glance::missed) [[likely]]
    return real.free(block);
  if (seen == glance::unclear) return free_after_close_look(block, caller);
  free_unusually(block, caller);
}

}  // namespace

extern "C" {

HOLDFAST_EXPORTED void* malloc(std::size_t bytes) {
  if (is_unusual()) [[unlikely]]
    return allocate_unusually(bytes, false, __builtin_return_address(0));
  return real.malloc(bytes);
}

HOLDFAST_EXPORTED void* calloc(std::size_t count, std::size_t bytes) {
  if (!is_unusual()) [[likely]]
    return real.calloc(count, bytes);
  std::size_t whole = 0;
  if (__builtin_mul_overflow(count, bytes, &whole)) whole = SIZE_MAX;  // which is then refused
  return allocate_unusually(whole, true, __builtin_return_address(0));
}

HOLDFAST_EXPORTED void free(void* block) {
  if (own_range.has(block)) [[unlikely]]
    return free_unusually(block, __builtin_return_address(0));
  if (watchers.load(std::memory_order_relaxed) != 0) return free_watched(block, __builtin_return_address(0));
  real.free(block);
}

HOLDFAST_EXPORTED void* realloc(void* block, std::size_t bytes) {
  if (block == nullptr) return malloc(bytes);
  if (!is_of_interest(block)) [[likely]]
    return real.realloc(block, bytes);
  return resize(block, bytes, __builtin_return_address(0));
}

HOLDFAST_EXPORTED void* reallocarray(void* block, std::size_t count, std::size_t bytes) noexcept {
  std::size_t whole = 0;
  if (!__builtin_mul_overflow(count, bytes, &whole)) return realloc(block, whole);
  errno = ENOMEM;
  return nullptr;
}

// An aligned `operator new` comes here too.
HOLDFAST_EXPORTED void* aligned_alloc(std::size_t alignment, std::size_t bytes) noexcept {
  if (is_unusual()) [[unlikely]]
    if (void* const guarded = guard_aligned(alignment, bytes, __builtin_return_address(0))) return guarded;
  return real.aligned_alloc(alignment, bytes);
}

HOLDFAST_EXPORTED void* memalign(std::size_t alignment, std::size_t bytes) noexcept {
  if (is_unusual()) [[unlikely]]
    if (void* const guarded = guard_aligned(alignment, bytes, __builtin_return_address(0))) return guarded;
  return real.memalign(alignment, bytes);
}

HOLDFAST_EXPORTED int posix_memalign(void** into, std::size_t alignment, std::size_t bytes) noexcept {
  if (is_unusual()) [[unlikely]]
    if (void* const guarded = guard_aligned(alignment, bytes, __builtin_return_address(0))) {
      *into = guarded;
      return 0;
    }
  return real.posix_memalign(into, alignment, bytes);
}

HOLDFAST_EXPORTED std::size_t malloc_usable_size(void* block) { return usable_size(block); }

HOLDFAST_EXPORTED int munmap(void* address, std::size_t bytes) noexcept {
  const bool is_ours = own_work::in_progress() || first_keeper.load(std::memory_order_relaxed) == nullptr;
  if (!is_ours && ask_keepers(address, bytes, holdfast_leave_munmap) == holdfast_keep) return 0;
  return real.munmap(address, bytes);
}

}  // extern "C"
