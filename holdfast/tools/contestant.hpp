// The maps that a replay can play a trace through, ours and the peers that were there when holdfast
// was built.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "holdfast/tools/replay_plan.hpp"

namespace holdfast::inline v0::tools {

struct contestant {
  std::string_view name;
  std::string_view story;  // one line for --help
  std::function<play_result(const trace&, const play_rule&, play_listener&)> play;
  std::function<play_result(const trace&, const play_rule&, play_times&, play_listener&)> time;
  std::function<play_result(const trace&, const play_rule&, play_listener&)> weigh;
  bool is_cache = false;  // under a bound it gives entries up, and has answers of its own
};

// Each in a source file of its own; empty where the peer was not there.
void add_holdfast_maps(std::vector<contestant>& all);
void add_holdfast_cache(std::vector<contestant>& all);
void add_std_map(std::vector<contestant>& all);
void add_absl_maps(std::vector<contestant>& all);
void add_boost_map(std::vector<contestant>& all);
void add_robin_map(std::vector<contestant>& all);

[[nodiscard]] const std::vector<contestant>& contestants();

// The contestants called `names`, each once, in that order; "all" is all of them, no name is the
// usual few. Throws: input_error for a name that is none.
[[nodiscard]] std::vector<const contestant*> choose_contestants(
    const std::vector<std::string>& names);

[[nodiscard]] std::string contestant_help();

}  // namespace holdfast::inline v0::tools
