// The maps that many threads can play a trace through, and what one play of it brought to light.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "holdfast/tools/crowd_plan.hpp"
#include "holdfast/tools/histogram.hpp"
#include "holdfast/tools/trace.hpp"

namespace holdfast::inline v0::tools {

// What a play is for. Each is a play of its own, since looking costs time.
enum class crowd_watch : std::uint8_t { speed, latency, memory };

struct crowd_counts {
  std::uint64_t reads = 0;
  std::uint64_t hits = 0;
  std::uint64_t stores = 0;
  std::uint64_t erases = 0;
  std::uint64_t wrong = 0;  // reads that were given the value of another key

  void add(const crowd_counts& more) noexcept {
    reads += more.reads;
    hits += more.hits;
    stores += more.stores;
    erases += more.erases;
    wrong += more.wrong;
  }
  [[nodiscard]] bool operator==(const crowd_counts&) const noexcept = default;
};

struct crowd_result {
  crowd_counts told;
  std::uint64_t entries = 0;      // in the end
  double seconds = 0.0;           // from the start of all threads to the end of the last one
  histogram read_times;           // of a play for latency, in nanoseconds
  histogram write_times;
  std::uint64_t bytes = 0;        // of a play for memory, in the end, by the map's stats(); 0: not known
  std::uint64_t retired_most = 0; // bytes that waited for readers, looked at every millisecond
  std::uint64_t retired_end = 0;  // the same when the last thread had finished
  std::string fault;              // the first broken invariant; empty if all is well
};

// Whether a map takes out now and destroys later, and whether it tells how much waits.
enum class retirement : std::uint8_t { none, told, untold };

struct crowd_map {
  std::string_view name;
  std::string_view story;
  retirement retires;
  bool is_cache;  // under a bound it gives entries up, and has answers of its own
  std::function<crowd_result(const trace&, const crowd_plan&, crowd_watch)> play;
};

// Ours first, then those of other libraries that were there when this was built.
[[nodiscard]] const std::vector<crowd_map>& crowd_maps();

// Each in a source file of its own; empty where the peer was not there.
void add_maps_with_locks(std::vector<crowd_map>& all);
void add_tbb_map(std::vector<crowd_map>& all);
void add_cuckoo_map(std::vector<crowd_map>& all);
void add_cds_map(std::vector<crowd_map>& all);
void add_urcu_map(std::vector<crowd_map>& all);

// The maps called `names`, each once, in that order; no name is ours, "all" is all of them, and of ours "_map" may be
// left out. Throws: input_error for a name that is none.
[[nodiscard]] std::vector<const crowd_map*> choose_crowd_maps(const std::vector<std::string>& names);

// For --help.
[[nodiscard]] std::string crowd_map_help();

}  // namespace holdfast::inline v0::tools
