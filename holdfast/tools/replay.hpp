// The replay as a whole: read a trace, play it through the maps, tell what came of it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "holdfast/tools/crowd_plan.hpp"
#include "holdfast/tools/replay_plan.hpp"
#include "holdfast/tools/trace_format.hpp"
#include "holdfast/tools/trace_parser.hpp"

namespace holdfast::inline v0::tools {

struct replay_options {
  std::string path;                    // a file or "-"; empty with `demo`
  bool demo = false;                   // the trace that holdfast ships
  std::optional<trace_format> format;  // empty: found out
  parse_options parse;
  std::vector<std::string> maps;
  play_rule rule;
  std::optional<int> pin_cpu;
  std::optional<crowd_plan> crowd;     // many threads; empty: one, through maps for one
  unsigned repeat = 3;
  std::string json;  // a file or "-"; empty: no JSON
};

// The command's exit code: 0, or 1 when maps disagree. Throws: input_error.
[[nodiscard]] int replay(const replay_options& options);

}  // namespace holdfast::inline v0::tools
