// The command line of the questions about many threads, on top of the one that all benchmarks share.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include <bench/harness/machine.hpp>
#include <bench/harness/options.hpp>
#include <bench/scale/stage.hpp>

namespace holdfast::bench {

struct settings {
  options shared;
  std::vector<int> threads{1, 2, 4, 8};
  std::vector<std::string> keys;              // families by their first word; empty: all
  std::vector<std::string> spreads;           // laws; empty: all
  double seconds = 0.15;                      // of a run of a mix
  bool by_cpu = false;                        // by processor time, not by the clock on the wall
  std::string ours = "sync_map,sharded_map";  // whom the others are compared with: the first that takes part
};

// Million operations a second.
[[nodiscard]] inline double rate_of(const outcome& one, const settings& chosen) noexcept {
  return (chosen.by_cpu ? one.operations_per_cpu_second : one.operations_per_second) / 1e6;
}

inline constexpr const char* settings_help =
    "  --threads 1,2       how many (1,2,4,8)\n"
    "  --keys u64,string   what kind of keys\n"
    "  --spread uniform,zipf,hot\n"
    "  --ms N              length of a run of a mix (150)\n"
    "  --time cpu          rates by processor time: for a busy machine; blind to waiting (wall)\n"
    "  --ours NAME         whom the others are compared with (sync_map, else sharded_map)\n";

[[nodiscard]] inline settings settings_from(int count, char** words) {
  settings chosen;
  for (int at = 1; at < count; ++at) {
    if (std::string(words[at]) == "--help" || std::string(words[at]) == "-h") std::fputs(settings_help, stdout);
  }
  chosen.shared = options_from(count, words);
  const std::vector<std::string>& rest = chosen.shared.rest;
  for (std::size_t at = 0; at + 1 < rest.size(); at += 2) {
    const std::string& flag = rest[at];
    const std::string& value = rest[at + 1];
    if (flag == "--threads") {
      chosen.threads.clear();
      for (const std::string& one : split_at_commas(value)) chosen.threads.push_back(static_cast<int>(number_in(one)));
    } else if (flag == "--keys") {
      chosen.keys = split_at_commas(value);
    } else if (flag == "--spread") {
      chosen.spreads = split_at_commas(value);
    } else if (flag == "--ms") {
      chosen.seconds = number_in(value) / 1e3;
    } else if (flag == "--time") {
      if (value != "cpu" && value != "wall") refuse("--time takes cpu or wall");
      chosen.by_cpu = value == "cpu";
    } else if (flag == "--ours") {
      chosen.ours = value;
    } else {
      refuse("'" + flag + "' is not understood");
    }
  }
  if (chosen.shared.quick) chosen.seconds /= 2;
  if (chosen.shared.quick && chosen.threads == std::vector<int>{1, 2, 4, 8}) chosen.threads = {2};
  for (const int threads : chosen.threads) {
    if (threads < 1 || threads > 256) refuse("--threads takes numbers from 1 to 256");
  }
  return chosen;
}

}  // namespace holdfast::bench
