// `holdfast lab run`: every program of the chosen hazards, so many times, and what came of it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <holdfast/hazard/trial.hpp>
#include <holdfast/tools/lab_selection.hpp>

namespace holdfast::inline v0::tools {

struct lab_run_options {
  unsigned runs = 5;
  std::uint64_t seed = 1;
  double time_out_seconds = 10;
  bool keep = false;
  bool core = false;
  bool verbose = false;
  std::string json;  // a file or "-"; empty: no JSON
};

struct program_result {
  const hazard::program* which = nullptr;
  hazard::trial trial;
};

// The naive program first.
struct hazard_result {
  const hazard::hazard* which = nullptr;
  std::vector<program_result> programs;

  [[nodiscard]] bool passed() const noexcept;
};

// The command's exit code: 0, 1 when something was not as told, 130 when interrupted.
// Throws: input_error, and std::system_error where no child can be made.
[[nodiscard]] int run_hazards(const hazard_list& which, const lab_run_options& options);

}  // namespace holdfast::inline v0::tools
