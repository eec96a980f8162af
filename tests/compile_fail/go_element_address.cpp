// expect: lvalue required|rvalue|temporary|cannot take the address
// contract M39: "cannot take address of m["a"]".
#include <holdfast/map/go_map.hpp>

int main() {
  auto map = holdfast::go::make_map<int, int>();
  auto* const address = &map[1];
  return address != nullptr;
}
