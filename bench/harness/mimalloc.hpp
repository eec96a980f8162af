// mimalloc beside the program's own malloc: loaded at run time where it is installed, and called by pointer.
#pragma once

#include <cstddef>

#include <dlfcn.h>

namespace holdfast::bench {

struct mimalloc_calls {
  void* (*take)(std::size_t) = nullptr;
  void (*give)(void*) = nullptr;
  [[nodiscard]] explicit operator bool() const noexcept { return take != nullptr && give != nullptr; }
};

// Both null where it is not installed.
[[nodiscard]] inline mimalloc_calls mimalloc() {
  void* const library = dlopen("libmimalloc.so.2", RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return {};
  return {reinterpret_cast<void* (*)(std::size_t)>(dlsym(library, "mi_malloc")),
          reinterpret_cast<void (*)(void*)>(dlsym(library, "mi_free"))};
}

}  // namespace holdfast::bench
