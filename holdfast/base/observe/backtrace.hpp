// A stack as a list of addresses, captured without allocating.
//
// Symbols are a matter of later (symbol.hpp), so a capture is cheap and may be made in a signal
// handler. Every address points into the call, not behind it: look it up as it is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <holdfast/base/lang/config.hpp>

namespace holdfast::inline v0::observe {

struct backtrace {
  static constexpr std::size_t capacity = 64;

  const void* places[capacity] = {};
  std::uint32_t count = 0;

  [[nodiscard]] std::span<const void* const> frames() const noexcept { return {places, count}; }
};

// This thread's stack, innermost first. Frames inside the function that returns to `from` are left out:
// pass __builtin_return_address(0) to begin with your caller. A `from` that is not on the stack leaves
// out nothing. Async-signal-safe with glibc 2.35 and later.
HOLDFAST_NOINLINE void capture_own(backtrace& stack, const void* from = nullptr) noexcept;

// The stack that a signal interrupted, from inside the signal's handler.
HOLDFAST_NOINLINE void capture_interrupted(backtrace& stack) noexcept;

}  // namespace holdfast::inline v0::observe
