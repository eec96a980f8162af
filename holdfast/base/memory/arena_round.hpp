// Which arena had a chunk, and where its reset was: what a report about protected memory tells.
//
// One record serves all chunks of one arena from one reset to the next. Records are used again when the last of their
// chunks is, and never freed, because a signal handler may be reading one.
#pragma once

#include <cstddef>
#include <cstdint>

#include <holdfast/base/lang/cause.hpp>
#include <holdfast/base/observe/backtrace.hpp>

namespace holdfast::inline v0::memory {

inline constexpr std::size_t arena_name_room = 32;

struct arena_round {
  char name[arena_name_room] = {};
  std::uint64_t arena = 0;
  std::uint64_t began = 0;  // resets before it
  std::uint64_t end = 0;    // the word of a cause_record; 0 while it lasts
  observe::backtrace ended_by;
  std::size_t holders = 0;  // chunks, and the arena while it lasts
  arena_round* next_unused = nullptr;
};

// With one holder; null if there is no memory.
[[nodiscard]] arena_round* begin_round(const char* name, std::uint64_t arena, std::uint64_t began) noexcept;
void hold_round(const arena_round* one) noexcept;
// Null is nobody's.
void drop_round(const arena_round* one) noexcept;

}  // namespace holdfast::inline v0::memory
