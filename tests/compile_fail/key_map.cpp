// expect: not a key
// contract M77: a map is no key.
#include <holdfast/map/map.hpp>

int main() {
  holdfast::map<holdfast::map<int, int>, int> map;
  return static_cast<int>(map.size());
}
