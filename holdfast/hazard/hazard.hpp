// What the catalogue knows about one way to fail, and about what cures it. Plain data.
//
// A hazard has one *naive* program, which fails as it is told, and one or more *cures*, which are the
// same task done so that it does not fail, or fails with a report that names the mistake. Programs run
// in a child process each; what they must show is an `expectation`, which judge.hpp compares with what
// the child did.
//
// inv hf.hazard.code-is-what-runs: each line of a program's `code` stands in the function that runs.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace holdfast::inline v0::hazard {

class situation;

// How a child must end.
enum class ending : std::uint8_t {
  held,          // exit code 0: everything the program checked was as it should be
  wrong_answer,  // exit code `wrong_answer_code`: it checked, and the answer was wrong as told
  signal,        // a signal of the expectation's `signal_number`
  report,        // a fatal report beginning with `first_line`, then SIGABRT
};

inline constexpr int held_code = 0;
inline constexpr int wrong_answer_code = 3;
// The program could not even begin, or met something that nobody had told of.
inline constexpr int out_of_plan_code = 4;

struct expectation {
  enum ending ending = ending::held;
  int signal_number = 0;
  // The fault is at the address that the program announced with situation::expect_fault.
  bool at_announced_address = false;
  // What stderr begins with, and what it must contain besides, in any order.
  std::string_view first_line = {};
  std::vector<std::string_view> also_says = {};
  // Of a hundred runs so many must end so.
  double at_least_percent = 100;
};

// Returns held_code, wrong_answer_code or out_of_plan_code, if it returns.
using program_function = int (*)(situation&);

struct program {
  std::string_view name;   // "naive" or the cure's own, kebab-case
  std::string_view story;  // one line: what it does and what is seen
  program_function run = nullptr;
  struct expectation expectation;
  std::string_view code;   // the lines that matter
};

// Whether what the article says is so: `by_design` where a language allows both and the design decides.
enum class truth : std::uint8_t { yes, no, partly, by_design };

struct claim {
  enum truth truth;
  std::string_view why;  // one sentence
};

struct source {
  std::string_view article;  // A0 to A4
  std::string_view section;
  std::string_view feature;  // ids of the ledger of claims, comma-separated
};

struct hazard {
  std::string_view id;           // kebab-case
  std::string_view story;        // one line
  std::string_view explanation;  // what happens and why, in paragraphs
  source from;
  claim in_go;
  claim in_cpp;
  program naive;
  std::vector<program> cures;
};

}  // namespace holdfast::inline v0::hazard
