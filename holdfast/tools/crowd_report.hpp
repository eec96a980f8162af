// A finished replay by many threads, for people and for programs.
#pragma once

#include <string>
#include <vector>

#include "holdfast/tools/crowd_measure.hpp"
#include "holdfast/tools/replay_report.hpp"

namespace holdfast::inline v0::tools {

struct crowd_report {
  trace_facts trace;
  crowd_plan plan;
  unsigned repeat = 1;
  std::vector<crowd_measured> maps;
};

[[nodiscard]] std::string crowd_text(const crowd_report& report, bool with_colour);
[[nodiscard]] std::string crowd_json(const crowd_report& report);

}  // namespace holdfast::inline v0::tools
