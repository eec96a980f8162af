// A stack as addresses, captured without allocating, and its lines in a report.
#pragma once

#include <cstddef>
#include <cstdint>

#include <holdfast/base/lang/config.hpp>

#include "guard/text.hpp"

namespace holdfast::guard {

// Innermost first. Every address points into the call, not behind it.
struct stack {
  static constexpr std::size_t capacity = 32;

  const void* places[capacity] = {};
  std::uint32_t count = 0;
  std::uint32_t thread = 0;  // the kernel's number of the thread
};

// The stack of this thread, from the function that will be returned to at `caller` on; all of it if that is not
// found. Async-signal-safe with glibc 2.35 and later.
HOLDFAST_NOINLINE void capture(stack& into, const void* caller) noexcept;

// What a signal interrupted, from inside the signal's handler.
HOLDFAST_NOINLINE void capture_interrupted(stack& into) noexcept;

// A line for each function, indented by four. Only inside a report.
void add_stack(text_sink& to, const stack& one) noexcept;

}  // namespace holdfast::guard
