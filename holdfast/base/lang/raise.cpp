// See raise.hpp.
#include <holdfast/base/lang/raise.hpp>

#include <cstdio>
#include <cstdlib>
#include <new>
#include <optional>
#include <stdexcept>

namespace holdfast::inline v0 {

void abort_for_want_of_exceptions(const char* what) noexcept {
  std::fprintf(stderr, "holdfast: fatal: %s (built without exceptions)\n", what);
  std::abort();
}

void raise_out_of_range(const char* what) { raise(std::out_of_range(what)); }
void raise_length_error(const char* what) { raise(std::length_error(what)); }
void raise_bad_alloc() { raise(std::bad_alloc()); }
void raise_bad_optional_access() { raise(std::bad_optional_access()); }

}  // namespace holdfast::inline v0
