// expect: read-only|const
// A const_iterator gives constant values.
#include <holdfast/map/map.hpp>

int main() {
  holdfast::map<int, int> map{{1, 1}};
  map.cbegin()->second = 2;
}
