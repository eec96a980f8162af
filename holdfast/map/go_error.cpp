// See go_error.hpp.
#include <holdfast/map/go_error.hpp>

#include <holdfast/base/lang/raise.hpp>

namespace holdfast::inline v0::go {

void panic_nil_map() { raise(runtime_error("assignment to entry in nil map")); }

void panic_nil_dereference() {
  raise(runtime_error("runtime error: invalid memory address or nil pointer dereference"));
}

void panic_unhashable(const std::string& type) { raise(runtime_error("runtime error: hash of unhashable type " + type)); }

void panic_uncomparable(const std::string& type) { raise(runtime_error("runtime error: comparing uncomparable type " + type)); }

void panic_with(const char* text) { raise(runtime_error(text)); }

}  // namespace holdfast::inline v0::go
