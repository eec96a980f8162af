#include "holdfast/tools/crowd_measure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "holdfast/tools/machine.hpp"

namespace holdfast::inline v0::tools {
namespace {

class crowd_measurement {
 public:
  crowd_measurement(const trace& operations, const crowd_plan& plan, progress_bar& bar)
      : operations_(operations), plan_(plan), bar_(bar) {}

  void speed(const crowd_map& map, crowd_measured& measured) {
    const auto result = play(map, crowd_watch::speed);
    const auto count = static_cast<double>(operations_.size());
    measured.mops.push_back(count / 1e6 / std::max(result.seconds, 1e-9));
  }

  void latency(const crowd_map& map, crowd_measured& measured) {
    auto result = play(map, crowd_watch::latency);
    measured.reads = std::move(result.read_times);
    measured.writes = std::move(result.write_times);
  }

  void memory(const crowd_map& map, crowd_measured& measured) {
    const auto result = play(map, crowd_watch::memory);
    measured.told = result.told;
    measured.entries = result.entries;
    measured.bytes = result.bytes;
    measured.retired_most = result.retired_most;
    measured.retired_end = result.retired_end;
  }

 private:
  [[nodiscard]] crowd_result play(const crowd_map& map, crowd_watch watch) {
    bar_.label(std::string(map.name));
    give_back_free_memory();
    auto result = map.play(operations_, plan_, watch);
    bar_.advance(operations_.size());
    check(map, result);
    return result;
  }

  void check(const crowd_map& map, const crowd_result& result) {
    const bool is_bounded = map.is_cache && plan_.cache_bound != 0;
    if (!first_ || (!is_bounded && is_first_bounded_)) {
      first_ = result;
      is_first_bounded_ = is_bounded;
    }
    const bool same = result.told.reads == first_->told.reads && result.told.stores == first_->told.stores;
    // One thread leaves nothing to chance, but a cache that gives entries up finds less than who keeps all.
    const bool as_alone =
        plan_.threads > 1 || is_bounded || (result.told == first_->told && result.entries == first_->entries);
    if (same && as_alone && result.told.wrong == 0 && result.fault.empty()) return;
    throw disagreement(fmt::format(
        "holdfast: replay: {} with {} threads: {} reads were given another key's value, {} of {} reads found their "
        "key, {} entries in the end{}; it is broken: please report this trace",
        map.name, plan_.threads, result.told.wrong, result.told.hits, result.told.reads, result.entries,
        result.fault.empty() ? "" : ", broken inside: " + result.fault));
  }

  const trace& operations_;
  const crowd_plan& plan_;
  progress_bar& bar_;
  std::optional<crowd_result> first_;
  bool is_first_bounded_ = false;
};

}  // namespace

std::size_t crowd_plays_needed(std::size_t maps, unsigned repeat) noexcept { return maps * (std::size_t{repeat} + 2); }

std::vector<crowd_measured> measure_crowd(const trace& operations, const std::vector<const crowd_map*>& maps,
                                          const crowd_plan& plan, unsigned repeat, progress_bar& progress) {
  fix_malloc_threshold();
  crowd_measurement all(operations, plan, progress);
  std::vector<crowd_measured> measured(maps.size());
  for (unsigned round = 0; round < repeat; ++round) {
    for (std::size_t i = 0; i < maps.size(); ++i) all.speed(*maps[i], measured[i]);
  }
  for (std::size_t i = 0; i < maps.size(); ++i) {
    measured[i].name = maps[i]->name;
    measured[i].retires = maps[i]->retires;
    measured[i].is_bounded = maps[i]->is_cache && plan.cache_bound != 0;
    all.latency(*maps[i], measured[i]);
    all.memory(*maps[i], measured[i]);
  }
  return measured;
}

}  // namespace holdfast::inline v0::tools
