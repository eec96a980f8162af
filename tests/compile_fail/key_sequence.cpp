// expect: not a key
// contract M77: what Go calls "invalid map key type []int".
#include <vector>

#include <holdfast/map/map.hpp>

int main() {
  holdfast::map<std::vector<int>, int> map;
  return static_cast<int>(map.size());
}
