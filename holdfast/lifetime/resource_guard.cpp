// How a registry hears of memory that C frees: by the guard, where it is loaded, or by the sanitizers' hooks.
//
// Neither is linked. The guard is looked up by name when a registry is made; the hooks are there in a program that
// was built with AddressSanitizer or ThreadSanitizer, and cannot veto.
#include <holdfast/lifetime/registry_core.hpp>

#include <dlfcn.h>

#include <atomic>
#include <cerrno>

#include <holdfast/base/lang/config.hpp>

extern "C" [[gnu::weak]] int __sanitizer_install_malloc_and_free_hooks(void (*on_malloc)(const volatile void*,
                                                                                         std::size_t),
                                                                       void (*on_free)(const volatile void*));

namespace holdfast::inline v0::lifetime {
namespace {

template <class Function>
Function* guards(const char* name) noexcept {
  return reinterpret_cast<Function*>(dlsym(RTLD_DEFAULT, name));
}

departure_door door_of(holdfast_leave how) noexcept {
  switch (how) {
    case holdfast_leave_realloc: return departure_door::realloc;
    case holdfast_leave_delete: return departure_door::delete_;
    case holdfast_leave_munmap: return departure_door::munmap;
    default: return departure_door::free;
  }
}

void ignore_malloc(const volatile void*, std::size_t) noexcept {}

}  // namespace

holdfast_verdict registry_core::on_leave(holdfast_keeper* self, void* address, std::size_t size,
                                         holdfast_leave how) noexcept {
  // free() keeps errno, and so must who stands in its way.
  const int before = errno;
  const holdfast_verdict verdict = static_cast<keeper*>(self)->core->leave(address, size, door_of(how), true);
  errno = before;
  return verdict;
}

void registry_core::on_sanitizer_free(const volatile void* address) noexcept {
  const int before = errno;
  static_cast<void>(leave_any(const_cast<void*>(address), departure_door::free, false));
  errno = before;
}

void registry_core::install_hooks() noexcept {
  if (__sanitizer_install_malloc_and_free_hooks == nullptr) return;
  static constinit std::atomic<bool> installed{false};
  // relaxed: only one of those who ask does it.
  if (installed.exchange(true, std::memory_order_relaxed)) return;
  static_cast<void>(__sanitizer_install_malloc_and_free_hooks(ignore_malloc, on_sanitizer_free));
}

void registry_core::connect() noexcept {
  install_hooks();
  auto* const connect = guards<decltype(holdfast_guard_connect)>("holdfast_guard_connect");
  if (connect == nullptr) return;
  keeper_ = {{holdfast_guard_abi, sizeof(holdfast_keeper), index_.filter(), on_leave, nullptr}, this};
  connected_ = connect(&keeper_) == 0;
}

void registry_core::disconnect() noexcept {
  if (!connected_) return;
  connected_ = false;
  if (auto* const disconnect = guards<decltype(holdfast_guard_disconnect)>("holdfast_guard_disconnect"))
    static_cast<void>(disconnect(&keeper_));
}

}  // namespace holdfast::inline v0::lifetime
