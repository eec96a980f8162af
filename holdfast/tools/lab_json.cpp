#include <holdfast/tools/lab_json.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include <holdfast/hazard/frame_text.hpp>
#include <holdfast/hazard/judge.hpp>

namespace holdfast::inline v0::tools {
namespace {

using nlohmann::json;

[[nodiscard]] json address_json(const std::optional<std::uint64_t>& address) {
  return address ? json(fmt::format("{:#x}", *address)) : json();
}

[[nodiscard]] json ending_json(const hazard::outcome& seen) {
  json told = {{"text", hazard::ending_text(seen)}, {"milliseconds", static_cast<double>(seen.took.count()) / 1000.0}};
  using end = enum hazard::outcome::end;
  told["timed_out"] = seen.end == end::timed_out;
  if (seen.end == end::exited) told["exit_code"] = seen.exit_code;
  if (seen.end != end::killed) return told;
  told["signal"] = hazard::signal_name(seen.signal);
  if (seen.notes.signal != 0) told["si_code"] = seen.notes.code;
  told["si_addr"] = address_json(seen.notes.address);
  told["expected_addr"] = address_json(seen.notes.expected);
  told["stack"] = hazard::stack_lines(seen.notes);
  return told;
}

[[nodiscard]] json program_json(const program_result& one) {
  const auto& trial = one.trial;
  json told = {{"name", one.which->name},
               {"story", one.which->story},
               {"expected", hazard::expectation_text(one.which->expectation)},
               {"runs", trial.runs},
               {"as_told", trial.as_told},
               {"passed", trial.passed},
               {"seed", trial.shown_seed},
               {"ending", ending_json(trial.shown)},
               {"stdout", trial.shown.standard_output},
               {"stderr", trial.shown.standard_error}};
  if (!trial.why_not.empty()) told["why_not"] = trial.why_not;
  if (!trial.shown.core.empty()) told["core"] = trial.shown.core;
  return told;
}

}  // namespace

std::string results_json(const std::vector<hazard_result>& results, const lab_run_options& options, double seconds) {
  auto hazards = json::array();
  for (const auto& result : results) {
    auto programs = json::array();
    for (const auto& one : result.programs) programs.push_back(program_json(one));
    hazards.push_back({{"id", result.which->id}, {"passed", result.passed()}, {"programs", programs}});
  }
  const json all = {{"format", "holdfast-lab-run-1"},
                    {"passed", std::ranges::all_of(results, &hazard_result::passed)},
                    {"runs", options.runs},
                    {"seed", options.seed},
                    {"seconds", seconds},
                    {"hazards", hazards}};
  // What a child wrote need not be UTF-8.
  return all.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace holdfast::inline v0::tools
