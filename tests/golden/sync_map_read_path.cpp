// What sync_map_read_path.py counts the instructions of: a whole lookup with its pin, of pairs and of nodes.
#include <cstdint>

#include <holdfast/concurrent/sync_map.hpp>

struct wide {
  std::uint64_t number = 0;
  std::uint64_t rest = 0;
};

holdfast::sync_map<std::uint64_t, std::uint64_t> pairs;
holdfast::sync_map<std::uint64_t, wide> nodes;

extern "C" {

[[gnu::noinline]] std::uint64_t find_pair(std::uint64_t key) {
  const auto there = pairs.pin(key);
  return there ? *there : 0;
}

[[gnu::noinline]] std::uint64_t find_node(std::uint64_t key) {
  const auto there = nodes.pin(key);
  return there ? there->number : 0;
}
}

int main() {
  pairs.store(7, 21);
  nodes.store(7, wide{21, 0});
  return find_pair(7) == 21 && find_node(7) == 21 && find_pair(8) == 0 ? 0 : 1;
}
