// What a replay does with each operation of a trace, and what playing it once through one map
// brought to light.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "holdfast/tools/trace.hpp"

namespace holdfast::inline v0::tools {

enum class play_mode : std::uint8_t {
  mixed,        // as recorded: read = look up and insert on a miss, write = assign, erase = erase
  read_insert,  // every operation looks its key up and inserts it on a miss
  insert,       // every operation assigns its key
  cache,        // read_insert, but past `capacity` entries the oldest insertion is erased
};

struct play_rule {
  play_mode mode = play_mode::mixed;
  std::size_t capacity = 0;  // of cache
  std::size_t cache_bound = 0;  // entries that pointer_cache keeps; 0: all
};

// The rule that `text` ("mixed", "cache:1000" …) tells; nothing if it tells none.
[[nodiscard]] std::optional<play_rule> play_rule_in(std::string_view text);
[[nodiscard]] std::string text_of(const play_rule& rule);
extern const std::string_view play_rule_help;

// What every map must agree on: the same operations have the same answers.
struct answers {
  std::uint64_t found = 0;     // the key was there
  std::uint64_t inserted = 0;  // a new key was put in
  std::uint64_t erased = 0;
  std::uint64_t entries = 0;   // in the end
  std::uint64_t checksum = 0;  // of the values that were found

  [[nodiscard]] bool operator==(const answers&) const noexcept = default;
};

struct table_memory {
  std::size_t most_entries = 0;        // that the table ever held
  std::size_t bytes_when_fullest = 0;  // what it took when it first held them
  std::size_t peak_bytes = 0;          // the most it ever took, growth included
  std::uint64_t growths = 0;

  // Told the state after an insertion.
  void note(std::size_t entries, std::size_t bytes) noexcept {
    if (entries <= most_entries) return;
    most_entries = entries;
    bytes_when_fullest = bytes;
  }
  [[nodiscard]] double bytes_per_entry() const noexcept {
    return static_cast<double>(bytes_when_fullest) /
           static_cast<double>(std::max(most_entries, std::size_t{1}));
  }
};

// One play of a whole trace through one new map: for its speed, for the time of each operation, or
// for its memory.
struct play_result {
  answers told;
  table_memory memory;   // of a play for memory
  double seconds = 0.0;  // of the operations alone, in a play for speed
};

// The least time each operation took over all timed plays of one map, in clock ticks.
//
// Four bytes each, since there are millions: a float is right within 1 part in 16 million at any
// length, and its sign tells the operations that put a new key in.
class play_times {
 public:
  explicit play_times(std::size_t operations)
      : ticks_(operations, std::numeric_limits<float>::infinity()) {}

  void merge(std::size_t operation, std::uint64_t ticks, bool inserted) noexcept {
    const float least = std::min(std::fabs(ticks_[operation]), static_cast<float>(ticks));
    ticks_[operation] = inserted ? -least : least;
  }

  [[nodiscard]] std::size_t size() const noexcept { return ticks_.size(); }
  [[nodiscard]] float ticks(std::size_t operation) const noexcept {
    return std::fabs(ticks_[operation]);
  }
  [[nodiscard]] bool inserted(std::size_t operation) const noexcept {
    return std::signbit(ticks_[operation]);
  }

 private:
  std::vector<float> ticks_;
};

// Told how many operations have been played since the last call.
class play_listener {
 public:
  virtual ~play_listener() = default;
  virtual void played(std::size_t operations) = 0;
};

}  // namespace holdfast::inline v0::tools
