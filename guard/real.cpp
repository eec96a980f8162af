// See real.hpp.
#include "guard/real.hpp"

#include <cerrno>
#include <cstdint>

#include <dlfcn.h>
#include <link.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "guard/options.hpp"
#include "guard/own_memory.hpp"
#include "guard/thread.hpp"

namespace holdfast::guard {
namespace {

enum class stage : std::uint8_t { unknown, looking, known };

constinit std::atomic<stage> found{stage::unknown};

// What a call does that comes before the real function is known.
void* first_malloc(std::size_t bytes) { return find_real_functions() ? real.malloc(bytes) : own_allocate(bytes); }

void* first_calloc(std::size_t count, std::size_t bytes) {
  if (find_real_functions()) return real.calloc(count, bytes);
  std::size_t whole = 0;
  return __builtin_mul_overflow(count, bytes, &whole) ? nullptr : own_allocate(whole);
}

void* first_realloc(void* block, std::size_t bytes) {
  if (find_real_functions()) return real.realloc(block, bytes);
  return block == nullptr ? own_allocate(bytes) : nullptr;
}

void first_free(void* block) {
  if (find_real_functions()) real.free(block);
}

int first_posix_memalign(void** into, std::size_t alignment, std::size_t bytes) {
  return find_real_functions() ? real.posix_memalign(into, alignment, bytes) : ENOMEM;
}

void* first_aligned_alloc(std::size_t alignment, std::size_t bytes) {
  return find_real_functions() ? real.aligned_alloc(alignment, bytes) : nullptr;
}

void* first_memalign(std::size_t alignment, std::size_t bytes) {
  return find_real_functions() ? real.memalign(alignment, bytes) : nullptr;
}

std::size_t first_usable_size(void* block) { return find_real_functions() ? real.malloc_usable_size(block) : 0; }

int first_munmap(void* address, std::size_t bytes) { return static_cast<int>(syscall(SYS_munmap, address, bytes)); }

int first_sigaction(int number, const struct sigaction* wanted, struct sigaction* before) {
  if (find_real_functions()) return real.sigaction(number, wanted, before);
  errno = EAGAIN;
  return -1;
}

signal_handler first_signal(int number, signal_handler wanted) {
  return find_real_functions() ? real.signal(number, wanted) : SIG_ERR;
}

signal_handler first_sysv_signal(int number, signal_handler wanted) {
  return find_real_functions() ? real.sysv_signal(number, wanted) : SIG_ERR;
}

template <class Signature>
void lead(door<Signature>& to, const char* name) noexcept {
  if (void* const behind = dlsym(RTLD_NEXT, name)) to.lead_to(reinterpret_cast<Signature*>(behind));
}

std::size_t no_usable_size(void*) { return 0; }

void look_up_all() noexcept {
  real.malloc_usable_size.lead_to(no_usable_size);
  lead(real.free, "free");
  lead(real.posix_memalign, "posix_memalign");
  lead(real.aligned_alloc, "aligned_alloc");
  lead(real.memalign, "memalign");
  lead(real.calloc, "calloc");
  lead(real.realloc, "realloc");
  lead(real.malloc_usable_size, "malloc_usable_size");
  lead(real.munmap, "munmap");
  lead(real.sigaction, "sigaction");
  lead(real.signal, "signal");
  lead(real.sysv_signal, "__sysv_signal");
  lead(real.malloc, "malloc");
}

}  // namespace

constinit real_functions real = {
    door<void*(std::size_t)>(first_malloc),
    door<void*(std::size_t, std::size_t)>(first_calloc),
    door<void*(void*, std::size_t)>(first_realloc),
    door<void(void*)>(first_free),
    door<int(void**, std::size_t, std::size_t)>(first_posix_memalign),
    door<void*(std::size_t, std::size_t)>(first_aligned_alloc),
    door<void*(std::size_t, std::size_t)>(first_memalign),
    door<std::size_t(void*)>(first_usable_size),
    door<int(void*, std::size_t)>(first_munmap),
    door<int(int, const struct sigaction*, struct sigaction*)>(first_sigaction),
    door<signal_handler(int, signal_handler)>(first_signal),
    door<signal_handler(int, signal_handler)>(first_sysv_signal),
};

bool find_real_functions() noexcept {
  // acquire: pairs with the release below; the ranges of own_memory are there.
  if (found.load(std::memory_order_acquire) == stage::known) return true;
  if (this_thread.resolving) return false;
  stage nothing = stage::unknown;
  // acquire: as above.
  if (!found.compare_exchange_strong(nothing, stage::looking, std::memory_order_acquire)) {
    while (found.load(std::memory_order_acquire) != stage::known) sched_yield();
    return true;
  }
  this_thread.resolving = true;
  reserve_own_memory(2 * page * most_slots + page);
  look_up_all();
  this_thread.resolving = false;
  found.store(stage::known, std::memory_order_release);  // pairs with the acquires above
  return true;
}

void* find_behind(const char* name, const void* caller) noexcept {
  if (void* const next = dlsym(RTLD_NEXT, name)) return next;
  // The program, or a library it loaded for itself alone, brought a libstdc++ that is not in the global scope.
  if (void* const library = dlopen("libstdc++.so.6", RTLD_LAZY | RTLD_NOLOAD)) {
    void* const there = dlsym(library, name);
    dlclose(library);
    if (there != nullptr) return there;
  }
  // A library with a libstdc++ inside it: glibc takes a link map for a handle.
  Dl_info about = {};
  void* map = nullptr;
  if (dladdr1(caller, &about, &map, RTLD_DL_LINKMAP) == 0 || map == nullptr) return nullptr;
  return dlsym(map, name);
}

}  // namespace holdfast::guard
