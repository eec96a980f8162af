// See go_any.hpp.
#include <holdfast/map/go_any.hpp>

#include <cstdlib>

#include <cxxabi.h>

namespace holdfast::inline v0::go {

std::string any::readable_name(const std::type_info& type) {
  int status = 0;
  char* const readable = abi::__cxa_demangle(type.name(), nullptr, nullptr, &status);
  std::string name = status == 0 ? readable : type.name();
  std::free(readable);
  return name;
}

}  // namespace holdfast::inline v0::go
