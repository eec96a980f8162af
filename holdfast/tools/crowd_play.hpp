// Plays a trace through one map for many threads, by many threads.
//
// Each value is a pointer to the place in the trace where its key was written, so that a read proves by the
// value that it was given the right one, whatever the threads did in between.
//
//   operations   |0 .. 255|256 .. 511|512 .. 767| ...
//   thread            0         1          2       0  1  2 ...
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <latch>
#include <span>
#include <thread>
#include <vector>

#include <holdfast/base/reclaim/domain.hpp>

#include "holdfast/tools/bounded_map.hpp"
#include "holdfast/tools/crowd_map.hpp"
#include "holdfast/tools/tick_clock.hpp"

namespace holdfast::inline v0::tools {

// What each thread makes before it uses a map, and ends afterwards: the map's own thread_scope, if it has one.
struct no_scope {
  no_scope() {}  // not trivial, so that a scope is never an unused variable
};
template <class Map>
struct scope_of {
  using type = no_scope;
};
template <class Map>
  requires requires { typename Map::thread_scope; }
struct scope_of<Map> {
  using type = typename Map::thread_scope;
};

template <class Map, class Key>
class crowd_play {
  using clock = std::chrono::steady_clock;

 public:
  crowd_play(std::span<const Key> keys, std::span<const op_kind> kinds, const crowd_plan& plan)
      : keys_(keys), kinds_(kinds), plan_(plan), map_(made_with_bound<Map>(plan.cache_bound)) {
    for (std::size_t i = 0; i < keys_.size() / 2; ++i) map_.store(keys_[i], value_of(i));
    reclaim::default_domain().drain();
  }

  [[nodiscard]] crowd_result run(crowd_watch watch) {
    std::vector<share> shares(plan_.threads);
    std::latch ready(plan_.threads);
    std::latch start(1);
    {
      std::vector<std::jthread> threads;
      for (unsigned number = 0; number < plan_.threads; ++number) {
        threads.emplace_back([&, number] {
          const typename scope_of<Map>::type attached;
          ready.count_down();
          start.wait();
          play_share(number, watch == crowd_watch::latency, shares[number]);
          // relaxed: pairs with nothing; the watcher only wants to know when to stop looking.
          running_.fetch_sub(1, std::memory_order_relaxed);
        });
      }
      ready.wait();
      started_ = clock::now();
      start.count_down();
      if (watch == crowd_watch::memory) watch_retired();
    }
    return sum_of(shares, watch);
  }

 private:
  static constexpr std::size_t block = 256;

  // Two cache lines of its own, so that threads that count do not slow each other down.
  struct alignas(128) share {
    crowd_counts told;
    histogram read_times;
    histogram write_times;
    clock::time_point end;
  };

  [[nodiscard]] const void* value_of(std::size_t i) const noexcept { return &keys_[i]; }

  void play_share(unsigned number, bool timed, share& mine) {
    share own;
    for (std::size_t first = number * block; first < keys_.size(); first += plan_.threads * block) {
      const std::size_t end = std::min(first + block, keys_.size());
      for (std::size_t i = first; i < end; ++i) timed ? time_one(i, own) : static_cast<void>(play_one(i, own.told));
    }
    own.end = clock::now();
    mine = std::move(own);
  }

  void time_one(std::size_t i, share& mine) {
    const auto start = tick_clock::begin();
    const bool was_read = play_one(i, mine.told);
    const auto ticks = tick_clock::end() - start;
    const auto time = std::llround(tick_clock::instance().nanoseconds(ticks));
    (was_read ? mine.read_times : mine.write_times).add(static_cast<std::uint64_t>(time));
  }

  // Whether it was a read.
  bool play_one(std::size_t i, crowd_counts& told) {
    const Key& key = keys_[i];
    if (plan_.mix.reads_at(i)) {
      ++told.reads;
      const auto look = [&](const void* value) {
        ++told.hits;
        told.wrong += *static_cast<const Key*>(value) == key ? 0 : 1;
      };
      if constexpr (boundable<Map>) {
        map_.visit(key, value_of(i), look);
      } else {
        map_.visit(key, look);
      }
      return true;
    }
    if (kinds_[i] == op_kind::erase) {
      told.erases += map_.erase(key) ? 1 : 0;
    } else {
      ++told.stores;
      map_.store(key, value_of(i));
    }
    return false;
  }

  void watch_retired() {
    while (running_.load(std::memory_order_relaxed) > 0) {
      note_retired();
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }

  std::uint64_t note_retired() {
    const std::uint64_t waiting = reclaim::default_domain().stats().waiting_bytes;
    retired_most_ = std::max(retired_most_, waiting);
    return waiting;
  }

  [[nodiscard]] crowd_result sum_of(const std::vector<share>& shares, crowd_watch watch) {
    crowd_result all;
    auto end = started_;
    for (const share& one : shares) {
      all.told.add(one.told);
      all.read_times.merge(one.read_times);
      all.write_times.merge(one.write_times);
      end = std::max(end, one.end);
    }
    all.seconds = std::chrono::duration<double>(end - started_).count();
    all.entries = map_.size();
    if (watch != crowd_watch::memory) return all;
    all.retired_end = note_retired();
    all.retired_most = retired_most_;
    all.bytes = map_.stats().bytes;
    if (const auto fault = map_.audit()) all.fault = fault->invariant;
    return all;
  }

  std::span<const Key> keys_;
  std::span<const op_kind> kinds_;
  crowd_plan plan_;
  typename scope_of<Map>::type attached_;
  Map map_;
  clock::time_point started_;
  std::uint64_t retired_most_ = 0;
  std::atomic<unsigned> running_{plan_.threads};
};

// Numbers and words are kept by maps of their own kind.
template <template <class Key> class Map>
[[nodiscard]] crowd_map crowd_map_of(std::string_view name, std::string_view story, retirement retires,
                                     bool is_cache = false) {
  return {name, story, retires, is_cache, [](const trace& t, const crowd_plan& plan, crowd_watch watch) {
            if (t.has_words()) {
              return crowd_play<Map<std::string>, std::string_view>(t.words(), t.kinds(), plan).run(watch);
            }
            return crowd_play<Map<std::uint64_t>, std::uint64_t>(t.numbers(), t.kinds(), plan).run(watch);
          }};
}

}  // namespace holdfast::inline v0::tools
