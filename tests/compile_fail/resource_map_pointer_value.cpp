// expect: a raw pointer is no value for C memory
// A raw pointer is no value of a map of C resources.
// covers hf.resources.no-raw-pointers
#include <cstdio>

#include <holdfast/managed/resource_map.hpp>

int main() {
  holdfast::resource_map<int, FILE*> files;
  return static_cast<int>(files.size());
}
