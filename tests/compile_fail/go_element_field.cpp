// expect: no member named|assignment of member|not assignable
// contract M39: a field of an element in a go::map cannot be assigned to.
#include <holdfast/map/go_map.hpp>

struct point {
  int x;
};

int main() {
  auto map = holdfast::go::make_map<int, point>();
  map[1].x = 5;
}
