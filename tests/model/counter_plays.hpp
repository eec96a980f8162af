// Plays of the counters of pointer_cache, from the very source that programs run, on the memory model of C++: a stripe
// goes from a thread that ends to the next one, and no count is lost.
//
// To be included last, in a source of its own.
#pragma once

#include <array>
#include <bit>
#include <cstdint>

#include <holdfast/base/lang/config.hpp>

#include "tests/model/weak_memory.hpp"

namespace std {
using holdfast::tests::weak_atomic;  // std::atomic, as it is spelled below
}

// Last: it spells it anew, and has the names of the library's own in another namespace.
#define v0 on_weak_memory
#define atomic weak_atomic
#include <holdfast/concurrent/pointer_cache_counters.cpp>
#undef v0
#undef atomic

namespace holdfast::tests {

namespace played = holdfast::on_weak_memory::concurrent;

inline constexpr std::uint64_t threads = 3;
inline constexpr std::uint64_t counts = 2;  // of each thread

struct cache_of_play {
  played::stripe_board board;
  played::cache_counters counters;
  void act(fibers& all) {
    for (std::uint64_t who = 0; who < threads; ++who)
      all.add([this] {
        const std::uint32_t mine = board.take();
        for (std::uint64_t n = 0; n < counts; ++n) {
          played::known_stripe = mine;  // the fibers have one between them
          counters.add(played::cache_event::hit);
        }
        board.give_back(mine);
      });
  }
  [[nodiscard]] std::uint64_t sum() const { return counters.sum(played::cache_event::hit); }
};

// The first of so many seeds that loses a count; as many: none.
inline std::uint64_t loses_a_count(std::uint64_t seeds) {
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    fibers all(seed);
    weak_memory memory(all, seed);
    cache_of_play on;
    on.act(all);
    if (!memory.run(20, 4) || memory.violation() != nullptr || on.sum() != threads * counts) return seed;
  }
  return seeds;
}

}  // namespace holdfast::tests
