#include "holdfast/tools/measure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "holdfast/tools/machine.hpp"
#include "holdfast/tools/tick_clock.hpp"

namespace holdfast::inline v0::tools {
namespace {

class bar_listener final : public play_listener {
 public:
  explicit bar_listener(progress_bar& bar) : bar_(bar) {}
  void played(std::size_t operations) override { bar_.advance(operations); }

 private:
  progress_bar& bar_;
};

class measurement {
 public:
  measurement(const trace& operations, const std::vector<const contestant*>& maps,
              const play_rule& rule, unsigned repeat, progress_bar& bar)
      : operations_(operations), maps_(maps), rule_(rule), repeat_(repeat), bar_(bar) {}

  [[nodiscard]] replay_measure run() {
    fix_malloc_threshold();
    for (const auto* map : maps_) {
      measured_.maps.emplace_back();
      measured_.maps.back().name = map->name;
      measured_.maps.back().is_bounded = map->is_cache && rule_.cache_bound != 0;
    }
    for (unsigned round = 1; round <= repeat_; ++round) play_all(round);
    for (std::size_t i = 0; i < maps_.size(); ++i) {
      time_map(*maps_[i], measured_.maps[i]);
      weigh_map(*maps_[i], measured_.maps[i]);
    }
    if (first_.empty()) measured_.told = measured_.maps.front().told;
    return std::move(measured_);
  }

 private:
  void play_all(unsigned round) {
    bar_listener listener(bar_);
    for (std::size_t i = 0; i < maps_.size(); ++i) {
      bar_.label(fmt::format("{} {}/{}", maps_[i]->name, round, 2 * repeat_ + 1));
      give_back_free_memory();
      const auto result = maps_[i]->play(operations_, rule_, listener);
      compare(result.told, measured_.maps[i]);
      const auto count = static_cast<double>(operations_.size());
      measured_.maps[i].mops.push_back(count / 1e6 / std::max(result.seconds, 1e-9));
    }
  }

  void time_map(const contestant& map, map_measure& measured) {
    bar_listener listener(bar_);
    play_times times(operations_.size());
    for (unsigned round = 1; round <= repeat_; ++round) {
      bar_.label(fmt::format("{} {}/{}", map.name, repeat_ + round, 2 * repeat_ + 1));
      give_back_free_memory();
      const auto result = map.time(operations_, rule_, times, listener);
      compare(result.told, measured);
    }
    sort_in(times, measured);
  }

  void weigh_map(const contestant& map, map_measure& measured) {
    bar_listener listener(bar_);
    const auto result = map.weigh(operations_, rule_, listener);
    compare(result.told, measured);
    measured.memory = result.memory;
  }

  static void sort_in(const play_times& times, map_measure& measured) {
    const auto& clock = tick_clock::instance();
    for (std::size_t i = 0; i < times.size(); ++i) {
      const auto ticks = static_cast<std::uint64_t>(times.ticks(i));
      const auto time = static_cast<std::uint64_t>(std::llround(clock.nanoseconds(ticks)));
      measured.all.add(time);
      if (times.inserted(i)) measured.inserts.add(time);
    }
  }

  // The first answers are those all others must equal; a cache that gives entries up must equal itself.
  void compare(const answers& told, map_measure& map) {
    if (map.mops.empty()) map.told = told;
    if (map.is_bounded) return check_equal(map.told, map.name, told, map.name);
    if (first_.empty()) {
      measured_.told = told;
      first_ = map.name;
    }
    check_equal(measured_.told, first_, told, map.name);
  }

  static void check_equal(const answers& wanted, const std::string& first, const answers& told, const std::string& name) {
    if (told == wanted) return;
    throw disagreement(fmt::format(
        "holdfast: replay: {} and {} answer differently (found {}/{}, inserted {}/{}, erased "
        "{}/{}, entries {}/{}, values {}); one of them is broken: please report this trace",
        first, name, wanted.found, told.found, wanted.inserted, told.inserted, wanted.erased,
        told.erased, wanted.entries, told.entries,
        wanted.checksum == told.checksum ? "equal" : "differ"));
  }

  const trace& operations_;
  const std::vector<const contestant*>& maps_;
  const play_rule& rule_;
  unsigned repeat_;
  progress_bar& bar_;
  replay_measure measured_;
  std::string first_;
};

}  // namespace

std::size_t plays_needed(std::size_t maps, unsigned repeat) noexcept {
  return maps * (std::size_t{2} * repeat + 1);
}

replay_measure measure_maps(const trace& operations, const std::vector<const contestant*>& maps,
                            const play_rule& rule, unsigned repeat, progress_bar& progress) {
  return measurement(operations, maps, rule, repeat, progress).run();
}

double median_of(std::vector<double> figures) {
  if (figures.empty()) return 0.0;
  std::sort(figures.begin(), figures.end());
  const auto middle = figures.size() / 2;
  if (figures.size() % 2 == 1) return figures[middle];
  return (figures[middle - 1] + figures[middle]) / 2.0;
}

double speed_ratio(const map_measure& one, const map_measure& other) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < one.mops.size(); ++i) ratios.push_back(one.mops[i] / other.mops[i]);
  return median_of(std::move(ratios));
}

}  // namespace holdfast::inline v0::tools
