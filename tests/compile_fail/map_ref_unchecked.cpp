// expect: holdfast: map::ref needs a map that is checked
#include <holdfast/map/map.hpp>

int main() {
  holdfast::map<int, int> ages;
  return *ages.ref(1);
}
