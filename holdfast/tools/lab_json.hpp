// What a run of the lab came to, for programs.
#pragma once

#include <string>
#include <vector>

#include <holdfast/tools/lab_run.hpp>

namespace holdfast::inline v0::tools {

[[nodiscard]] std::string results_json(const std::vector<hazard_result>& results, const lab_run_options& options, double seconds);

}  // namespace holdfast::inline v0::tools
