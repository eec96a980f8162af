// Where the program is, as an address that a report can turn into file and line.
//
// <source_location> would cost three words at every call and clang 14 has none; the address is one
// instruction, and symbols are looked up only when there is something to report.
#pragma once

#include <holdfast/base/lang/config.hpp>

namespace holdfast::inline v0 {

// An address inside the function that this call ends up in after inlining.
[[nodiscard]] HOLDFAST_ALWAYS_INLINE const void* here() noexcept {
  const void* place;
  HOLDFAST_PROGRAM_COUNTER(place);
  return place;
}

}  // namespace holdfast::inline v0
