// expect: not a key
// A key needs an equality.
#include <cstddef>

#include <holdfast/map/map.hpp>

struct no_equality {
  int number;
};
struct hash_of_it {
  std::size_t operator()(const no_equality& key) const noexcept { return static_cast<std::size_t>(key.number); }
};

int main() {
  holdfast::map<no_equality, int, hash_of_it> map;
  return static_cast<int>(map.size());
}
