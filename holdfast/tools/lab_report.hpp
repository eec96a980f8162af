// What a run of the lab came to, for people.
#pragma once

#include <string>
#include <vector>

#include <holdfast/tools/lab_run.hpp>

namespace holdfast::inline v0::tools {

struct report_style {
  bool colour = false;
  bool verbose = false;  // everything the programs wrote
};

[[nodiscard]] std::string report_text(const hazard_result& result, const report_style& style);
[[nodiscard]] std::string summary_text(const std::vector<hazard_result>& results, double seconds, const report_style& style);

}  // namespace holdfast::inline v0::tools
