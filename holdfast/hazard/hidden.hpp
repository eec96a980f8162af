// Keeps the compiler from knowing what it could know, so that a wrong program does what it says instead
// of what the optimiser makes of undefined behaviour.
#pragma once

namespace holdfast::inline v0::hazard {

// The same value, of which the compiler knows nothing any more.
template <class T>
[[nodiscard]] T* hidden(T* pointer) noexcept {
  __asm__ volatile("" : "+r"(pointer) : : "memory");
  return pointer;
}

}  // namespace holdfast::inline v0::hazard
