// Memory as a C library hands it out and takes it back, which vanishes when it is given back.
//
// No map and no owner hears of c_free: that is what the hazards of foreign memory are about.
#pragma once

#include <cstddef>
#include <cstring>
#include <string_view>

#include <holdfast/hazard/vanishing_allocator.hpp>

namespace holdfast::inline v0::hazard {

[[nodiscard]] inline void* c_malloc(std::size_t bytes) { return vanishing_allocator<char>().allocate(bytes); }

// Blocks of up to a page.
inline void c_free(void* block) noexcept {
  vanishing_allocator<char>().deallocate(static_cast<char*>(block), page_bytes);
}

[[nodiscard]] inline char* c_strdup(std::string_view text) {
  auto* const copy = static_cast<char*>(c_malloc(text.size() + 1));
  std::memcpy(copy, text.data(), text.size());
  return copy;
}

}  // namespace holdfast::inline v0::hazard
