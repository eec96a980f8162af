// What sync_map_read_path.py counts the instructions of: a whole lookup with its pin, of pairs, of nodes, and of words
// in nodes.
#include <cstdint>
#include <functional>

#include <holdfast/concurrent/sync_map.hpp>

struct wide {
  std::uint64_t number = 0;
  std::uint64_t rest = 0;
};

holdfast::sync_map<std::uint64_t, std::uint64_t> pairs;
holdfast::sync_map<std::uint64_t, wide> nodes;
holdfast::sync_map<std::uint64_t, std::uint64_t, holdfast::hash<std::uint64_t>, std::equal_to<>> words;

extern "C" {

[[gnu::noinline]] std::uint64_t find_pair(std::uint64_t key) {
  const auto there = pairs.pin(key);
  return there ? *there : 0;
}

[[gnu::noinline]] std::uint64_t find_node(std::uint64_t key) {
  const auto there = nodes.pin(key);
  return there ? there->number : 0;
}

[[gnu::noinline]] std::uint64_t find_word(std::uint64_t key) {
  const auto there = words.pin(key);
  return there ? *there : 0;
}
}

int main() {
  pairs.store(7, 21);
  nodes.store(7, wide{21, 0});
  words.store(7, 21);
  return find_pair(7) == 21 && find_node(7) == 21 && find_word(7) == 21 && find_pair(8) == 0 ? 0 : 1;
}
