// The functions that lie behind ours: glibc's, or those of an allocator that the program was linked with.
//
// Each begins as a function that looks all of them up, so no call asks whether that has happened. dlsym may
// itself allocate; what it gets meanwhile comes from own_memory.hpp.
#pragma once

#include <atomic>
#include <csignal>
#include <cstddef>

namespace holdfast::guard {

template <class Signature>
class door;

template <class Result, class... Arguments>
class door<Result(Arguments...)> {
 public:
  using function = Result(Arguments...);

  constexpr explicit door(function* first) noexcept : to_(first) {}

  Result operator()(Arguments... arguments) const noexcept { return target()(arguments...); }

  // relaxed: pairs with nothing; what it leads to is code, there since the loader put it there.
  [[nodiscard]] function* target() const noexcept { return to_.load(std::memory_order_relaxed); }
  void lead_to(function* real) noexcept { to_.store(real, std::memory_order_relaxed); }

 private:
  std::atomic<function*> to_;
};

using signal_handler = void (*)(int);

struct real_functions {
  door<void*(std::size_t)> malloc;
  door<void*(std::size_t, std::size_t)> calloc;
  door<void*(void*, std::size_t)> realloc;
  door<void(void*)> free;
  door<int(void**, std::size_t, std::size_t)> posix_memalign;
  door<void*(std::size_t, std::size_t)> aligned_alloc;
  door<void*(std::size_t, std::size_t)> memalign;
  door<std::size_t(void*)> malloc_usable_size;
  door<int(void*, std::size_t)> munmap;
  door<int(int, const struct sigaction*, struct sigaction*)> sigaction;
  door<signal_handler(int, signal_handler)> signal;
  door<signal_handler(int, signal_handler)> sysv_signal;
};

extern constinit real_functions real;

// Looks everything up. False while this thread is in the middle of that.
bool find_real_functions() noexcept;

// The next `name` after ours: of the program's global symbols, else of libstdc++ if it is loaded somewhere, else
// of the library that the call at `caller` is in. Null if there is none.
[[nodiscard]] void* find_behind(const char* name, const void* caller) noexcept;

}  // namespace holdfast::guard
