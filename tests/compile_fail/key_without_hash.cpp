// expect: not a key
// A key needs a hash.
#include <holdfast/map/map.hpp>

struct no_hash {
  int number;
  bool operator==(const no_hash&) const = default;
};

int main() {
  holdfast::map<no_hash, int> map;
  return static_cast<int>(map.size());
}
