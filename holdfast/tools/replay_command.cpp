#include "holdfast/tools/replay_command.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>

#include "holdfast/tools/contestant.hpp"
#include "holdfast/tools/crowd_map.hpp"
#include "holdfast/tools/csv_columns.hpp"
#include "holdfast/tools/input_error.hpp"
#include "holdfast/tools/replay.hpp"

namespace holdfast::inline v0::tools {
namespace {

constexpr const char* story = "play a real trace through maps: speed, latency tails, memory";

constexpr const char* examples =
    "EXAMPLES\n"
    "  holdfast replay --demo                     the allocations of a real program, shipped\n"
    "  holdfast replay requests.csv               a CSV trace, such as block I/O\n"
    "  holdfast replay keys.u64be.xz --map all    compressed keys, every map\n"
    "  holdfast replay book.txt                   any text: its words are the keys\n"
    "  zcat log.gz | holdfast replay - --ops cache:10000\n"
    "  holdfast replay --demo --threads 4 --mix 99/1   maps for many threads\n"
    "  holdfast replay --demo --threads 8 --mix 50/50 --map sync_map,tbb,mutex-std\n"
    "  holdfast replay --demo --map pointer_cache --capacity 10000   hit ratio of a cache\n";

// What the user typed, before it has been checked.
struct typed_options {
  replay_options options;
  std::string format = "auto";
  std::string rule = "mixed";
  int cpu = -1;
  unsigned threads = 1;
  std::string mix = "90/10";
  std::size_t capacity = 0;
};

// For CLI11: empty when `text` is a number from 1, else what is wrong with it.
[[nodiscard]] std::string is_count(const std::string& text) {
  const auto number = number_in(text);
  return number && *number != 0 ? "" : "'" + shown(text) + "' is no number from 1";
}

void add_input_options(CLI::App& command, typed_options& typed) {
  command.add_option("FILE", typed.options.path, "the trace; - reads standard input")
      ->type_name("");
  command.add_flag("--demo", typed.options.demo, "play the trace that holdfast ships");
  command.add_option("--format", typed.format, "csv, u64be, u32be, words or auto")
      ->type_name("NAME")
      ->capture_default_str();
  command.add_option("--key-column", typed.options.parse.key_column,
                     "csv: the column that holds the key, by name or by number from 1")
      ->type_name("NAME");
  command.add_flag("--text-keys", typed.options.parse.text_keys,
                   "csv: keys are text even if they look like numbers");
  command.add_option("--limit", typed.options.parse.limit, "read no more than N operations")
      ->type_name("N")
      ->check(is_count)
      ->default_str("");
}

void add_play_options(CLI::App& command, typed_options& typed) {
  command.add_option("--map", typed.options.maps, "maps to play through, separated by commas")
      ->type_name("NAMES")
      ->allow_extra_args(false)
      ->delimiter(',');
  command.add_option("--ops", typed.rule, "what to do: mixed, read-insert, insert, cache:N")
      ->type_name("RULE")
      ->capture_default_str();
  command.add_option("--capacity", typed.capacity, "how many entries pointer_cache keeps (without: all)")
      ->type_name("N")
      ->check(is_count)
      ->default_str("");
  command.add_option("--repeat", typed.options.repeat, "plays of each kind through each map")
      ->type_name("N")
      ->check(CLI::Range(1, 100).description(""))
      ->capture_default_str();
  command.add_option("--pin-cpu", typed.cpu, "stay on this CPU")->type_name("N");
  command.add_option("--json", typed.options.json,
                     "write the results to FILE; with - to standard output, instead of the tables")
      ->type_name("FILE");
}

void add_crowd_options(CLI::App& command, typed_options& typed) {
  command.add_option("--threads", typed.threads, "play with N threads, through maps for many")
      ->type_name("N")
      ->check(CLI::Range(1U, most_threads).description(""))
      ->default_str("");
  command.add_option("--mix", typed.mix, "reads and writes of a hundred operations of many threads")
      ->type_name("R/W")
      ->capture_default_str();
}

[[nodiscard]] std::optional<crowd_plan> checked_crowd(const CLI::App& command, const typed_options& typed) {
  if (command.count("--threads") == 0) {
    if (command.count("--mix") == 0) return std::nullopt;
    throw input_error("--mix", "is for many threads", "say how many: --threads N");
  }
  for (const char* const other : {"--ops", "--pin-cpu"}) {
    if (command.count(other) == 0) continue;
    throw input_error("--threads", "does not go together with " + std::string(other), "leave one of them out");
  }
  const auto mix = mix_in(typed.mix);
  if (!mix) {
    throw input_error("--mix", "'" + shown(typed.mix) + "' is no mix",
                      "give reads and writes of a hundred, such as 99/1, 90/10, 50/50");
  }
  return crowd_plan{typed.threads, *mix, typed.capacity};
}

// A bound is for pointer_cache, which the usual maps for one thread do not include.
void check_capacity(const CLI::App& command, const typed_options& typed, const replay_options& options) {
  if (command.count("--capacity") == 0) return;
  if (options.rule.mode == play_mode::cache) {
    throw input_error("--capacity", "does not go together with --ops cache:N", "leave one of them out");
  }
  const auto& names = typed.options.maps;
  const bool has_cache = std::ranges::any_of(names, [](const auto& name) { return name == "pointer_cache" || name == "all"; });
  if (!has_cache && !(names.empty() && options.crowd)) {
    throw input_error("--capacity", "is for pointer_cache, which does not take part", "add --map pointer_cache");
  }
}

[[nodiscard]] replay_options checked(const CLI::App& command, const typed_options& typed) {
  replay_options options = typed.options;
  if (options.demo == !options.path.empty()) {
    throw input_error("replay", options.demo ? "both a trace and --demo given" : "no trace given",
                      "give one FILE, or - for standard input, or --demo");
  }
  options.format = format_called(typed.format);
  if (!options.format && typed.format != "auto") {
    throw input_error("--format", "there is no format '" + shown(typed.format) + "'",
                      "choose among csv, u64be, u32be, words, auto");
  }
  const auto rule = play_rule_in(typed.rule);
  if (!rule) {
    throw input_error("--ops", "'" + shown(typed.rule) + "' is no rule",
                      "choose among mixed, read-insert, insert, cache:N (N from 1)");
  }
  options.rule = *rule;
  options.rule.cache_bound = typed.capacity;
  options.crowd = checked_crowd(command, typed);
  check_capacity(command, typed, options);
  if (command.count("--pin-cpu") != 0) options.pin_cpu = typed.cpu;
  return options;
}

}  // namespace

void add_replay(CLI::App& app, int& exit_code) {
  auto* const command = app.add_subcommand("replay", story);
  const auto typed = std::make_shared<typed_options>();
  add_input_options(*command, *typed);
  add_play_options(*command, *typed);
  add_crowd_options(*command, *typed);
  command->footer([] {
    return std::string(examples) + "\n" + std::string(play_rule_help) + "\n" + contestant_help() +
           "\n" + std::string(crowd_help) + "\n" + crowd_map_help() + "\n" + std::string(format_help);
  });
  command->callback([command, typed, &exit_code] { exit_code = replay(checked(*command, *typed)); });
}

}  // namespace holdfast::inline v0::tools
