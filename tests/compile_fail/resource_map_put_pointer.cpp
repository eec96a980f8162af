// expect: a raw pointer owns nothing
// A pointer is adopted, not put.
// covers hf.resources.no-raw-pointers
#include <cstdio>

#include <holdfast/managed/resource_map.hpp>

int main() {
  holdfast::resource_map<int, FILE> files;
  files.put(1, stdout);
  return 0;
}
