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
//   void built()                                 left out: nothing; called when a map that is asked for long is full
//   static constexpr bool survives_erasure       left out: true; false: takes no part where keys are erased
//
// The loops are compiled with the adapter; one virtual call starts a whole run.
#pragma once

#include <algorithm>
#include <array>
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

// Operations come in runs of so many, between two looks at the clock's flag; the first of each, if it is a read, is
// timed. No more, and little else around an operation: timing one waits for all before it, and lookups overlap as far as
// the processor sees ahead.
inline constexpr unsigned run_length = 64;

namespace scale {

// A read that nothing before or after overlaps, timed.
template <class Map, class Key>
[[gnu::always_inline]] inline std::uint64_t timed_read(Map& map, const Key& key, histogram& into) {
  const std::uint64_t start = ticks();
  const std::uint64_t number = map.read(key);
  into.add(ticks() - start);
  return number;
}

// Which operations of a run are writes, a bit each.
class write_plan {
 public:
  write_plan(unsigned writes_in_1000, std::uint64_t seed) {
    random_words random(seed);
    const std::uint64_t limit = writes_in_1000 * (~std::uint64_t{0} / 1000);
    for (std::uint64_t& run : runs_) {
      run = 0;
      for (unsigned n = 0; n < run_length; ++n) run |= static_cast<std::uint64_t>(random() < limit) << n;
    }
  }
  std::uint64_t next() noexcept { return runs_[at_++ % runs_.size()]; }

 private:
  std::array<std::uint64_t, 1021> runs_;  // a prime, so that the same keys meet the same plan only after a long time
  std::size_t at_ = 0;
};

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
    write_plan plan(given.writes_in_1000, given.seed * 977 + static_cast<std::uint64_t>(thread));
    turn_of_writes writes{map};
    std::uint64_t sum = 0;
    while (flag) {
      std::uint64_t is_write = plan.next();
      for (unsigned n = 0; n < run_length; ++n, is_write >>= 1) {
        const auto& key = keys[++at & mask];
        if ((is_write & 1) != 0) [[unlikely]] writes.next(key, at);
        else if (n == 0) sum += scale::timed_read(map, key, mine.reads);
        else sum += map.read(key);
      }
      mine.operations += run_length;
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
      for (unsigned n = 0; n < run_length; ++n)
        mine.checksum += scale::timed_read(map, probed.keys[++at & mask], mine.reads);
      mine.operations += run_length;
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
    if constexpr (requires { map_->built(); }) map_->built();
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
