// Threads that call a map at random while it grows and shrinks around them, and the record of what it said.
//
// The stamps come of one counter that all threads add to. A time stamp counter would not do: a store that
// waits in its processor's store buffer when the clock is read is early by the clock and late for others.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <thread>
#include <vector>

#include "tests/linearizability/history.hpp"

namespace holdfast::tests {

struct plan {
  int threads = 4;
  int calls = 24;        // of each thread
  std::size_t keys = 1;  // numbers 0..keys-1 are recorded
  int others = 8;        // keys stored and erased between two calls, so that the map grows
  std::uint32_t seed = 1;
  std::vector<word> words;  // what to call
};

// Keys that are not recorded begin here.
inline constexpr int first_other = 1000;

template <class Map>
void answer(Map& map, event& one) {
  const int key = static_cast<int>(one.key);
  switch (one.what) {
    case word::load:
      one.found = map.load(key).value_or(absent);
      return;
    case word::store:
      map.store(key, one.value);
      return;
    case word::load_or_store: {
      const auto result = map.load_or_store(key, one.value);
      one.found = result.value;
      one.yes = result.loaded;
      return;
    }
    case word::exchange:
      one.found = map.exchange(key, one.value).value_or(absent);
      return;
    case word::compare_exchange:
      one.yes = map.compare_exchange(key, one.expected, one.value);
      return;
    case word::compare_erase:
      one.yes = map.compare_erase(key, one.expected);
      return;
    case word::erase:
      one.yes = map.erase(key);
      return;
    case word::load_and_erase:
      one.found = map.load_and_erase(key).value_or(absent);
      return;
    case word::alter:
      map.alter(key, [&](const int* old) {
        one.found = old == nullptr ? absent : *old;
        return one.value == absent ? std::nullopt : std::optional(one.value);
      });
      return;
    case word::clear:
      map.clear();
      return;
    case word::snapshot:
      for (const auto& [there, value] : map.snapshot()) {
        if (there < first_other) one.all[static_cast<std::size_t>(there)] = value;
      }
      return;
    case word::refer:
      if constexpr (requires { map.refer(key); }) one.found = map.refer(key).value_or(absent);
      return;
    case word::still:
      if constexpr (requires { map.refer(key); }) one.yes = map.still(key, one.expected);
      return;
  }
}

// One thread's part.
template <class Map>
class caller {
 public:
  caller(Map& map, const plan& given, int thread, std::atomic<std::uint64_t>& clock)
      : map_(map),
        given_(given),
        thread_(thread),
        clock_(clock),
        words_(given.seed * 64 + static_cast<unsigned>(thread)) {}

  void run() {
    for (int number = 0; number < given_.calls; ++number) {
      event one = next(number);
      // seq_cst, as everything with the clock: what ended before another began has the lower stamps.
      one.began = clock_.fetch_add(1);
      answer(map_, one);
      one.ended = clock_.fetch_add(1);
      if (one.found != absent) last_seen_ = one.found;
      calls.push_back(one);
      disturb(number);
    }
  }

  history calls;

 private:
  event next(int number) {
    event one;
    one.what = given_.words[words_() % given_.words.size()];
    one.key = words_() % given_.keys;
    one.value = thread_ * 1000 + number;  // no two calls give the same
    one.expected = last_seen_;
    if (one.what == word::alter && words_() % 3 == 0) one.value = absent;
    return one;
  }

  // Fills the map with keys of its own, and empties it again.
  void disturb(int number) {
    for (int n = 0; n < given_.others; ++n) {
      const int key = first_other * (thread_ + 1) + number / 2 * given_.others + n;
      if (number % 4 == 3) {
        map_.erase(key);
      } else {
        map_.store(key, 0);
      }
    }
  }

  Map& map_;
  const plan& given_;
  int thread_;
  std::atomic<std::uint64_t>& clock_;
  std::mt19937 words_;
  int last_seen_ = 0;
};

// How many calls began while another one was under way.
inline std::size_t overlaps(history calls) {
  std::sort(calls.begin(), calls.end(), [](const event& a, const event& b) { return a.began < b.began; });
  std::size_t count = 0;
  std::uint64_t latest_end = 0;
  for (const event& one : calls) {
    count += one.began < latest_end ? 1 : 0;
    latest_end = std::max(latest_end, one.ended);
  }
  return count;
}

// What all threads did, ended by a load of each key when they were done.
template <class Map>
history record(Map& map, const plan& given) {
  std::atomic<std::uint64_t> clock{0};
  std::vector<caller<Map>> callers;
  for (int thread = 0; thread < given.threads; ++thread) callers.emplace_back(map, given, thread, clock);
  // Spinning: who sleeps at the start is woken when the others are done.
  std::atomic<int> missing{given.threads};
  std::vector<std::thread> running;
  for (caller<Map>& one : callers) {
    running.emplace_back([&] {
      --missing;
      for (int n = 0; missing != 0; ++n) {
        if (n % 1024 == 1023) std::this_thread::yield();
      }
      one.run();
    });
  }
  for (std::thread& one : running) one.join();
  history all;
  for (const caller<Map>& one : callers) all.insert(all.end(), one.calls.begin(), one.calls.end());
  for (std::size_t key = 0; key < given.keys; ++key) {
    event last;
    last.key = key;
    last.began = clock.fetch_add(1);
    answer(map, last);
    last.ended = clock.fetch_add(1);
    all.push_back(last);
  }
  return all;
}

}  // namespace holdfast::tests
