// expect: read-only|const
// The keys of a map are constant.
#include <holdfast/map/map.hpp>

int main() {
  holdfast::map<int, int> map{{1, 1}};
  map.begin()->first = 2;
}
