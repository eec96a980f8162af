#include "holdfast/tools/crowd_report.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "holdfast/tools/machine.hpp"
#include "holdfast/tools/number_text.hpp"
#include "holdfast/tools/text_table.hpp"
#include "holdfast/tools/tick_clock.hpp"

namespace holdfast::inline v0::tools {
namespace {

[[nodiscard]] std::string heading_text(const crowd_report& report) {
  const auto& told = report.maps.front().told;
  return fmt::format(
      "trace    {} ({}): {} operations; {} distinct {}\n"
      "played   by {} thread{} through one map, {} reads and {} writes ({}), {}\n"
      "machine  {}\n\n",
      report.trace.name, name_of(report.trace.format), grouped(report.trace.operations),
      grouped(report.trace.distinct_keys), report.trace.words ? "words" : "keys", report.plan.threads,
      report.plan.threads == 1 ? "" : "s", grouped(told.reads), grouped(report.trace.operations - told.reads),
      text_of(report.plan.mix), report.repeat == 1 ? "once" : fmt::format("{} times", report.repeat), machine_text());
}

[[nodiscard]] std::string retired_text(const crowd_measured& map, std::uint64_t bytes) {
  if (map.retires == retirement::none) return "none";
  return map.retires == retirement::told ? memory_text(bytes) : "not told";
}

[[nodiscard]] std::string speed_table(const crowd_report& report, bool with_colour) {
  text_table table({"map", "Mops/s", "hits", "entries", "memory", "bytes/entry", "retired at most", "at the end"});
  for (const auto& map : report.maps) {
    const auto entries = std::max(map.entries, std::uint64_t{1});
    table.add_row({{map.name},
                   {three_digits(median_of(map.mops))},
                   {fmt::format("{:.1f} %", map.hit_ratio() * 100.0)},
                   {grouped(map.entries)},
                   {map.bytes == 0 ? "not told" : memory_text(map.bytes)},
                   {map.bytes == 0 ? "" : fmt::format("{:.1f}", static_cast<double>(map.bytes) / static_cast<double>(entries))},
                   {retired_text(map, map.retired_most)},
                   {retired_text(map, map.retired_end)}});
  }
  return table.text(with_colour);
}

[[nodiscard]] std::string latency_table(const crowd_report& report, std::string title,
                                        histogram crowd_measured::* times, bool with_colour) {
  text_table table({std::move(title), "p50", "p90", "p99", "p99.9", "p99.99", "max"});
  for (const auto& map : report.maps) {
    std::vector<cell> row = {{map.name}};
    for (const double percent : {50.0, 90.0, 99.0, 99.9, 99.99, 100.0}) {
      row.push_back({duration_text(static_cast<double>((map.*times).percentile(percent)))});
    }
    table.add_row(std::move(row));
  }
  return table.text(with_colour);
}

[[nodiscard]] std::string bound_text(const crowd_report& report) {
  if (std::ranges::none_of(report.maps, &crowd_measured::is_bounded)) return "";
  return fmt::format(";\n         pointer_cache keeps {} entries, and a read that misses puts its key in",
                     grouped(report.plan.cache_bound));
}

[[nodiscard]] std::string foot_text(const crowd_report& report) {
  const auto& clock = tick_clock::instance();
  return fmt::format(
      "Mops/s   million operations a second of all threads together{}\n"
      "hits     reads that found their key; the keys of the first half were there before{}\n"
      "latency  one play, each operation timed by {}: {:.0f} ns of it are the clock's, steps of {:.1f} ns;\n"
      "         what other threads and processes interrupted is in it\n"
      "memory   in the end, by stats(){}; of other libraries what malloc gave them;\n"
      "         retired: taken out, and waiting until no reader can have it\n"
      "Every value that was read was its key's own, and every map is whole.\n",
      report.repeat == 1 ? "" : fmt::format(", median of {} plays in turns", report.repeat), bound_text(report),
      tick_clock::name(), clock.overhead(), clock.step(), report.trace.words ? ", long text aside" : "");
}

}  // namespace

std::string crowd_text(const crowd_report& report, bool with_colour) {
  std::string text = heading_text(report) + speed_table(report, with_colour);
  if (report.plan.mix.reads != 0) {
    text += "\n" + latency_table(report, "latency, reads", &crowd_measured::reads, with_colour);
  }
  if (report.plan.mix.reads != 100) {
    text += "\n" + latency_table(report, "latency, writes", &crowd_measured::writes, with_colour);
  }
  return text + "\n" + painted(foot_text(report), ink::dim, with_colour);
}

}  // namespace holdfast::inline v0::tools
