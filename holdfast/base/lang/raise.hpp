// The one door to `throw`.
//
// Code built with -fno-exceptions goes through the same door, says on stderr what it would have thrown
// and aborts. The usual kinds are compiled once, out of line, so that the code that may raise them
// stays small.
#pragma once

#include <utility>

#include <holdfast/base/lang/config.hpp>

namespace holdfast::inline v0 {

[[noreturn]] HOLDFAST_COLD void abort_for_want_of_exceptions(const char* what) noexcept;

template <class Exception>
[[noreturn]] HOLDFAST_COLD void raise(Exception&& exception) {
  HOLDFAST_THROW(std::forward<Exception>(exception));
}

[[noreturn]] HOLDFAST_COLD void raise_out_of_range(const char* what);
[[noreturn]] HOLDFAST_COLD void raise_length_error(const char* what);
[[noreturn]] HOLDFAST_COLD void raise_bad_alloc();
[[noreturn]] HOLDFAST_COLD void raise_bad_optional_access();

}  // namespace holdfast::inline v0
