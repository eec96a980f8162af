// expect: deleted function|invalid operands|deleted operator
// contract M83: a go::map compares with nil only.
#include <holdfast/map/go_map.hpp>

int main() {
  const auto a = holdfast::go::make_map<int, int>();
  const auto b = a;
  return a == b;
}
