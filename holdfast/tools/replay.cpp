#include "holdfast/tools/replay.hpp"

#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <memory>

#include "holdfast/tools/byte_source.hpp"
#include "holdfast/tools/contestant.hpp"
#include "holdfast/tools/crowd_report.hpp"
#include "holdfast/tools/machine.hpp"
#include "holdfast/tools/output_file.hpp"
#include "holdfast/tools/progress_bar.hpp"
#include "holdfast/tools/replay_report.hpp"
#include "holdfast/tools/share_folder.hpp"
#include "holdfast/tools/terminal.hpp"
#include "holdfast/tools/trace_reader.hpp"

namespace holdfast::inline v0::tools {
namespace {

constexpr const char* demo_trace = "traces/jq-allocations.csv.xz";

[[nodiscard]] read_result read_with_progress(const replay_options& options,
                                             const std::string& path) {
  const auto source = open_source(path);
  progress_bar bar("MB/s", source->file_size());
  bar.label("reading");
  const auto reach = [&](std::uint64_t consumed, std::uint64_t) { bar.reach(consumed); };
  return read_trace(*source, options.format, options.parse, reach);
}

[[nodiscard]] replay_report measure(const replay_options& options, const std::string& path,
                                    const std::vector<const contestant*>& maps) {
  const auto read = read_with_progress(options, path);
  const auto& operations = read.operations;
  const auto shown = path == "-" ? "standard input" : std::filesystem::path(path).filename();
  replay_report report;
  report.trace = facts_of(operations, shown, read.format);
  report.rule = options.rule;
  report.repeat = options.repeat;
  report.pinned_cpu = options.pin_cpu;
  progress_bar bar("Mops/s", plays_needed(maps.size(), options.repeat) * operations.size());
  report.measured = measure_maps(operations, maps, options.rule, options.repeat, bar);
  return report;
}

[[nodiscard]] crowd_report measure(const replay_options& options, const std::string& path,
                                   const std::vector<const crowd_map*>& maps) {
  const auto read = read_with_progress(options, path);
  const auto shown = path == "-" ? "standard input" : std::filesystem::path(path).filename();
  crowd_report report;
  report.trace = facts_of(read.operations, shown, read.format);
  report.plan = *options.crowd;
  report.repeat = options.repeat;
  progress_bar bar("Mops/s", crowd_plays_needed(maps.size(), options.repeat) * read.operations.size());
  report.maps = measure_crowd(read.operations, maps, report.plan, options.repeat, bar);
  return report;
}

[[nodiscard]] std::string json_of(const replay_report& report) { return report_json(report); }
[[nodiscard]] std::string json_of(const crowd_report& report) { return crowd_json(report); }
[[nodiscard]] std::string text_of(const replay_report& report, bool with_colour) {
  return report_text(report, with_colour);
}
[[nodiscard]] std::string text_of(const crowd_report& report, bool with_colour) {
  return crowd_text(report, with_colour);
}

template <class Maps>
[[nodiscard]] int measure_and_tell(const replay_options& options, const Maps& maps) {
  const auto path = options.demo ? shipped_file(demo_trace).string() : options.path;
  if (options.pin_cpu) pin_to_cpu(*options.pin_cpu);
  std::unique_ptr<output_file> json;
  if (!options.json.empty()) json = std::make_unique<output_file>(options.json);
  try {
    const auto report = measure(options, path, maps);
    if (json) json->write(json_of(report));
    if (options.json != "-") output_file("-").write(text_of(report, wants_colour(STDOUT_FILENO)));
  } catch (const disagreement& broken) {
    std::fprintf(stderr, "%s\n", broken.what());
    return 1;
  }
  return 0;
}

}  // namespace

int replay(const replay_options& options) {
  // What can go wrong goes wrong before the long part.
  if (options.crowd) return measure_and_tell(options, choose_crowd_maps(options.maps));
  return measure_and_tell(options, choose_contestants(options.maps));
}

}  // namespace holdfast::inline v0::tools
