// Plays one trace through several maps and keeps what there is to tell about each.
//
// Two kinds of play, each repeated: the first reads the clock once per 32,768 operations and gives
// the throughput; the maps take turns, so that what else the machine does meets them alike. The
// second reads the clock before and after every operation, which slows all maps equally but shows
// each operation's own time. Of the repeats of one operation the least time counts: growth, page
// faults and long searches come back at the same operation in every repeat, an interruption by
// another process does not. One more play, not timed, looks at the memory.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "holdfast/tools/contestant.hpp"
#include "holdfast/tools/histogram.hpp"
#include "holdfast/tools/progress_bar.hpp"

namespace holdfast::inline v0::tools {

struct map_measure {
  std::string name;
  std::vector<double> mops;  // millions of operations a second, one figure a round
  histogram all;             // nanoseconds of every operation
  histogram inserts;         // of those that put a new key in
  table_memory memory;
  bool is_bounded = false;   // a cache that gives entries up: its answers are its own
  answers told;
};

struct replay_measure {
  answers told;  // the same from every map that is not bounded
  std::vector<map_measure> maps;
};

// Two maps gave different answers to the same operations: one of them is broken.
class disagreement : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// How many plays of the trace that takes.
[[nodiscard]] std::size_t plays_needed(std::size_t maps, unsigned repeat) noexcept;

// Throws: disagreement.
[[nodiscard]] replay_measure measure_maps(const trace& operations,
                                          const std::vector<const contestant*>& maps,
                                          const play_rule& rule, unsigned repeat,
                                          progress_bar& progress);

[[nodiscard]] double median_of(std::vector<double> figures);

// The median over the rounds of how many times faster `one` was than `other`.
[[nodiscard]] double speed_ratio(const map_measure& one, const map_measure& other);

}  // namespace holdfast::inline v0::tools
