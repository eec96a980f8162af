// The report of two threads, or one thread twice, in a map at a time when one of them writes.
//
// Everything here is cold: it runs once, at the end of a process.
#pragma once

#include <cstdint>
#include <string_view>

#include <holdfast/base/lang/config.hpp>
#include <holdfast/base/sync/operation.hpp>

namespace holdfast::inline v0 {

class writer_mark;

// What a report says of the map.
struct map_identity {
  std::string_view name;      // empty: not named
  std::uint64_t id = 0;       // 0: not named
  std::uint64_t entries = 0;
  std::uint64_t moved = 0;    // old buckets already moved, of
  std::uint64_t to_move = 0;  // so many in all
  bool growing = false;
};

// How to find the identity of a map once it is needed, so that the fast path computes nothing.
struct identity_source {
  map_identity (*describe)(const void* map) noexcept = nullptr;
  const void* map = nullptr;
};

enum class misuse : std::uint8_t { writes, read_and_write, iteration_and_write, clone_and_write };

[[nodiscard]] constexpr misuse misuse_of(operation mine) noexcept {
  switch (mine) {
    case operation::read: return misuse::read_and_write;
    case operation::iterate: return misuse::iteration_and_write;
    case operation::clone: return misuse::clone_and_write;
    default: return misuse::writes;
  }
}

// Go's own words, without the newline.
[[nodiscard]] const char* first_line_of(misuse kind) noexcept;

// A mark as it looked at the moment when it gave the misuse away.
struct mark_sighting {
  const writer_mark* mark;
  std::uint64_t word;
  const void* place;
};

// `mine` none: this thread was leaving a write and its mark was not up any more.
[[noreturn]] HOLDFAST_COLD void report_misuse(mark_sighting seen, identity_source map, operation mine,
                                              const void* my_place) noexcept;

}  // namespace holdfast::inline v0
