// What a child writes down about its own death, for the parent to read: a small file of lines.
//
//   expect 0x7f… 8         the program said that it would fault here, within so many bytes
//   signal 11 2            number and si_code
//   address 0x7f…          si_addr, for faults
//   frame 0x55… 0x1234 name+0x10 module      program counter, its offset in the module, symbol
//
// The writing half is used in a signal handler: no allocation, no stdio, write(2) only. dladdr and
// backtrace are not promised to be safe there; both are called once before, which is what they need in
// practice, and if they fail the parent still knows the signal.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast::inline v0::hazard {

struct frame {
  std::uint64_t counter = 0;
  std::uint64_t offset = 0;  // in the module
  std::string symbol;        // demangled, "+0x…" at the end; empty if unknown
  std::string module;        // file name without its folder
};

struct crash_notes {
  std::optional<std::uint64_t> expected;  // announced fault
  std::uint64_t expected_bytes = 0;
  int signal = 0;                         // 0: the handler did not run
  int code = 0;
  std::optional<std::uint64_t> address;
  std::vector<frame> frames;              // innermost first
};

// Lines that are none of the above are passed over: a dying process wrote them.
[[nodiscard]] crash_notes parse_crash_notes(std::string_view text);

// In the child: from now on a deadly signal is noted on `notes` before it kills. Uses a stack of its
// own, so that a stack overflow is noted too.
void note_deadly_signals(int notes) noexcept;
void note_expected_fault(int notes, const volatile void* address, std::uint64_t bytes) noexcept;

// All of `text`, whatever write(2) makes of it. Async-signal-safe.
void write_all(int descriptor, std::string_view text) noexcept;

}  // namespace holdfast::inline v0::hazard
