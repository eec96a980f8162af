// expect: not a key
// contract M77: a struct that holds a sequence is no key unless it is given a hash.
#include <vector>

#include <holdfast/map/go_map.hpp>

struct holds_sequence {
  std::vector<int> numbers;
  bool operator==(const holds_sequence&) const = default;
};

int main() { return static_cast<int>(holdfast::go::make_map<holds_sequence, int>().len()); }
