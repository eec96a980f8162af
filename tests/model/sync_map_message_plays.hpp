// Short plays in which one thread writes something outside of the map, then changes the map; who is told of the change,
// in whatever way, may read what was written.
//
// Told otherwise: an order is missing. That shows as a race for the message, so no rare schedule is needed.
#pragma once

#include <cstdint>

#include "tests/model/sync_map_plays.hpp"

namespace holdfast::tests {

namespace played = holdfast::on_weak_memory::concurrent;

// Plain memory.
class message {
 public:
  void write() { weak_memory::current()->write_plain(this); }
  void read() const { weak_memory::current()->read_plain(this); }

 private:
  char byte_ = 0;
};

template <class Map>
std::uint64_t number_under(const Map& map, std::uint64_t key) {
  const auto found = map.load(key);
  return found ? number_of(*found) : 0;
}

// ---- of what is put in and replaced ----------------------------------------------------------------------------

// An entry comes, and is given another value.
template <class Map>
struct told_by_values {
  Map map;
  message before_first, before_second;
  static constexpr std::uint64_t key = key_in(1, 1);
  told_by_values() { map.store(key_in(1, 0), key_in(1, 0)); }
  void act(fibers& all) {
    all.add([this] {
      before_first.write();
      map.store(key, 1);
      before_second.write();
      map.store(key, 2);
    });
    all.add([this] {
      for (int turn = 0; turn < 3; ++turn) {
        const std::uint64_t found = number_under(map, key);
        if (found >= 1) before_first.read();
        if (found == 2) before_second.read();
      }
    });
  }
  void end() {}
};

// A key goes and comes back with another value: once that is found, it is found.
template <class Map>
struct comes_back {
  Map map;
  static constexpr std::uint64_t key = key_in(1, 1);
  comes_back() {
    map.store(key_in(1, 0), key_in(1, 0));
    map.store(key, 1);
  }
  void act(fibers& all) {
    all.add([this] {
      map.erase(key);
      map.store(key, 2);
    });
    all.add([this] {
      if (number_under(map, key) == 2) must(number_under(map, key) == 2, "what was found is not there yet");
    });
  }
  void end() {}
};

// ---- of what goes ----------------------------------------------------------------------------------------------

template <class Map>
constexpr bool has_pairs = std::is_same_v<Map, pair_map>;
// Up to that many a bucket has one overflow line at most.
template <class Map>
constexpr unsigned in_two_lines = has_pairs<Map> ? 7 + 6 : 6 + 5;

template <class Map>
void inserts_two(Map& map) {
  map.store(key_in(1, 40), key_in(1, 40));
  map.store(key_in(1, 41), key_in(1, 41));
}
template <class Map>
void does_nothing(Map&) {}

// One erases a key; another one then does `Then` in the same bucket, which has so many entries.
template <class Map, unsigned Entries, unsigned Gone, void (*Then)(Map&)>
struct told_by_absence {
  Map map;
  message before;
  told_by_absence() {
    for (std::uint64_t n = 0; n < Entries; ++n) map.store(key_in(1, n), key_in(1, n));
  }
  void act(fibers& all) {
    all.add([this] {
      before.write();
      map.erase(key_in(1, Gone));
    });
    if (Then != &does_nothing<Map>) all.add([this] { Then(map); });
    all.add([this] {
      for (int turn = 0; turn < 2; ++turn)
        if (!looks_for(map, key_in(1, Gone))) before.read();
    });
  }
  void end() { must(!looks_for(map, key_in(1, Gone)), "what was erased is there"); }
};
template <class Map>
using told_by_absence_in_a_line = told_by_absence<Map, 4, 1, inserts_two<Map>>;
template <class Map>
using told_by_absence_in_a_chain = told_by_absence<Map, 10, 8, inserts_two<Map>>;
// The chain goes with it.
template <class Map>
using told_by_absence_of_a_chain = told_by_absence<Map, 8, 7, does_nothing<Map>>;

// Behind the line that it was in another one goes.
template <class Map>
struct told_by_absence_before_the_end {
  Map map;
  message before;
  static constexpr unsigned last = has_pairs<Map> ? 13 : 10;
  told_by_absence_before_the_end() {
    for (std::uint64_t n = 0; n <= in_two_lines<Map>; ++n) map.store(key_in(1, n), key_in(1, n));
    if (!has_pairs<Map>) map.erase(key_in(1, 11));  // the other one of the second overflow line
  }
  void act(fibers& all) {
    all.add([this] {
      before.write();
      map.erase(key_in(1, 8));
      map.erase(key_in(1, last));
    });
    all.add([this] {
      if (!looks_for(map, key_in(1, 8))) before.read();
    });
  }
  void end() {}
};

// The bucket is split, and what went to the new one is erased there.
template <class Map, unsigned Entries>
struct told_by_absence_after_split {
  Map map;
  message before;
  told_by_absence_after_split() {
    map.reserve(entries_for<Map>(5));
    for (std::uint64_t n = 0; n < Entries; ++n) map.store(key(n), key(n));
  }
  static std::uint64_t key(std::uint64_t n) { return key_in(1 + 4 * (n % 2), n); }
  void act(fibers& all) {
    all.add([this] {
      map.reserve(entries_for<Map>(6));
      before.write();
      map.erase(key(1));
    });
    all.add([this] {
      for (int turn = 0; turn < 2; ++turn)
        if (!looks_for(map, key(1))) before.read();
    });
  }
  void end() {}
};
template <class Map>
using told_by_absence_after_split_of_a_line = told_by_absence_after_split<Map, 4>;
template <class Map>
using told_by_absence_after_split_of_a_chain = told_by_absence_after_split<Map, 18>;

// Everything goes at once.
template <class Map>
struct told_by_clear {
  Map map;
  message before;
  told_by_clear() { map.store(key_in(1, 0), key_in(1, 0)); }
  void act(fibers& all) {
    all.add([this] {
      before.write();
      map.clear();
    });
    all.add([this] {
      for (int turn = 0; turn < 2; ++turn)
        if (!looks_for(map, key_in(1, 0))) before.read();
    });
  }
  void end() {}
};

// ---- of a walk -------------------------------------------------------------------------------------------------

// What is shown has been put in, and what was erased before is not shown: it was the first one of its line.
template <class Map, unsigned Entries, unsigned Erased>
struct told_by_walk {
  Map map;
  message before;
  static constexpr std::uint64_t erased = key_in(1, Erased);
  static constexpr std::uint64_t fresh = key_in(1, Entries);
  told_by_walk() {
    for (std::uint64_t n = 0; n < Entries; ++n) map.store(key_in(1, n), key_in(1, n));
    map.erase(erased);
  }
  void act(fibers& all) {
    all.add([this] {
      before.write();
      map.store(fresh, fresh);
    });
    all.add([this] {
      map.for_each([&](std::uint64_t key, const auto& value) {
        must(number_of(value) == key, "a walk shows another value");
        must(key != erased, "a walk shows what was erased before");
        if (key == fresh) before.read();
      });
    });
  }
  void end() {}
};

template <class Map>
using told_by_walk_of_a_line = told_by_walk<Map, 2, 0>;
template <class Map>
using told_by_walk_of_a_chain = told_by_walk<Map, 9, 7>;

// ---- of a reference --------------------------------------------------------------------------------------------

template <bool ByClear>
struct told_by_reference {
  checked_map_of_nodes map;
  message before;
  decltype(map.ref(std::uint64_t{})) first;
  told_by_reference() {
    map.store(key_in(1, 0), key_in(1, 0));
    first = map.ref(key_in(1, 0));
  }
  void act(fibers& all) {
    all.add([this] {
      before.write();
      if (ByClear) map.clear();
      else map.erase(key_in(1, 0));
    });
    all.add([this] {
      for (int turn = 0; turn < 2; ++turn)
        if (first.expired()) {
          before.read();
          must(!looks_for(map, key_in(1, 0)), "a reference has ended, and its entry is there");
          must(first.why().what() == (ByClear ? cause::map_cleared : cause::erased), "a reference tells another cause");
        }
    });
  }
  void end() {}
};

// Several refer to one entry; who comes later finds what the first one made.
struct shared_reference {
  checked_map_of_nodes map;
  shared_reference() { map.store(key_in(1, 0), key_in(1, 0)); }
  void act(fibers& all) {
    for (int who = 0; who < 2; ++who)
      all.add([this] {
        const auto own = map.ref(key_in(1, 0));
        const auto held = own.pin();
        must(held && number_of(*held) == key_in(1, 0), "a reference leads elsewhere");
      });
  }
  void end() {}
};

// ---- lines -----------------------------------------------------------------------------------------------------

// A second overflow line comes, then the first one is emptied and goes: the bucket leads to the second one.
template <class Map>
struct long_chain {
  Map map;
  static constexpr unsigned first_below = has_pairs<Map> ? 7 : 6;
  static constexpr unsigned entries = in_two_lines<Map>;
  long_chain() {
    for (std::uint64_t n = 0; n < entries; ++n) map.store(key_in(1, n), key_in(1, n));
  }
  void act(fibers& all) {
    all.add([this] {
      map.store(key_in(1, entries), key_in(1, entries));
      for (std::uint64_t n = first_below; n < entries; ++n) map.erase(key_in(1, n));
    });
    all.add([this] {
      for (int turn = 0; turn < 2; ++turn) looks_for(map, key_in(1, entries));
    });
  }
  void end() { finds(map, key_in(1, entries)); }
};

// The last one of a full overflow line makes room for a link.
template <class Map>
struct pushed_down {
  Map map;
  static constexpr unsigned entries = in_two_lines<Map>;
  pushed_down() {
    for (std::uint64_t n = 0; n < entries; ++n) map.store(key_in(1, n), key_in(1, n));
  }
  void act(fibers& all) {
    all.add([this] { map.store(key_in(1, entries), key_in(1, entries)); });
    all.add([this] {
      for (std::uint64_t n = entries - 1; n > 4; --n) finds(map, key_in(1, n));
    });
  }
  void end() {}
};

// A walk stands in a bucket with a chain while that is split.
template <class Map>
struct walk_of_a_chain {
  Map map;
  static constexpr unsigned entries = 8;
  walk_of_a_chain() {
    map.reserve(entries_for<Map>(5));
    for (std::uint64_t n = 0; n < entries; ++n) map.store(key(n), key(n));
  }
  static std::uint64_t key(std::uint64_t n) { return key_in(1 + 4 * (n % 2), n); }
  void act(fibers& all) {
    all.add([this] { map.reserve(entries_for<Map>(6)); });
    all.add([this] {
      int shown[entries] = {};
      map.for_each([&](std::uint64_t key, const auto&) { ++shown[(key >> 56) - 16]; });
      for (int times : shown) must(times == 1, "a walk shows an entry twice or not at all");
    });
  }
  void end() {}
};

// While a walk stands in a bucket what it has looked at goes to another one, and what comes in its place has the same
// tag.
template <class Map>
struct walk_and_the_same_tag {
  Map map;
  static constexpr std::uint64_t stays = key_in(0, 0);
  static constexpr std::uint64_t goes = key_in(8, 1);
  static constexpr std::uint64_t comes = key_in(0, 1) | 64 << 12;
  walk_and_the_same_tag() {
    map.reserve(entries_for<Map>(8));
    map.store(stays, stays);
    map.store(goes, goes);
  }
  void act(fibers& all) {
    all.add([this] {
      map.reserve(entries_for<Map>(9));
      map.store(comes, comes);
    });
    all.add([this] {
      int shown = 0;
      map.for_each([&, calls = 0](std::uint64_t key, const auto&) mutable {
        shown += key == goes;
        return (calls += key != comes) < 2;
      });
      must(shown == 1, "a walk does not show what is there all the time");
    });
  }
  void end() {}
};

// ---- many buckets ----------------------------------------------------------------------------------------------

// The mask comes to reach twice as many buckets. Of these only whether they are filled is played.
struct led_to_buckets {
  static constexpr std::uint64_t first = 3;
  static constexpr std::uint64_t last = 6;
  played::basic_bucket_count<holdfast::sync::weak_machine> count{first};
  message content[last];
  void act(fibers& all) {
    all.add([this] {
      for (std::uint64_t number = first; number < last; ++number) {
        content[number].write();
        count.make_known(number);
      }
    });
    for (int who = 0; who < 2; ++who)
      all.add([this] {
        for (std::uint64_t hash = 7; hash > 1; hash -= 2) content[count.reach().number_of(hash)].read();
      });
  }
  void end() {}
};

// With an allocator of one's own large arrays lie in segments; another one comes.
template <class T>
struct own_allocator : std::allocator<T> {
  template <class U>
  struct rebind {
    using other = own_allocator<U>;
  };
  own_allocator() noexcept = default;
  template <class U>
  own_allocator(const own_allocator<U>&) noexcept {}
};
struct segments {
  sync_map<std::uint64_t, std::uint64_t, key_is_hash, std::equal_to<>,
           own_allocator<std::pair<const std::uint64_t, std::uint64_t>>>
      map;
  static constexpr std::uint64_t buckets = 512;
  static constexpr std::uint64_t goes = buckets;
  segments() {
    map.reserve(entries_for<word_map>(buckets));
    map.store(0, 0);
    map.store(goes, goes);
  }
  void act(fibers& all) {
    all.add([this] {
      map.reserve(entries_for<word_map>(buckets + 1));
      map.store(key_in(buckets, 1), key_in(buckets, 1));
    });
    all.add([this] {
      for (int turn = 0; turn < 2; ++turn) finds(map, goes);
      looks_for(map, key_in(buckets, 1));
    });
    all.add([this] { stores_and_finds(map, key_in(buckets, 2)); });
  }
  void end() { finds(map, goes); }
};

}  // namespace holdfast::tests
