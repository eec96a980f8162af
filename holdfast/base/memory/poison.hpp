// The pattern that freed arena memory is filled with, and the search for what was written over it.
#pragma once

#include <cstddef>

#include <holdfast/base/memory/chunk.hpp>

namespace holdfast::inline v0::memory {

// Fills what the span's round has used.
void fill_with_poison(chunk_header* span) noexcept;

// The first of `bytes` that is not the pattern; `bytes` if all are.
[[nodiscard]] std::size_t find_unpoisoned(const unsigned char* at, std::size_t bytes) noexcept;

// Of a span about to be used again. Fatal: somebody has written to it since it was filled.
void verify_poison(chunk_header* span) noexcept;

}  // namespace holdfast::inline v0::memory
