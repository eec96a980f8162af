// Runs one program of the catalogue in a process of its own and tells how that ended.
//
// The child gets its own folder, process group and limits, and its output is captured. It may crash,
// hang or fill its output: nothing of that reaches the parent. Whatever it does, run_child returns
// within the time-out, and the folder is gone unless it was to be kept.
//
//   parent --fork--> child: folder, limits, signals --> body --> crash | exit
//      ^ stdout, stderr (pipes), notes (file)                       |
//      +------------------------------------------------------------+
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <holdfast/hazard/crash_notes.hpp>
#include <holdfast/hazard/hazard.hpp>

namespace holdfast::inline v0::hazard {

struct child_rules {
  std::chrono::milliseconds time_out{10'000};
  bool keep_folder = false;
  bool want_core = false;
  // Set by a signal handler of the parent's to end the child early.
  const std::atomic<bool>* cancelled = nullptr;
};

struct outcome {
  enum class end : std::uint8_t { exited, killed, timed_out, cancelled };

  enum end end = end::exited;
  int exit_code = 0;       // exited
  int signal = 0;          // killed
  crash_notes notes;
  std::string standard_output;
  std::string standard_error;
  bool cut_short = false;  // it wrote more than `most_output`
  bool dumped_core = false;
  std::string folder;      // where it ran; gone unless kept
  std::string core;        // path of its core; empty if there is none, or if the system puts it elsewhere
  std::chrono::microseconds took{0};
};

// What is kept of each stream; the rest is read and dropped.
inline constexpr std::size_t most_output = std::size_t{1} << 18;

// Runs in the child once everything is set up, with the descriptor for crash notes. What it returns is
// the exit code.
using child_body = std::function<int(int notes)>;

// Throws: std::system_error where no child can be made.
[[nodiscard]] outcome run_child(const child_body& body, const child_rules& rules);

// How a program of the catalogue gets into the child.
struct launch {
  // A command line to which "ID/PROGRAM --seed N --notes FD" is added; it must end in serve_child. Empty:
  // the program is called in the forked child itself.
  std::vector<std::string> command;
};

[[nodiscard]] outcome run_program(const hazard& which, const program& one, std::uint64_t seed, const child_rules& rules,
                                  const launch& how);

// The child's side: notes deadly signals and runs the program.
[[nodiscard]] int serve_child(const program& one, std::uint64_t seed, int notes);

}  // namespace holdfast::inline v0::hazard
