// expect: not a key
// contract M77: a function is no key.
#include <functional>

#include <holdfast/map/map.hpp>

int main() {
  holdfast::map<std::function<void()>, int> map;
  return static_cast<int>(map.size());
}
