// One program, run a number of times under neighbouring seeds, and how often it ended as told.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include <holdfast/hazard/child.hpp>
#include <holdfast/hazard/hazard.hpp>

namespace holdfast::inline v0::hazard {

struct trial_plan {
  unsigned runs = 5;
  std::uint64_t seed = 1;  // of the first run; each further one adds 1
  child_rules rules;
  launch how;
  // Called after each run; may be empty.
  std::function<void()> after_run;
};

struct trial {
  unsigned runs = 0;
  unsigned as_told = 0;
  bool passed = false;  // often enough for the expectation
  // The run that tells most: the first that was not as told, otherwise the first.
  outcome shown;
  std::uint64_t shown_seed = 0;
  std::string why_not;  // of that run
};

// Throws: std::system_error where no child can be made.
[[nodiscard]] trial run_trial(const hazard& which, const program& one, const trial_plan& plan);

}  // namespace holdfast::inline v0::hazard
