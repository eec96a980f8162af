// Schedules of sync_map that real threads meet once in a million lookups, and orders that x86-64 hides: played on
// fibers and on the memory model of C++, one after the other, they have to object to each bug of
// bugs/sync_map_plays.txt.
#include <cstdint>
#include <cstdio>
#include <string>

#include "tests/mutation/promise.hpp"

// Last: it spells std::atomic anew.
#include "tests/model/sync_map_order_plays.hpp"

namespace {

using namespace holdfast::tests;

template <class Scene>
void play(std::uint64_t seeds, std::uint64_t steps) {
  for (std::uint64_t seed = 0; seed < seeds; ++seed)
    if (const char* const wrong = play_of<Scene>(seed, steps)) broken(wrong, "", 0);
}

template <class Map>
void splits() {
  play<split_of_a_line<Map>>(2000, 150);
  play<split_of_a_chain<Map>>(10'000, 200);
}

// A third of what the tests may take: enough for each order as it is today.
void orders() {
  for (const order_play& one : order_plays)
    for (std::uint64_t seed = 0; seed < one.seeds / 3; ++seed)
      if (const char* const wrong = one.of_seed(seed, one.steps, nullptr))
        broken(wrong, std::string(one.function).c_str(), 0);
}

}  // namespace

int main() {
  broken_by_signals(100);
  checking("hf.concurrent.seen-is-ordered");
  orders();
  checking("hf.concurrent.absent-is-checked, hf.concurrent.stays-in-sight");
  splits<pair_map>();
  splits<node_map>();
  std::puts("every promise is kept");
}
