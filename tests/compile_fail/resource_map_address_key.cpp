// expect: an address is no key for C memory, it comes back after free
// A raw pointer is no key of a map of C resources.
// covers hf.resources.no-raw-pointers
#include <holdfast/managed/resource_map.hpp>

int main() {
  holdfast::resource_map<char*> by_address;
  return static_cast<int>(by_address.size());
}
