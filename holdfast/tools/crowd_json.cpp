// A replay by many threads as JSON, one object; times in nanoseconds, memory in bytes.
#include "holdfast/tools/crowd_report.hpp"
#include "holdfast/tools/machine.hpp"
#include "holdfast/tools/replay_json.hpp"
#include "holdfast/tools/tick_clock.hpp"

namespace holdfast::inline v0::tools {
namespace {

using json = nlohmann::ordered_json;

[[nodiscard]] json map_json(const crowd_report& report, const crowd_measured& map) {
  json told;
  told["name"] = map.name;
  if (map.is_bounded) told["capacity"] = report.plan.cache_bound;
  told["mops"] = {{"median", median_of(map.mops)}, {"rounds", map.mops}};
  told["hit_ratio"] = map.hit_ratio();
  told["latency_ns"] = {{"reads", times_json(map.reads)}, {"writes", times_json(map.writes)}};
  told["entries"] = map.entries;
  told["bytes"] = map.bytes != 0 ? json(map.bytes) : json(nullptr);
  // Null where nothing ever waits, or where it is not told, to tell it from nothing that waited.
  told["retired_bytes"] = map.retires == retirement::told ? json{{"most", map.retired_most}, {"end", map.retired_end}} : json(nullptr);
  return told;
}

}  // namespace

std::string crowd_json(const crowd_report& report) {
  const auto& clock = tick_clock::instance();
  const auto& told = report.maps.front().told;
  json all;
  all["schema"] = "holdfast-replay-threads/1";
  all["machine"] = machine_text();
  all["trace"] = trace_json(report.trace);
  all["replay"] = {{"threads", report.plan.threads},
                   {"mix", text_of(report.plan.mix)},
                   {"repeat", report.repeat},
                   {"clock", tick_clock::name()},
                   {"clock_overhead_ns", clock.overhead()},
                   {"clock_step_ns", clock.step()},
                   {"reads", told.reads},
                   {"writes", report.trace.operations - told.reads}};
  for (const auto& map : report.maps) all["maps"].push_back(map_json(report, map));
  // A file's name may hold any bytes; JSON may not.
  return all.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace holdfast::inline v0::tools
