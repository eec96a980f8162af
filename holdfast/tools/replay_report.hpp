// A finished replay, for people and for programs.
#pragma once

#include <optional>
#include <string>

#include "holdfast/tools/measure.hpp"
#include "holdfast/tools/trace_format.hpp"

namespace holdfast::inline v0::tools {

struct trace_facts {
  std::string name;
  trace_format format = trace_format::words;
  std::uint64_t operations = 0;
  std::uint64_t reads = 0;
  std::uint64_t writes = 0;
  std::uint64_t erases = 0;
  std::uint64_t distinct_keys = 0;
  bool words = false;
};

[[nodiscard]] trace_facts facts_of(const trace& operations, std::string name, trace_format format);

struct replay_report {
  trace_facts trace;
  replay_measure measured;
  play_rule rule;
  unsigned repeat = 1;
  std::optional<int> pinned_cpu;
};

// The share of operations whose key was there.
[[nodiscard]] double hit_ratio(const replay_report& report);

[[nodiscard]] double hit_ratio(const replay_report& report, const map_measure& map);

// The map that the others are compared with, where it took part.
[[nodiscard]] const map_measure* yardstick(const replay_report& report);

[[nodiscard]] std::string report_text(const replay_report& report, bool with_colour);
[[nodiscard]] std::string report_json(const replay_report& report);

}  // namespace holdfast::inline v0::tools
