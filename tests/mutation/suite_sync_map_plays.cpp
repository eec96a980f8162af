// Schedules of sync_map that real threads meet once in a million lookups: played on fibers and on the memory model of
// C++, one after the other, they have to object to each bug of bugs/sync_map_plays.txt.
#include <cstdint>
#include <cstdio>

#include "tests/mutation/promise.hpp"

// Last: it spells std::atomic anew.
#include "tests/model/sync_map_plays.hpp"

namespace {

using namespace holdfast::tests;

template <class Scene>
void play(std::uint64_t seeds, std::uint64_t steps) {
  for (std::uint64_t seed = 0; seed < seeds; ++seed)
    if (const char* const wrong = play_of<Scene>(seed, steps)) broken(wrong, "", 0);
}

template <class Map>
void splits(std::uint64_t seeds) {
  play<split_of_a_line<Map>>(seeds, 200);
  play<split_of_a_chain<Map>>(seeds, 200);
}

}  // namespace

int main() {
  broken_by_signals(100);
  checking("hf.concurrent.absent-is-checked, hf.concurrent.stays-in-sight");
  splits<pair_map>(20'000);
  splits<node_map>(4'000);
  std::puts("every promise is kept");
}
