// expect: use of deleted function|call to (implicitly-)?deleted constructor|no matching
// A map of values that only move cannot be copied.
#include <memory>

#include <holdfast/map/map.hpp>

int main() {
  holdfast::map<int, std::unique_ptr<int>> map;
  const auto copy = map;
  return static_cast<int>(copy.size());
}
