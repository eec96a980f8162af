// The report as JSON, one object; times in nanoseconds, memory in bytes.
#include "holdfast/tools/replay_json.hpp"

#include "holdfast/tools/machine.hpp"
#include "holdfast/tools/tick_clock.hpp"

namespace holdfast::inline v0::tools {
nlohmann::ordered_json times_json(const histogram& times) {
  nlohmann::ordered_json told;
  told["count"] = times.count();
  told["p50"] = times.percentile(50.0);
  told["p90"] = times.percentile(90.0);
  told["p99"] = times.percentile(99.0);
  told["p99.9"] = times.percentile(99.9);
  told["p99.99"] = times.percentile(99.99);
  told["max"] = times.max();
  return told;
}

nlohmann::ordered_json trace_json(const trace_facts& facts) {
  return {{"name", facts.name},         {"format", name_of(facts.format)},
          {"keys", facts.words ? "words" : "numbers"},
          {"operations", facts.operations}, {"reads", facts.reads},
          {"writes", facts.writes},     {"erases", facts.erases},
          {"distinct_keys", facts.distinct_keys}};
}

namespace {

using json = nlohmann::ordered_json;

[[nodiscard]] json map_json(const replay_report& report, const map_measure& map, const map_measure* compared) {
  json told;
  told["name"] = map.name;
  if (map.is_bounded) told["capacity"] = report.rule.cache_bound;
  told["hit_ratio"] = hit_ratio(report, map);
  told["mops"] = {{"median", median_of(map.mops)}, {"rounds", map.mops}};
  if (compared != nullptr) told["speed_vs_std"] = speed_ratio(map, *compared);
  told["latency_ns"] = {{"all", times_json(map.all)}, {"inserts", times_json(map.inserts)}};
  told["worst_insert_ns"] = map.inserts.max();
  told["most_entries"] = map.memory.most_entries;
  told["bytes_when_fullest"] = map.memory.bytes_when_fullest;
  told["bytes_per_entry"] = map.memory.bytes_per_entry();
  told["peak_bytes"] = map.memory.peak_bytes;
  told["growths"] = map.memory.growths;
  return told;
}

[[nodiscard]] json replay_json(const replay_report& report) {
  json told = {{"ops", text_of(report.rule)},
               {"repeat", report.repeat},
               {"clock", tick_clock::name()},
               {"clock_overhead_ns", tick_clock::instance().overhead()},
               {"clock_step_ns", tick_clock::instance().step()},
               {"hit_ratio", hit_ratio(report)},
               {"inserted", report.measured.told.inserted},
               {"erased", report.measured.told.erased},
               {"entries_at_end", report.measured.told.entries}};
  told["pinned_cpu"] = report.pinned_cpu ? json(*report.pinned_cpu) : json(nullptr);
  return told;
}

}  // namespace

std::string report_json(const replay_report& report) {
  json all;
  all["schema"] = "holdfast-replay/1";
  all["machine"] = machine_text();
  all["trace"] = trace_json(report.trace);
  all["replay"] = replay_json(report);
  const auto* const compared = yardstick(report);
  for (const auto& map : report.measured.maps) all["maps"].push_back(map_json(report, map, compared));
  // A file's name may hold any bytes; JSON may not.
  return all.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace holdfast::inline v0::tools
