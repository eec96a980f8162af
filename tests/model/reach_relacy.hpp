// A play of buckets for Relacy: one thread fills them and makes them known, others are led to them.
//
// A bucket's content is a plain variable, so one that is reached before it was filled is reported as a data race. The
// first reader looks as a lookup does that finds nothing: what it then takes for certain must have been so.
#pragma once

#include <cstdint>

#include <holdfast/concurrent/sync_map_reach.hpp>

#include "tests/model/relacy.hpp"

namespace holdfast::tests {

template <class Machine>
struct buckets_made_known : rl::test_suite<buckets_made_known<Machine>, 3> {
  static constexpr std::uint64_t first = 3;
  static constexpr std::uint64_t last = 6;

  void before() {
    count.begin_with(first);
    for (std::uint64_t number = 0; number < first; ++number) content[number]($) = 1;
  }
  void thread(unsigned index) {
    if (index == 0) {
      fill_and_make_known(first, first + 1);
      fill_and_make_known(first + 1, last);
      return;
    }
    const std::uint64_t hash = rl::rand(8);
    const concurrent::bucket_reach seen = count.reach();
    const std::uint64_t number = seen.number_of(hash);
    RL_ASSERT(number < last && content[number]($) == 1);
    const concurrent::bucket_reach now = count.reach();
    if (now.buckets == seen.buckets && now.number_of(hash) == number)
      RL_ASSERT(number == concurrent::place_of(hash, seen.buckets).number);
  }

  // Buckets that become known at once.
  void fill_and_make_known(std::uint64_t from, std::uint64_t end) {
    for (std::uint64_t number = from; number < end; ++number) content[number]($) = 1;
    count.make_known(end - 1);
  }

  concurrent::basic_bucket_count<Machine> count{0};
  rl::var<int> content[last];
};

}  // namespace holdfast::tests
