// What HOLDFAST_GUARD in the environment asks for: `key=value`, separated by colons.
//
//   HOLDFAST_GUARD=sample=1000:containers=abort LD_PRELOAD=libholdfast_guard.so program
//
// The keys stand in one table (options.cpp), from which the help is printed too. What is not understood is
// passed over and named once on stderr: a variable that another version knows must not stop a program.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "guard/text.hpp"

namespace holdfast::guard {

// What a finding leads to.
enum class answer : std::uint8_t { off, report, abort };

struct options {
  std::uint64_t sample = 5000;  // about one allocation in so many is guarded; 0: none
  std::uint64_t slots = 128;    // guarded allocations at once
  std::uint64_t seed = 0;       // of what is chosen by chance; 0: another one in each process
  answer containers = answer::report;
  std::uint64_t hold = 2;  // percent of a thread's time that it may wait inside shared containers
  answer tables = answer::report;
  std::uint64_t grace = 16;   // frees after which a freed address must be gone from its table
  std::uint64_t reports = 8;  // findings that do not end the process: no more are told than these
  std::string_view log;       // a file that reports are appended to; empty: stderr
  bool status = false;
  bool help = false;
};

inline constexpr std::uint64_t most_slots = 4096;
inline constexpr std::uint64_t most_grace = 64;

// Reads `text`; adds a line to `complaints` if something in it is not understood. The views in the result point
// into `text`.
[[nodiscard]] options read_options(std::string_view text, text_line& complaints) noexcept;

// What HOLDFAST_GUARD=help prints.
void add_help(text_sink& to) noexcept;

}  // namespace holdfast::guard
