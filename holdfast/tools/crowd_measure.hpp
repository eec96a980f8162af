// Has many threads play one trace through several maps and keeps what there is to tell about each.
//
// Plays for speed come first, the maps in turns; then each map has one play in which every operation is timed,
// and one in which the memory is looked at. Threads meet differently in each play, so no operation's time is
// taken from the best of several: what a thread waited for another one is what is asked for.
#pragma once

#include <string>
#include <vector>

#include "holdfast/tools/crowd_map.hpp"
#include "holdfast/tools/measure.hpp"
#include "holdfast/tools/progress_bar.hpp"

namespace holdfast::inline v0::tools {

struct crowd_measured {
  std::string name;
  retirement retires = retirement::none;
  bool is_bounded = false;   // a cache that gives entries up: its hits are its own
  std::vector<double> mops;  // millions of operations a second of all threads, one figure a round
  histogram reads;           // nanoseconds
  histogram writes;
  crowd_counts told;         // of the play for memory
  std::uint64_t entries = 0;
  std::uint64_t bytes = 0;
  std::uint64_t retired_most = 0;
  std::uint64_t retired_end = 0;

  [[nodiscard]] double hit_ratio() const noexcept {
    return told.reads == 0 ? 0.0 : static_cast<double>(told.hits) / static_cast<double>(told.reads);
  }
};

[[nodiscard]] std::size_t crowd_plays_needed(std::size_t maps, unsigned repeat) noexcept;

// Throws: disagreement, when a map gave a read the value of another key, is broken inside, or was not played the
// operations that the others were.
[[nodiscard]] std::vector<crowd_measured> measure_crowd(const trace& operations,
                                                        const std::vector<const crowd_map*>& maps,
                                                        const crowd_plan& plan, unsigned repeat,
                                                        progress_bar& progress);

}  // namespace holdfast::inline v0::tools
