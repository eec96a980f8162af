#include "holdfast/tools/replay_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <unordered_set>

#include "holdfast/tools/machine.hpp"
#include "holdfast/tools/number_text.hpp"
#include "holdfast/tools/text_table.hpp"
#include "holdfast/tools/tick_clock.hpp"

namespace holdfast::inline v0::tools {
namespace {

[[nodiscard]] std::uint64_t distinct_keys_in(const trace& operations) {
  if (operations.has_words()) {
    const auto words = operations.words();
    return std::unordered_set<std::string_view>(words.begin(), words.end()).size();
  }
  const auto numbers = operations.numbers();
  std::vector<std::uint64_t> sorted(numbers.begin(), numbers.end());
  std::sort(sorted.begin(), sorted.end());
  const auto end = std::unique(sorted.begin(), sorted.end());
  return static_cast<std::uint64_t>(std::distance(sorted.begin(), end));
}

// A column: what it tells of a map, as a number to find the best by and as text.
struct column {
  std::string heading;
  std::function<double(const map_measure&)> figure;
  std::function<std::string(double)> text;
  bool more_is_better = false;
  bool has_best = true;
};

[[nodiscard]] double best_of(const column& one, const std::vector<map_measure>& maps) {
  double best = one.figure(maps.front());
  for (const auto& map : maps) {
    const double figure = one.figure(map);
    best = one.more_is_better ? std::max(best, figure) : std::min(best, figure);
  }
  return best;
}

[[nodiscard]] ink colour_of(const column& one, double figure, double best) {
  constexpr double far_behind = 100.0;
  if (!one.has_best) return ink::plain;
  if (figure == best) return ink::good;
  return !one.more_is_better && figure > best * far_behind ? ink::bad : ink::plain;
}

[[nodiscard]] std::string table_of(const std::string& title, const std::vector<column>& columns,
                                   const std::vector<map_measure>& maps, bool with_colour) {
  std::vector<std::string> headings = {title};
  std::vector<double> best;
  for (const auto& one : columns) {
    headings.push_back(one.heading);
    best.push_back(best_of(one, maps));
  }
  text_table table(std::move(headings));
  for (const auto& map : maps) {
    std::vector<cell> row = {{map.name, ink::plain}};
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const double figure = columns[i].figure(map);
      const auto colour = maps.size() > 1 ? colour_of(columns[i], figure, best[i]) : ink::plain;
      row.push_back({columns[i].text(figure), colour});
    }
    table.add_row(std::move(row));
  }
  return table.text(with_colour);
}

[[nodiscard]] std::string times_text(double ratio) { return three_digits(ratio) + "x"; }

// Where a cache gives entries up, the answers are not all the same.
[[nodiscard]] bool has_own_answers(const replay_report& report) {
  return std::ranges::any_of(report.measured.maps, &map_measure::is_bounded);
}

[[nodiscard]] std::vector<column> speed_columns(const replay_report& report, const map_measure* yardstick_map) {
  std::vector<column> columns;
  columns.push_back({"Mops/s", [](const auto& map) { return median_of(map.mops); }, three_digits,
                     true, true});
  if (has_own_answers(report)) {
    columns.push_back({"hits", [&report](const auto& map) { return 100.0 * hit_ratio(report, map); },
                       [](double figure) { return fmt::format("{:.2f} %", figure); }, true, false});
  }
  if (yardstick_map != nullptr) {
    columns.push_back({"vs std",
                       [yardstick_map](const auto& map) { return speed_ratio(map, *yardstick_map); },
                       times_text, true, true});
  }
  columns.push_back({"bytes/entry", [](const auto& map) { return map.memory.bytes_per_entry(); },
                     [](double figure) { return fmt::format("{:.1f}", figure); }, false, true});
  columns.push_back({"peak memory",
                     [](const auto& map) { return static_cast<double>(map.memory.peak_bytes); },
                     [](double figure) { return memory_text(static_cast<std::uint64_t>(figure)); },
                     false, true});
  columns.push_back({"growths",
                     [](const auto& map) { return static_cast<double>(map.memory.growths); },
                     [](double figure) { return grouped(static_cast<std::uint64_t>(figure)); },
                     false, false});
  return columns;
}

struct named_percentile {
  const char* name;
  double percent;
};

constexpr named_percentile percentiles[] = {
    {"p50", 50.0}, {"p90", 90.0}, {"p99", 99.0}, {"p99.9", 99.9}, {"p99.99", 99.99}, {"max", 100.0},
};

[[nodiscard]] std::vector<column> latency_columns(histogram map_measure::*times,
                                                  const map_measure* yardstick_map) {
  std::vector<column> columns;
  for (const auto& one : percentiles) {
    columns.push_back({one.name,
                       [times, percent = one.percent](const map_measure& map) {
                         return static_cast<double>((map.*times).percentile(percent));
                       },
                       duration_text, false, true});
  }
  if (yardstick_map != nullptr) {
    columns.push_back({"max vs std",
                       [times, yardstick_map](const map_measure& map) {
                         const auto most = std::max((map.*times).max(), std::uint64_t{1});
                         return static_cast<double>((yardstick_map->*times).max()) /
                                static_cast<double>(most);
                       },
                       times_text, true, true});
  }
  return columns;
}

[[nodiscard]] std::string kinds_text(const trace_facts& facts) {
  std::string text;
  const auto add = [&](std::uint64_t count, const char* name) {
    if (count == 0) return;
    if (!text.empty()) text += ", ";
    text += grouped(count) + " " + name + (count == 1 ? "" : "s");
  };
  add(facts.reads, "read");
  add(facts.writes, "write");
  add(facts.erases, "erase");
  return text;
}

[[nodiscard]] std::string heading_text(const replay_report& report) {
  const auto& facts = report.trace;
  const auto pinned =
      report.pinned_cpu ? fmt::format(", on CPU {} alone", *report.pinned_cpu) : std::string();
  return fmt::format(
      "trace    {} ({}): {}; {} distinct {}\n"
      "played   {}, {} through each map; {:.1f} % of operations found their key\n"
      "machine  {}{}\n\n",
      facts.name, name_of(facts.format), kinds_text(facts), grouped(facts.distinct_keys),
      facts.words ? "words" : "keys", text_of(report.rule),
      report.repeat == 1 ? "once" : fmt::format("{} times", report.repeat),
      hit_ratio(report) * 100.0, machine_text(), pinned);
}

[[nodiscard]] std::string answers_text(const replay_report& report) {
  if (!has_own_answers(report)) return "All maps gave the same answers.";
  return fmt::format(
      "hits         operations that found their key; pointer_cache keeps {} entries\n"
      "All maps that keep everything gave the same answers.",
      grouped(report.rule.cache_bound));
}

[[nodiscard]] std::string foot_text(const replay_report& report) {
  const auto& clock = tick_clock::instance();
  const bool once = report.repeat == 1;
  return fmt::format(
      "Mops/s       million operations a second{}; vs std: times better than std\n"
      "latency      each operation timed alone by {}: {:.0f} ns of it are the clock's, steps of "
      "{:.1f} ns;\n"
      "             {}\n"
      "bytes/entry  when the table was fullest, as malloc rounds it; ours as stats() tells it{}\n"
      "{}\n",
      once ? "" : fmt::format(", median of {} plays in turns", report.repeat), tick_clock::name(),
      clock.overhead(), clock.step(),
      once ? "one play: what other processes interrupted is in it"
           : fmt::format("the least of {} plays, so that one interruption does not count",
                         report.repeat),
      report.trace.words ? "; long text aside" : "", answers_text(report));
}

}  // namespace

trace_facts facts_of(const trace& operations, std::string name, trace_format format) {
  trace_facts facts;
  facts.name = std::move(name);
  facts.format = format;
  facts.operations = operations.size();
  facts.words = operations.has_words();
  for (const auto kind : operations.kinds()) {
    facts.reads += kind == op_kind::read;
    facts.writes += kind == op_kind::write;
    facts.erases += kind == op_kind::erase;
  }
  facts.distinct_keys = distinct_keys_in(operations);
  return facts;
}

double hit_ratio(const replay_report& report) {
  return static_cast<double>(report.measured.told.found) /
         static_cast<double>(report.trace.operations);
}

double hit_ratio(const replay_report& report, const map_measure& map) {
  return static_cast<double>(map.told.found) / static_cast<double>(report.trace.operations);
}

const map_measure* yardstick(const replay_report& report) {
  const auto& maps = report.measured.maps;
  const auto found =
      std::find_if(maps.begin(), maps.end(), [](const auto& map) { return map.name == "std"; });
  return found == maps.end() ? nullptr : &*found;
}

std::string report_text(const replay_report& report, bool with_colour) {
  const auto& maps = report.measured.maps;
  const auto* const compared = yardstick(report);
  std::string text = heading_text(report);
  text += table_of("map", speed_columns(report, compared), maps, with_colour);
  text += "\n" + table_of("latency, all operations", latency_columns(&map_measure::all, nullptr),
                          maps, with_colour);
  if (report.measured.told.inserted != 0) {
    text += "\n" + table_of("latency, inserts of new keys",
                            latency_columns(&map_measure::inserts, compared), maps, with_colour);
  }
  return text + "\n" + painted(foot_text(report), ink::dim, with_colour);
}

}  // namespace holdfast::inline v0::tools
