// The parts of a report as JSON that all kinds of replay have in common.
#pragma once

#include <nlohmann/json.hpp>

#include "holdfast/tools/histogram.hpp"
#include "holdfast/tools/replay_report.hpp"

namespace holdfast::inline v0::tools {

// Count, percentiles and maximum.
[[nodiscard]] nlohmann::ordered_json times_json(const histogram& times);
[[nodiscard]] nlohmann::ordered_json trace_json(const trace_facts& facts);

}  // namespace holdfast::inline v0::tools
