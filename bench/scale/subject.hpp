// A map as the questions about many threads see it, and the loops that ask them.
//
// An adapter of a peer is a class template over the family with
//
//   static constexpr const char* name
//   explicit Adapter(std::size_t entries)        room for so many, where the peer must be told
//   std::uint64_t read(const key&)               the number in the value, read while it cannot be destroyed; 0: absent
//   void store(const key&, value)                whatever was there before
//   void erase(const key&)
//   struct thread_scope                          made by every thread that uses the map
//   static constexpr bool survives_erasure       left out: true; false: takes no part where keys are erased
//
// The loops are compiled with the adapter; one virtual call starts a whole run.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <bench/harness/families.hpp>
#include <bench/scale/draws.hpp>
#include <bench/scale/stage.hpp>

namespace holdfast::bench {

// What a run of a mix is made of.
template <class Family>
struct mix {
  const draws<Family>* from = nullptr;
  unsigned writes_in_1000 = 0;
  int threads = 1;
  double seconds = 0.1;
  std::uint64_t seed = 1;
};

template <class Family>
class subject {
 public:
  virtual ~subject() = default;
  std::string name;
  bool survives_erasure = true;

  // A map with keys 0..entries-1, by one thread.
  virtual void build(const std::vector<typename Family::key>& keys) = 0;
  virtual void drop() = 0;
  [[nodiscard]] virtual outcome run_mix(const mix<Family>& given) = 0;
  // A new map, filled by `threads` threads that take turns at the keys; gone afterwards.
  [[nodiscard]] virtual outcome grow(const std::vector<typename Family::key>& keys, int threads) = 0;
  // Reads of `probed` while another thread stores `coming`; if there are none, for as long as `seconds`.
  [[nodiscard]] virtual outcome read_while_storing(const draws<Family>& probed,
                                                   const std::vector<typename Family::key>& coming, double seconds) = 0;
};

// One operation of so many is timed. Rarely: timing one waits for all before it, and lookups overlap.
inline constexpr unsigned timed_every = 64;
inline constexpr unsigned flag_every = 64;

namespace scale {

// A read that nothing before or after overlaps, timed.
template <class Map, class Key>
[[gnu::always_inline]] inline std::uint64_t timed_read(Map& map, const Key& key, histogram& into) {
  const std::uint64_t start = ticks();
  const std::uint64_t number = map.read(key);
  into.add(ticks() - start);
  return number;
}

template <class Family, class Map>
struct mix_body {
  Map& map;
  const mix<Family>& given;

  template <class Go>
  void attach(int, Go&& go) {
    const typename Map::thread_scope scope;
    go();
  }

  void run(int thread, part& mine, const going& flag) {
    const auto& keys = given.from->keys;
    const std::size_t mask = keys.size() - 1;
    std::size_t at = keys.size() / static_cast<std::size_t>(given.threads) * static_cast<std::size_t>(thread);
    random_words random(given.seed * 977 + static_cast<std::uint64_t>(thread));
    const std::uint64_t limit = given.writes_in_1000 * (~std::uint64_t{0} / 1000);
    turn_of_writes writes{map};
    std::uint64_t sum = 0;
    while (flag) {
      for (unsigned n = 0; n < flag_every; ++n) {
        const auto& key = keys[++at & mask];
        if (random() < limit) [[unlikely]] {
          writes.next(key, at);
        } else if (n % timed_every == 0) {
          sum += scale::timed_read(map, key, mine.reads);
        } else {
          sum += map.read(key);
        }
      }
      mine.operations += flag_every;
    }
    writes.finish();
    mine.checksum = sum;
  }

  // A write is, in turn: another value for a key that is there, the erasure of a key, its return. So the
  // number of entries stays, but for those that are away for a moment.
  struct turn_of_writes {
    Map& map;
    unsigned count = 0;
    const typename Family::key* away = nullptr;

    void next(const typename Family::key& key, std::size_t number) {
      switch (count++ % 3) {
        case 0:
          map.store(key, Family::value_of(number));
          return;
        case 1:
          away = &key;
          map.erase(key);
          return;
        default:
          finish();
      }
    }
    void finish() {
      if (away != nullptr) map.store(*away, Family::value_of(count));
      away = nullptr;
    }
  };
};

template <class Family, class Map>
struct grow_body {
  Map& map;
  const std::vector<typename Family::key>& keys;
  int threads;

  template <class Go>
  void attach(int, Go&& go) {
    const typename Map::thread_scope scope;
    go();
  }
  void run(int thread, part& mine, const going&) {
    for (std::size_t n = static_cast<std::size_t>(thread); n < keys.size(); n += static_cast<std::size_t>(threads)) {
      map.store(keys[n], Family::value_of(n));
      ++mine.operations;
    }
  }
};

// Thread 0 reads and is timed, thread 1 stores, if there is something to store.
template <class Family, class Map>
struct watch_body {
  Map& map;
  const draws<Family>& probed;
  const std::vector<typename Family::key>& coming;
  std::atomic<bool> stored{false};

  template <class Go>
  void attach(int, Go&& go) {
    const typename Map::thread_scope scope;
    go();
  }
  void run(int thread, part& mine, const going& flag) {
    if (thread == 1) {
      for (std::size_t n = 0; n < coming.size(); ++n) map.store(coming[n], Family::value_of(n));
      stored.store(true, std::memory_order_relaxed);
      return;
    }
    const std::size_t mask = probed.keys.size() - 1;
    for (std::size_t at = 0; coming.empty() ? static_cast<bool>(flag) : !stored.load(std::memory_order_relaxed);) {
      for (unsigned n = 0; n < flag_every; ++n)
        mine.checksum += scale::timed_read(map, probed.keys[++at & mask], mine.reads);
      mine.operations += flag_every;
    }
  }
};

}  // namespace scale

template <class Family, class Adapter>
class subject_of final : public subject<Family> {
 public:
  using key = typename Family::key;

  subject_of() {
    this->name = Adapter::name;
    if constexpr (requires { Adapter::survives_erasure; }) this->survives_erasure = Adapter::survives_erasure;
  }

  void build(const std::vector<key>& keys) override {
    const typename Adapter::thread_scope scope;
    map_ = std::make_unique<Adapter>(keys.size());
    for (std::size_t n = 0; n < keys.size(); ++n) map_->store(keys[n], Family::value_of(n));
  }
  void drop() override {
    const typename Adapter::thread_scope scope;
    map_.reset();
  }
  outcome run_mix(const mix<Family>& given) override {
    scale::mix_body<Family, Adapter> body{*map_, given};
    return run_threads(given.threads, given.seconds, body);
  }
  outcome grow(const std::vector<key>& keys, int threads) override {
    const typename Adapter::thread_scope scope;
    auto map = std::make_unique<Adapter>(0);
    scale::grow_body<Family, Adapter> body{*map, keys, threads};
    outcome result = run_threads(threads, 0, body);
    for (std::size_t n = 0; n < keys.size(); n += 997) result.checksum += map->read(keys[n]);
    map.reset();
    return result;
  }
  outcome read_while_storing(const draws<Family>& probed, const std::vector<key>& coming, double seconds) override {
    scale::watch_body<Family, Adapter> body{*map_, probed, coming, {}};
    return run_threads(coming.empty() ? 1 : 2, coming.empty() ? seconds : 0, body);
  }

 private:
  std::unique_ptr<Adapter> map_;
};

}  // namespace holdfast::bench
