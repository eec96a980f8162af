// Why a registry refuses a handle or a pointer.
//
// The numbers are those of holdfast.h; append only.
#pragma once

#include <cstdint>

namespace holdfast::inline v0 {

enum class resource_error : std::uint8_t {
  none = 0,
  invalid,    // null, or a number that no registry has given out
  stale,      // its resource has been released for the last time
  foreign,    // good, but of another registry
  closing,    // close() was called: who has a share keeps it, nobody gets a new one
  freed,      // C freed the memory while it was held
  too_many,   // sixteen million shares of one resource, or the registry's limit
  no_memory,  // nothing was changed
};

// What it means and what to do, in one line.
[[nodiscard]] const char* text_of(resource_error error) noexcept;

}  // namespace holdfast::inline v0
