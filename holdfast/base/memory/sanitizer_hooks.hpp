// AddressSanitizer is told what arenas do, in programs that have it.
//
// Its functions are looked up weakly: the library asks at run time whether they are there, so that one build of it
// serves programs with and without, and no type depends on it.
#pragma once

#include <cstddef>

namespace holdfast::inline v0::memory {

// Whether this program runs under AddressSanitizer.
[[nodiscard]] bool has_address_sanitizer() noexcept;

// Any use of these bytes is reported from here on, or none is. Nothing without AddressSanitizer.
void mark_unreadable(const std::byte* at, std::size_t bytes) noexcept;
void mark_readable(const std::byte* at, std::size_t bytes) noexcept;

// The leak checker looks into these bytes for pointers to the heap.
void know_heap_root(const std::byte* at, std::size_t bytes) noexcept;
void forget_heap_root(const std::byte* at, std::size_t bytes) noexcept;

}  // namespace holdfast::inline v0::memory
