// Short plays of readers and writers of one sync_map on weak memory.
//
// The hash of a key is the key: its low bits are the bucket, its top byte is the tag.
#pragma once

#include <cstdint>
#include <functional>

#include "tests/model/weak_sync_map.hpp"

namespace holdfast::tests {

// A value whose bytes are plain memory: who reads them must see them written.
class plain_value {
 public:
  plain_value(std::uint64_t number) noexcept : number_(number) { begin(); }
  plain_value(const plain_value& other) noexcept : number_(other.number()) { begin(); }
  plain_value& operator=(const plain_value& other) noexcept {
    number_ = other.number();
    if (weak_memory* const all = weak_memory::current()) all->write_plain(this);
    return *this;
  }
  [[nodiscard]] std::uint64_t number() const noexcept {
    if (weak_memory* const all = weak_memory::current()) all->read_plain(this);
    return number_;
  }
  friend bool operator==(const plain_value& a, const plain_value& b) noexcept { return a.number() == b.number(); }

 private:
  void begin() const {
    if (weak_memory* const all = weak_memory::current()) all->begin_plain(this);
  }
  std::uint64_t number_;
};
inline std::uint64_t number_of(std::uint64_t value) { return value; }
inline std::uint64_t number_of(const plain_value& value) { return value.number(); }

struct key_is_hash {
  std::uint64_t operator()(std::uint64_t key, std::uint64_t) const noexcept { return key; }
};
// The n-th key that leads to that bucket as long as there are at most 4096.
constexpr std::uint64_t key_in(std::uint64_t bucket, std::uint64_t n) { return bucket | (n + 16) << 56 | n << 12; }

using node_map = sync_map<std::uint64_t, plain_value, key_is_hash>;
using word_map = sync_map<std::uint64_t, std::uint64_t, key_is_hash, std::equal_to<>>;
using pair_map = sync_map<std::uint64_t, std::uint64_t, key_is_hash>;
using checked_map_of_nodes = checked_sync_map<std::uint64_t, plain_value, when_stale::raises, key_is_hash>;

inline void must(bool holds, const char* what) {
  if (!holds) weak_memory::current()->report(what);
}

// ---- what one thread does --------------------------------------------------------------------------------------

// `key` is there all the time, with its own number as its value.
template <class Map>
void finds(const Map& map, std::uint64_t key) {
  const auto found = map.load(key);
  must(found.has_value(), "a key that is there is not found");
  must(!found || number_of(*found) == key, "a key has another value");
}
// Whether it is there may change; what is found is its own.
template <class Map>
bool looks_for(const Map& map, std::uint64_t key) {
  const auto found = map.load(key);
  must(!found || number_of(*found) == key, "a key has another value");
  return found.has_value();
}
template <class Map>
void stores_and_finds(Map& map, std::uint64_t key) {
  map.store(key, key);
  finds(map, key);
}
// In the end.
template <class Map>
void is_sound(const Map& map) {
  if (const auto fault = map.audit()) weak_memory::current()->report(fault->invariant);
}

// ---- scenes ----------------------------------------------------------------------------------------------------

// Nothing is there before; two come at once, and one looks on.
template <class Map>
struct first_entries {
  Map map;
  void act(fibers& all) {
    all.add([this] { stores_and_finds(map, key_in(1, 0)); });
    all.add([this] { stores_and_finds(map, key_in(1, 1)); });
    all.add([this] {
      for (int turn = 0; turn < 2; ++turn)
        if (looks_for(map, key_in(1, 0))) finds(map, key_in(1, 0));
    });
  }
  void end() {
    finds(map, key_in(1, 0));
    finds(map, key_in(1, 1));
  }
};

// Two write to one bucket, one reads what is written there.
template <class Map>
struct one_bucket {
  Map map;
  one_bucket() {
    for (std::uint64_t n = 0; n < 3; ++n) map.store(key_in(1, n), key_in(1, n));
  }
  void act(fibers& all) {
    all.add([this] {
      map.erase(key_in(1, 0));
      stores_and_finds(map, key_in(1, 3));
      stores_and_finds(map, key_in(1, 1));
    });
    all.add([this] {
      stores_and_finds(map, key_in(1, 4));
      stores_and_finds(map, key_in(1, 5));
    });
    all.add([this] {
      finds(map, key_in(1, 1));
      if (!looks_for(map, key_in(1, 0))) must(!looks_for(map, key_in(1, 0)), "what was erased comes back");
      if (looks_for(map, key_in(1, 3))) finds(map, key_in(1, 3));
      finds(map, key_in(1, 2));
    });
  }
  void end() {
    for (std::uint64_t n = 1; n < 6; ++n) finds(map, key_in(1, n));
    must(!looks_for(map, key_in(1, 0)), "what was erased is there");
  }
};

// The main line of the bucket is full: the next one makes a chain, and takes it away again.
template <class Map>
struct chain {
  Map map;
  chain() {
    for (std::uint64_t n = 0; n < 7; ++n) map.store(key_in(1, n), key_in(1, n));
  }
  void act(fibers& all) {
    all.add([this] {
      stores_and_finds(map, key_in(1, 7));
      map.erase(key_in(1, 7));
      map.erase(key_in(1, 6));
      stores_and_finds(map, key_in(1, 6));
    });
    all.add([this] {
      finds(map, key_in(1, 0));
      finds(map, key_in(1, 5));
      if (looks_for(map, key_in(1, 6))) looks_for(map, key_in(1, 7));
    });
    all.add([this] { stores_and_finds(map, key_in(1, 8)); });
  }
  void end() {
    for (std::uint64_t n = 0; n < 9; ++n)
      if (n != 7) finds(map, key_in(1, n));
  }
};

// What reserve() takes for exactly so many buckets.
template <class Map>
constexpr std::uint64_t entries_for(std::uint64_t buckets) {
  return std::is_same_v<Map, pair_map> ? buckets * 4 : (buckets * 7 + 1) / 2;
}

// A bucket with a chain is split, one entry in two goes.
template <class Map, unsigned Entries>
struct split {
  Map map;
  split() {
    map.reserve(entries_for<Map>(5));
    for (std::uint64_t n = 0; n < Entries; ++n) map.store(key(n), key(n));
  }
  static std::uint64_t key(std::uint64_t n) { return key_in(1 + 4 * (n % 2), n); }  // 5 splits off 1
  void act(fibers& all) {
    all.add([this] { map.reserve(entries_for<Map>(6)); });
    all.add([this] {
      finds(map, key(Entries - 1));
      finds(map, key(Entries - 2));
      finds(map, key(1));
    });
    all.add([this] {
      stores_and_finds(map, key(Entries));
      stores_and_finds(map, key(Entries + 1));
      map.erase(key(0));
    });
  }
  void end() {
    for (std::uint64_t n = 1; n < Entries + 2; ++n) finds(map, key(n));
  }
};
template <class Map>
using split_of_a_line = split<Map, 4>;
template <class Map>
using split_of_a_chain = split<Map, 9>;

// Who finds a key gone sees what was done before it went.
template <class Map, unsigned Entries>
struct absence {
  Map map;
  absence() {
    for (std::uint64_t n = 0; n < Entries; ++n) map.store(key_in(1, n), key_in(1, n));
  }
  void act(fibers& all) {
    all.add([this] {
      map.store(key_in(2, 0), key_in(2, 0));
      map.erase(key_in(1, Entries - 1));
    });
    all.add([this] {
      map.store(key_in(3, 0), key_in(3, 0));
      map.erase(key_in(1, 0));
    });
    all.add([this] {
      if (!looks_for(map, key_in(1, Entries - 1))) finds(map, key_in(2, 0));
      if (!looks_for(map, key_in(1, 0))) finds(map, key_in(3, 0));
    });
  }
  void end() { finds(map, key_in(2, 0)); }
};
template <class Map>
using absence_in_a_line = absence<Map, 3>;
template <class Map>
using absence_in_a_chain = absence<Map, 9>;

// The array is full and followed by a larger one.
template <class Map, unsigned Entries>
struct follow {
  Map map;
  follow() {
    for (std::uint64_t n = 0; n < Entries; ++n) map.store(key_in(1, n), key_in(1, n));
  }
  void act(fibers& all) {
    all.add([this] { map.reserve(24); });
    all.add([this] {
      finds(map, key_in(1, 1));
      finds(map, key_in(1, Entries - 1));
      if (looks_for(map, key_in(1, Entries))) finds(map, key_in(1, Entries));
    });
    all.add([this] {
      stores_and_finds(map, key_in(1, Entries));
      map.erase(key_in(1, 0));
      must(!looks_for(map, key_in(1, 0)), "what was erased is there");
    });
  }
  void end() {
    for (std::uint64_t n = 1; n <= Entries; ++n) finds(map, key_in(1, n));
    must(!looks_for(map, key_in(1, 0)), "what was erased is there");
  }
};
template <class Map>
using follow_of_lines = follow<Map, 3>;
template <class Map>
using follow_of_a_chain = follow<Map, 9>;

// The map is emptied while one writes and one reads.
template <class Map>
struct emptying {
  Map map;
  bool erased = false;
  emptying() { map.store(key_in(1, 0), key_in(1, 0)); }
  void act(fibers& all) {
    all.add([this] {
      map.clear();
      must(!looks_for(map, key_in(1, 0)), "what was there before clear() is there after it");
    });
    all.add([this] {
      if (!looks_for(map, key_in(1, 0))) must(!looks_for(map, key_in(1, 0)), "what was emptied comes back");
      looks_for(map, key_in(1, 1));
    });
    all.add([this] {
      map.store(key_in(1, 1), key_in(1, 1));
      looks_for(map, key_in(1, 1));
    });
  }
  void end() { must(!looks_for(map, key_in(1, 0)), "what was emptied is there"); }
};

// A walk shows each entry that is there all the time once.
template <class Map>
struct walk {
  Map map;
  walk() {
    map.reserve(19);
    for (std::uint64_t n = 0; n < 4; ++n) map.store(key_in(1 + 4 * (n % 2), n), key_in(1 + 4 * (n % 2), n));
  }
  void act(fibers& all) {
    all.add([this] { map.reserve(28); });
    all.add([this] {
      int shown[4] = {};
      map.for_each([&](std::uint64_t key, const auto& value) {
        must(number_of(value) == key, "a walk shows another value");
        const std::uint64_t n = (key >> 56) - 16;
        if (n < 4) ++shown[n];
      });
      for (int times : shown) must(times == 1, "a walk shows an entry twice or not at all");
    });
    all.add([this] { stores_and_finds(map, key_in(1, 6)); });
  }
  void end() {
    for (std::uint64_t n = 0; n < 4; ++n) finds(map, key_in(1 + 4 * (n % 2), n));
  }
};

// What a reference says and what a lookup says never contradict each other.
struct reference {
  using map_type = checked_map_of_nodes;
  map_type map;
  decltype(map.ref(std::uint64_t{})) first;
  reference() {
    for (std::uint64_t n = 0; n < 2; ++n) map.store(key_in(1, n), key_in(1, n));
    first = map.ref(key_in(1, 0));
  }
  void act(fibers& all) {
    all.add([this] {
      if (ends_by_clear) map.clear();
      else map.erase(key_in(1, 0));
      must(first.expired(), "a reference outlives its entry");
    });
    all.add([this] {
      if (auto held = first.pin()) must(number_of(*held) == key_in(1, 0), "a reference leads elsewhere");
      const bool expired = first.expired();
      const bool is_there = looks_for(map, key_in(1, 0));
      must(!expired || !is_there, "a reference has ended, and its entry is there");
      must(is_there || first.expired(), "an entry has gone, and its reference has not ended");
      if (first.expired()) must(first.why().what() != cause::none, "a reference has ended without a cause");
    });
    all.add([this] {
      const auto other = map.ref(key_in(1, 1));
      if (auto held = other.pin()) must(number_of(*held) == key_in(1, 1), "a reference leads elsewhere");
      const auto again = map.ref(key_in(1, 1));
      if (auto held = again.pin()) must(number_of(*held) == key_in(1, 1), "a reference leads elsewhere");
    });
  }
  void end() { must(first.expired(), "a reference outlives its entry"); }
  bool ends_by_clear = false;
};
struct reference_and_clear : reference {
  reference_and_clear() { ends_by_clear = true; }
};

// ---- playing them ----------------------------------------------------------------------------------------------

// What is wrong in the play of that seed; null: nothing. `steps`: about as many as it takes, or more are never changed.
template <class Scene>
const char* play_of(std::uint64_t seed, std::uint64_t steps, std::uint64_t* took = nullptr) {
  const char* wrong = nullptr;
  {
    fibers all(seed);
    weak_memory memory(all, seed);
    auto* const scene = new Scene;
    scene->act(all);
    if (!memory.run(steps, 4)) memory.report("the play does not end");
    if (took != nullptr) *took = all.steps();
    wrong = memory.violation();
    // Else somebody may have a lock for ever, and the map is left to itself.
    if (wrong == nullptr) {
      scene->end();
      if constexpr (requires { scene->map; }) is_sound(scene->map);
      delete scene;
      wrong = memory.violation();
    }
    // All fibers have one record, whose sections they have entered and left in any order.
    reclaim::own_record().abandon_section();
  }
  reclaim::default_domain().drain();
  return wrong;
}

}  // namespace holdfast::tests
