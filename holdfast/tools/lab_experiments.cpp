// See lab_experiments.hpp.
#include <holdfast/tools/lab_experiments.hpp>

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include <holdfast/tools/input_error.hpp>
#include <holdfast/tools/machine.hpp>
#include <holdfast/tools/number_text.hpp>
#include <holdfast/tools/output_file.hpp>
#include <holdfast/tools/terminal.hpp>
#include <holdfast/tools/text_table.hpp>

namespace holdfast::inline v0::tools {
namespace {

[[nodiscard]] std::string figure_text(const experiment_figure& figure) {
  const auto whole = static_cast<std::uint64_t>(std::llround(figure.median));
  switch (figure.in) {
    case unit::count: return grouped(whole);
    case unit::bytes: return memory_text(whole);
    case unit::nanoseconds: break;
  }
  return duration_text(figure.median);
}

[[nodiscard]] std::string_view unit_word(unit in) noexcept {
  switch (in) {
    case unit::count: return "count";
    case unit::bytes: return "bytes";
    case unit::nanoseconds: break;
  }
  return "nanoseconds";
}

[[nodiscard]] std::string result_text(const experiment_result& result, bool with_colour) {
  std::string text =
      painted(result.id, ink::bold, with_colour) + fmt::format("  {} ({})\n", result.story, result.source);
  std::vector<std::string> headings = {""};
  for (const auto& figure : result.ways.front().figures) headings.emplace_back(figure.name);
  text_table table(std::move(headings));
  for (const auto& way : result.ways) {
    std::vector<cell> row = {{std::string(way.name), ink::plain}};
    for (const auto& figure : way.figures) row.push_back({figure_text(figure), ink::plain});
    table.add_row(std::move(row));
  }
  text += table.text(with_colour);
  for (const auto line : result.told) text += fmt::format("  {}\n", line);
  for (const auto line : result.notes) text += painted(fmt::format("  {}\n", line), ink::dim, with_colour);
  return text;
}

[[nodiscard]] nlohmann::json way_json(const experiment_way& way) {
  nlohmann::json figures = nlohmann::json::object();
  for (const auto& one : way.figures) {
    figures[std::string(one.name)] = {{"unit", unit_word(one.in)}, {"median", one.median}, {"least", one.least}};
  }
  return {{"name", way.name}, {"figures", figures}};
}

[[nodiscard]] const experiment& named_experiment(const std::string& id) {
  const auto all = experiments();
  const auto found = std::ranges::find(all, id, &experiment::id);
  if (found != all.end()) return *found;
  throw input_error("lab experiments", "there is no experiment '" + shown_name(id) + "'",
                    "there are pointers-or-values and new-pool-arena");
}

}  // namespace

std::span<const experiment> experiments() {
  static constexpr std::array all = {
      experiment{"pointers-or-values", "maps of pointers against maps of values: objects, memory, time",
                 pointers_or_values},
      experiment{"new-pool-arena", "a million nodes from new, from a pool, from an arena", new_pool_arena},
  };
  return all;
}

std::string experiments_text(const std::vector<experiment_result>& results, bool with_colour) {
  std::string text;
  for (const auto& one : results) text += result_text(one, with_colour) + '\n';
  return text + painted("medians on " + machine_text() + "\n", ink::dim, with_colour);
}

std::string experiments_json(const std::vector<experiment_result>& results) {
  auto all = nlohmann::json::array();
  for (const auto& one : results) {
    auto ways = nlohmann::json::array();
    for (const auto& way : one.ways) ways.push_back(way_json(way));
    all.push_back({{"id", one.id},
                   {"source", one.source},
                   {"story", one.story},
                   {"ways", ways},
                   {"told", one.told},
                   {"notes", one.notes}});
  }
  return nlohmann::json{{"format", "holdfast-lab-experiments-1"}, {"machine", machine_text()}, {"experiments", all}}
             .dump(2) +
         "\n";
}

int run_experiments(const experiments_options& options) {
  std::vector<const experiment*> chosen;
  for (const auto& id : options.ids) chosen.push_back(&named_experiment(id));
  if (chosen.empty()) {
    for (const auto& one : experiments()) chosen.push_back(&one);
  }
  std::optional<output_file> file;
  if (!options.json.empty()) file.emplace(options.json);
  std::vector<experiment_result> results;
  for (const auto* const one : chosen) results.push_back(one->run(options.plan));
  if (options.json != "-") output_file("-").write(experiments_text(results, wants_colour(STDOUT_FILENO)));
  if (file) file->write(experiments_json(results));
  return 0;
}

}  // namespace holdfast::inline v0::tools
