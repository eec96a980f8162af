// expect: no match|no viable|deleted
// A string map is not searched with what is no string.
#include <string>

#include <holdfast/map/map.hpp>

int main() {
  holdfast::map<std::string, int> map;
  return map.contains(5);
}
