// What Go calls a run-time panic that a program may recover from: here an exception with Go's text.
#pragma once

#include <stdexcept>
#include <string>

#include <holdfast/base/lang/config.hpp>

namespace holdfast::inline v0::go {

class runtime_error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

[[noreturn]] HOLDFAST_COLD void panic_nil_map();                          // assignment to entry in nil map
[[noreturn]] HOLDFAST_COLD void panic_nil_dereference();                  // invalid memory address or nil ...
[[noreturn]] HOLDFAST_COLD void panic_unhashable(const std::string& type);  // hash of unhashable type ...
[[noreturn]] HOLDFAST_COLD void panic_uncomparable(const std::string& type);  // comparing uncomparable type ...
// `text` as it stands: a panic of Go's libraries, not of its runtime.
[[noreturn]] HOLDFAST_COLD void panic_with(const char* text);

}  // namespace holdfast::inline v0::go
