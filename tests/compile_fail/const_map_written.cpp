// expect: const|no match|discards qualifiers
// A const map is not written to.
#include <holdfast/map/map.hpp>

int main() {
  const holdfast::map<int, int> map;
  map[1] = 1;
}
