// The table's mutation suite: every case is a promise of the engine; the first that is broken is printed
// and the program ends with 1. scripts/run_mutations.py compiles it once for each planted bug.
//
// Everything is done under one seed, so a bug that is caught once is caught always. The second part is
// compiled only for a bug that the first has not caught: that is most of the time a run takes.
//
// parts: 2
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <set>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <holdfast/map/map.hpp>

#include "tests/mutation/guarded_heap.hpp"
#include "tests/mutation/map_under_test.hpp"
#include "tests/mutation/promise.hpp"

namespace {

using namespace holdfast::tests;
using holdfast::table::growth_kind;
using holdfast::table::top;

template <class Map>
constexpr unsigned share = Map::policy::buckets_per_write;

// The first line that `act` writes to stderr, done by a child.
template <class Act>
[[nodiscard]] std::string first_line_of(Act act) {
  int ends[2];
  require(pipe(ends) == 0, "no pipe");
  const pid_t child = fork();
  if (child == 0) {
    dup2(ends[1], 2);
    alarm(10);
    act();
    _exit(0);
  }
  close(ends[1]);
  std::string text;
  char part[4096];
  for (ssize_t n = 0; (n = read(ends[0], part, sizeof part)) > 0;) text.append(part, static_cast<std::size_t>(n));
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  return text.substr(0, text.find('\n'));
}

// ---- any operations, against the standard's map -------------------------------------------------------

template <class Map>
class pair_of_maps {
 public:
  using key_type = typename Map::key_type;
  using mapped_type = typename Map::mapped_type;
  using model = std::unordered_map<key_type, mapped_type>;

  pair_of_maps(std::uint64_t start, std::uint64_t keys, unsigned crowding) : random_(start), keys_(keys), crowding_(crowding) {}

  void run(unsigned steps) {
    for (unsigned step = 0; step < steps; ++step) {
      one_operation(step / 160 % 2 == 0);
      require(map_.size() == model_.size(), "size differs from the model's");
      require_sound(map_);
      if (step % 32 == 31) require_same(map_, model_);
    }
    require_same(map_, model_);
    require_same(other_, other_model_);
    require_sound(other_);
  }

 private:
  void one_operation(bool filling) {
    const key_type key = key_number<Map>(random_.below(keys_), crowding_);
    const std::uint64_t kind = random_.below(100);
    if (kind < (filling ? 60 : 20)) return insert(key);
    if (kind < 70) return erase(key);
    if (kind < 80) return look_up(key);
    if (kind < 86) return steer(static_cast<unsigned>(kind - 80));
    if (kind < 90) return erase_while_walking();
    if (kind < 94) return whole(static_cast<unsigned>(random_.below(8)));
    if (kind < 96 && random_.one_in(4)) return map_.reserve(random_.below(keys_ * 2));
    if (kind == 96 && random_.one_in(4)) return map_.shrink_to_fit();
    if (kind == 97 && random_.one_in(6)) return clear();
    look_up(key);
  }

  void insert(const key_type& key) {
    const mapped_type value = value_number<Map>(++serial_);
    const bool is_new = !model_.contains(key);
    const std::uint64_t way = random_.below(4);
    if (way == 0) require(map_.try_emplace(key, value).second == is_new, "try_emplace tells wrongly whether it added");
    if (way == 1) require(map_.emplace(std::pair(key, value)).second == is_new, "emplace tells wrongly whether it added");
    if (way == 2) require(map_.insert_or_assign(key, value).second == is_new, "insert_or_assign tells wrongly");
    if (way == 3) map_[key] = value;
    if (way < 2 && !is_new) return require(map_.at(key) == model_.at(key), "the value that was there is not kept");
    model_[key] = value;
    require(map_.at(key) == value, "what was inserted is not there");
  }

  void erase(const key_type& key) {
    const auto at = model_.find(key);
    const bool present = at != model_.end();
    switch (random_.below(3)) {
      case 0: require(map_.erase(key) == (present ? 1u : 0u), "erase tells wrongly whether it was there"); break;
      case 1: {
        const auto taken = map_.take(key);
        require(taken.has_value() == present && (!present || *taken == at->second), "take gives the wrong value");
        break;
      }
      default: {
        const auto found = map_.find(key);
        require((found != map_.end()) == present, "find tells wrongly whether it is there");
        if (present) map_.erase(found);
      }
    }
    if (present) model_.erase(at);
  }

  void look_up(const key_type& key) const {
    const auto at = model_.find(key);
    require(map_.contains(key) == (at != model_.end()), "contains is wrong");
    if (at == model_.end()) return require(map_.find(key) == map_.end(), "an absent key is found");
    require(map_.find(key)->second == at->second, "find gives the wrong entry");
  }

  void steer(unsigned how) {
    const auto left = map_.table().buckets_to_move();
    switch (how) {
      case 0: map_.pause_growth(); break;
      case 1: map_.finish_growth(); require(!map_.growing(), "finish_growth leaves growth unfinished"); break;
      case 2: require(map_.step_growth(2) == left - std::min<std::size_t>(2, left), "step_growth moves another number of buckets"); break;
      default: map_.resume_growth();
    }
  }

  void erase_while_walking() {
    std::size_t met = 0;
    const std::size_t before = map_.size();
    for (auto at = map_.begin(); at != map_.end(); ++met) {
      const auto known = model_.find(at->first);
      require(known != model_.end() && known->second == at->second, "a walk shows what is not there");
      if (random_.one_in(3)) {
        model_.erase(known);
        at = map_.erase(at);
      } else {
        ++at;
      }
    }
    require(met == before, "a walk that erases does not meet every entry once");
  }

  void clear() {
    map_.clear();
    model_.clear();
    require(map_.empty(), "clear leaves entries");
  }

  void whole(unsigned how) {
    switch (how) {
      case 0: {
        Map copy(map_);
        require_sound(copy);
        require_same(copy, model_);
        require(copy.header().seed == map_.header().seed, "a copy has another seed");
        map_ = std::move(copy);
        break;
      }
      case 1: map_.swap(other_); std::swap(model_, other_model_); break;
      case 2: map_.swap(map_); break;
      case 3: other_ = map_; other_model_ = model_; break;
      case 4: map_ = other_; model_ = other_model_; break;
      case 5: {
        Map taken(std::move(map_));
        require(map_.empty(), "a map that was moved from holds entries");
        require_sound(map_);
        map_[key_number<Map>(0, crowding_)] = value_number<Map>(0);
        map_ = std::move(taken);
        break;
      }
      default: map_.rehash(random_.below(keys_));
    }
  }

  numbers random_;
  std::uint64_t keys_;
  unsigned crowding_;
  std::uint64_t serial_ = 0;
  Map map_;
  Map other_;
  model model_;
  model other_model_;
};

template <class Map>
void any_operations_agree_with_a_model(unsigned rounds, unsigned steps) {
  checking("hf.table.findable-in-growth");
  for (unsigned round = 0; round < rounds; ++round) {
    suite::round = round;
    const std::int64_t live = heap::live;
    const std::int64_t instances = counted::instances;
    {
      constexpr std::uint64_t keys[] = {9, 60, 200, 400};
      pair_of_maps<Map> maps(round, keys[round % 4], round % 4);
      maps.run(steps);
    }
    require(heap::live == live, "memory is lost");
    require(counted::instances == instances, "an entry is destroyed twice or never");
  }
  heap::settle();
}

// ---- growth ---------------------------------------------------------------------------------------------

template <class Map>
void growth_starts_where_the_policy_says(std::vector<std::uint64_t> points) {
  checking("hf.table.growth-bounded");
  Map map;
  std::vector<std::uint64_t> seen;
  for (std::uint64_t entry = 1; entry <= points.back(); ++entry) {
    const std::uint64_t growths = map.header().growths;
    map[chosen_key<Map>(entry, entry)] = entry;
    if (map.header().growths != growths) seen.push_back(entry);
  }
  require(seen == points, "growth starts at other entries than the policy's");
  require_sound(map);
  for (std::size_t buckets = 1; buckets <= 4096; buckets *= 2) {
    Map asked(Map::policy::capacity(buckets));
    require(asked.header().grow_at == 0 || asked.bucket_count() == buckets, "a hint takes another array than it needs");
    Map more;
    more.reserve(Map::policy::capacity(buckets) + 1);
    require(more.bucket_count() == 2 * buckets, "reserve takes another array than it needs");
  }
}

// A map that has just begun to grow out of `buckets` buckets.
template <class Map>
void begin_growth(Map& map, std::size_t buckets) {
  map.reserve(Map::policy::capacity(buckets));
  for (std::uint64_t n = 0; !map.growing(); ++n) map[chosen_key<Map>(n, n)] = n;
  require(map.header().growth == growth_kind::doubling && map.bucket_count() == 2 * buckets, "it grows otherwise than by doubling");
  require(map.header().front == share<Map>, "the first write moves another number of buckets");
}

template <class Map>
void a_write_moves_its_share_and_no_more() {
  checking("hf.table.growth-bounded");
  for (unsigned kind = 0; kind < 4; ++kind) {
    Map map;
    begin_growth(map, 64);
    std::uint64_t writes = 0;
    for (std::uint64_t n = 5000; map.growing(); ++n) {
      const auto before = map.header().moved_buckets;
      const auto moves = map.header().moves;
      const auto left = map.table().buckets_to_move();
      (void)map.contains(chosen_key<Map>(n, n));
      (void)map.get(chosen_key<Map>(3, 3));
      for (auto at = map.begin(); at != map.end(); ++at) {}
      require(map.header().moves == moves, "a read moves entries");
      if (kind == 0) map[chosen_key<Map>(n, n)] = n;
      if (kind == 1) map[chosen_key<Map>(writes + 3, writes + 3)] = n;
      if (kind == 1) require(map.at(chosen_key<Map>(writes + 3, writes + 3)) == n, "an assignment goes to the old place of its entry");
      if (kind == 2) map.erase(chosen_key<Map>(n, n));
      if (kind == 3) map.erase(chosen_key<Map>(n - 5000, n - 5000));
      const bool moves_now = kind == 0 || Map::policy::every_write_moves;
      const bool turn = ++writes % Map::writes_per_step == 0;
      const std::uint64_t due = moves_now && turn ? std::min<std::uint64_t>(share<Map>, left) : 0;
      require(map.header().moved_buckets - before == due, "a write moves another number of buckets than its share");
      require_sound(map);
      if (!moves_now && writes == 5) break;
      require(writes <= 64 * Map::writes_per_step, "growth does not end");
    }
    if (kind == 0) require(writes == (64 / share<Map> - 1) * Map::writes_per_step, "growth takes another number of writes");
    map.finish_growth();
    require(map.header().old.tops == nullptr && map.header().front == 0, "the old array is still there after growth");
  }
}

// What growth leaves in an old array, slot by slot.
template <class Map>
void old_buckets_tell_where_their_entries_went() {
  checking("hf.table.growth-in-order");
  constexpr std::size_t buckets = 32;
  constexpr unsigned slots = Map::policy::slots;
  constexpr unsigned shift = std::countr_zero(slots) + std::countr_zero(buckets);
  Map map(Map::policy::capacity(buckets));
  require(map.bucket_count() == buckets, "a hint takes another array than it needs");
  std::uint64_t n = 0;
  for (; map.size() < Map::policy::capacity(buckets); ++n) map[chosen_key<Map>(n * 7, n)] = n;
  for (std::uint64_t k = 0; k < n; k += 9) map.erase(chosen_key<Map>(k * 7, k));
  for (std::uint64_t k = 0; map.size() < Map::policy::capacity(buckets); ++k) map[chosen_key<Map>(5 + k * 32, n + k)] = k;
  std::vector<top> expected(buckets * slots, top::moved_empty);
  const top* const tops = map.header().now.tops;
  for (const auto& [key, value] : map) {
    for (std::size_t at = 0; at < expected.size(); ++at) {
      const auto* const slot = static_cast<const std::pair<const std::uint64_t, std::uint64_t>*>(map.header().now.slots) + at;
      if (slot->first == key && is_live(tops[at])) expected[at] = (key >> shift & 1) != 0 ? top::moved_high : top::moved_low;
    }
  }
  const std::vector<top> before(tops, tops + expected.size());
  map[chosen_key<Map>(0, 60000)] = 0;
  require(map.growing() && !map.header().in_place && map.header().old.tops == tops, "the old array is not kept while it is moved");
  while (map.growing()) {
    const std::uint64_t front = map.header().front;
    for (std::size_t at = 0; at < expected.size(); ++at) {
      require(tops[at] == (at / slots < front ? expected[at] : before[at]), "an old slot has the wrong mark");
    }
    map.step_growth(1);
    require(!map.growing() || map.header().front == front + 1, "the front does not go on by one");
  }
  require_sound(map);
}

template <class Map>
[[nodiscard]] std::unordered_map<std::uint64_t, const void*> addresses_in(const Map& map) {
  std::unordered_map<std::uint64_t, const void*> all;
  map.table().for_each_slot([&](const auto& slot) { all[slot.value().first] = &slot; });
  return all;
}

// Light iterators go by `moves`, so it has to change whenever an address does.
template <class Map>
void moves_are_counted() {
  checking("contract X8");
  Map map;
  begin_growth(map, 16);
  while (map.growing()) {
    const auto before = addresses_in(map);
    const auto moves = map.header().moves;
    map.step_growth(1);
    if (addresses_in(map) != before) require(map.header().moves != moves, "entries moved and nobody is told");
  }
  auto moves = map.header().moves;
  map.erase(chosen_key<Map>(1, 1));
  map[chosen_key<Map>(2, 2)] = 5;
  require(map.header().moves == moves, "an erasure or an assignment counts as a move");
  map.clear();
  require(map.header().moves != moves, "clear is not told to light iterators");
  map[1] = 1;
  moves = map.header().moves;
  map.shrink_to_fit();
  require(map.header().moves != moves && map.bucket_count() == 1, "shrink_to_fit is not told to light iterators");
  const auto found = map.find(1);
  map.erase(map.begin());
  require(first_line_of([&] { (void)found->second; }) == "fatal error: use of a stale map iterator", "an erased entry is shown");
  Map other;
  other[2] = 2;
  moves = map.header().moves;
  map.swap(other);
  require(map.header().moves != moves, "swap is not told to light iterators");
}

// Seventeen entries in one bucket; then an insert finds one vacant slot, then two.
void entries_come_back_from_overflow() {
  checking("hf.table.taken-back");
  using map_type = chosen_fast;
  map_type map;
  map.reserve(200);
  for (std::uint64_t nth = 0; nth < 17; ++nth) map[chosen_key<map_type>(0, nth)] = nth;
  const auto moves = map.header().moves;
  map.erase(chosen_key<map_type>(0, 0));
  map[chosen_key<map_type>(0, 100)] = 1;
  map.erase(chosen_key<map_type>(0, 1));
  map.erase(chosen_key<map_type>(0, 2));
  require(map.header().moves == moves && map.header().overflow == 1, "an entry comes back too early");
  {
    const auto walk = map.begin();
    map[chosen_key<map_type>(0, 101)] = 1;
    require(map.header().moves == moves, "an entry comes back under a walk");
  }
  map.erase(chosen_key<map_type>(0, 3));
  map[chosen_key<map_type>(0, 102)] = 1;
  require(map.header().overflow == 0, "no entry comes back");
  require(map.header().moves != moves, "an entry that came back is not told to light iterators");
  require_sound(map);
}

void go_packs_when_crowded() {
  checking("contract M26");
  chosen_go map(26);
  for (std::uint64_t n = 0; n < 25; ++n) map[chosen_key<chosen_go>(0, n)] = n;
  for (std::uint64_t n = 0; n < 24; ++n) map.erase(chosen_key<chosen_go>(0, n));
  require(map.header().overflow == 3, "erasing frees overflow buckets, which Go keeps");
  for (std::uint64_t n = 0; n < 9; ++n) map[chosen_key<chosen_go>(1, n)] = n;
  require(map.header().overflow == 4 && !map.growing(), "growth begins before an insert finds the table crowded");
  map[chosen_key<chosen_go>(2, 0)] = 0;
  require(map.header().growth == growth_kind::same_size && map.bucket_count() == 4, "a crowded table does not pack itself");
  require_sound(map);
  map.finish_growth();
  require_sound(map);
  require(map.header().overflow == 1 && map.size() == 11, "packing does not free the spare overflow buckets");
  require(map.header().same_size_growths == 1 && map.header().growths == 0, "packing is counted wrongly");
  require(is_live(map.header().now.tops[0]) && map.header().now.tops[1] == top::empty_rest, "packing leaves holes");
  require(map.contains(chosen_key<chosen_go>(0, 24)), "packing loses an entry");
}

// A map of 8 buckets that finds itself crowded at its next insert: one entry in each, in its overflow bucket.
void crowd(chosen_fast& map) {
  map.reserve(112);
  for (std::uint64_t b = 0; b < 8; ++b) {
    for (std::uint64_t n = 0; n < 17; ++n) map[chosen_key<chosen_fast>(b, n)] = n;
    for (std::uint64_t n = 0; n < 16; ++n) map.erase(chosen_key<chosen_fast>(b, n));
  }
  require(map.header().overflow == 8 && map.size() == 8 && !map.growing(), "a crowded table is not made");
}

void fast_packs_when_crowded() {
  checking("hf.table.overflow-counted");
  chosen_fast map;
  crowd(map);
  map[chosen_key<chosen_fast>(0, 100)] = 0;
  require(map.header().growth == growth_kind::same_size && map.header().front == 1, "a crowded table does not pack itself");
  while (map.growing()) {
    require_sound(map);
    map.step_growth(1);
  }
  require_sound(map);
  require(map.header().overflow == 0 && map.size() == 9, "packing does not free the spare overflow buckets");
  for (std::uint64_t b = 0; b < 8; ++b) require(map.contains(chosen_key<chosen_fast>(b, 16)), "packing loses an entry");
}

template <class Map>
void paused_growth_waits() {
  checking("hf.table.growth-bounded");
  Map map;
  map.pause_growth();
  for (std::uint64_t n = 0; n < 200; ++n) map[chosen_key<Map>(n, n)] = n;
  require(!map.growing() && map.bucket_count() == 1, "growth starts although it is paused");
  require_sound(map);
  map.resume_growth();
  map[chosen_key<Map>(0, 500)] = 0;
  require(map.bucket_count() == 2, "growth does not start after it was resumed");
  Map growing;
  begin_growth(growing, 64);
  growing.pause_growth();
  const auto moved = growing.header().moved_buckets;
  for (std::uint64_t n = 0; n < 50; ++n) {
    growing[chosen_key<Map>(n, 3000 + n)] = n;
    growing.erase(chosen_key<Map>(n, n));
  }
  require(growing.header().moved_buckets == moved, "growth goes on although it is paused");
  growing.resume_growth();
  for (std::uint64_t n = 0; n < Map::writes_per_step; ++n) growing[chosen_key<Map>(1, 4000 + n)] = 0;
  require(growing.header().moved_buckets == moved + share<Map>, "growth does not go on after it was resumed");
  require_sound(growing);
}

template <class Map>
void clear_ends_growth() {
  checking("contract M45");
  Map map;
  begin_growth(map, 16);
  map.clear();
  require(!map.growing() && map.bucket_count() == 32, "clear leaves growth on, or changes the array");
  require(map.header().old.tops == nullptr && map.header().overflow == 0, "clear leaves parts of the old array");
  require_sound(map);
  for (std::uint64_t n = 0; n < 40; ++n) map[chosen_key<Map>(n, n)] = n;
  require(map.size() == 40 && !map.growing(), "a table that was cleared is not empty");
  require_sound(map);
}

// ---- walks ----------------------------------------------------------------------------------------------

// A map under some walks. Values are serial numbers, so an entry that was erased and added again is another.
template <class Map>
class walked_map {
  struct watched {
    typename Map::iterator at;
    std::uint64_t on = 0;         // serial number of the entry it stands on
    std::set<std::uint64_t> seen{};
    std::set<std::uint64_t> due{};  // there since the walk began
  };

 public:
  walked_map(std::uint64_t start, std::uint64_t keys, unsigned crowding) : random_(start), keys_(keys), crowding_(crowding) {}

  [[nodiscard]] Map& map() noexcept { return map_; }

  void add(std::uint64_t key) {
    require(map_.try_emplace(key, serial_ + 1).second == !keys_in_.contains(key), "try_emplace tells wrongly whether it added");
    if (!keys_in_.try_emplace(key, serial_ + 1).second) return;
    serials_in_[++serial_] = key;
  }
  void drop(std::uint64_t key) {
    const bool present = keys_in_.contains(key);
    require(map_.erase(key) == (present ? 1u : 0u), "erase tells wrongly whether it was there");
    if (present) forget(key);
  }
  void begin() { start(walks_.emplace_back()); }
  void finish() {
    for (watched& w : walks_) {
      while (w.at != map_.end()) advance(w);
      end(w);
    }
    walks_.clear();
  }
  // Dereferences every walk: it must stand on its entry, wherever that has gone.
  void require_standing() {
    for (const watched& w : walks_) {
      if (w.at == map_.end() || !serials_in_.contains(w.on)) continue;
      require(w.at->second == w.on && w.at->first == serials_in_[w.on], "a walk no longer stands on its entry");
    }
  }

  void run(unsigned steps, unsigned audit_every) {
    for (unsigned step = 0; step < steps; ++step) {
      const std::uint64_t key = key_number<Map>(random_.below(keys_), crowding_);
      const std::uint64_t kind = random_.below(40);
      if (kind < 14) add(key);
      else if (kind < (step / 128 % 2 == 0 ? 18u : 26u)) drop(key);
      else if (kind < 35) advance_one();
      else steer(kind);
      require_standing();
      if (step % audit_every == 0) require_sound(map_);
    }
    finish();
    require_same(map_, keys_in_);
  }

 private:
  void start(watched& w) {
    w = watched{map_.begin()};
    for (const auto& [serial, key] : serials_in_) w.due.insert(serial);
    look(w);
  }
  void advance(watched& w) {
    ++w.at;
    look(w);
  }
  void look(watched& w) {
    if (w.at == map_.end()) return;
    const auto [key, serial] = *w.at;
    const auto known = serials_in_.find(serial);
    require(known != serials_in_.end() && known->second == key, "a walk shows an entry that is not there");
    require(w.seen.insert(serial).second, "a walk shows an entry twice");
    w.due.erase(serial);
    w.on = serial;
  }
  void end(const watched& w) { require(w.due.empty(), "a walk leaves out an entry"); }
  void forget(std::uint64_t key) {
    const std::uint64_t serial = keys_in_[key];
    for (watched& w : walks_) w.due.erase(serial);
    serials_in_.erase(serial);
    keys_in_.erase(key);
  }

  void advance_one() {
    if (walks_.size() < 4) return begin();
    watched& w = walks_[random_.below(4)];
    if (w.at != map_.end()) return advance(w);
    end(w);
    start(w);
  }
  void steer(std::uint64_t kind) {
    if (kind == 35) map_.step_growth(1 + random_.below(3));
    if (kind == 36 && random_.one_in(8)) map_.finish_growth();
    if (kind == 37 && walks_.size() == 4) walks_[random_.below(4)] = watched(walks_[random_.below(4)]);
    if (kind == 38) {
      map_.swap(other_);
      require_standing();
      if (!walks_.empty() && walks_[0].at != map_.end()) advance(walks_[0]);
      map_.swap(other_);
    }
    if (kind == 39) erase_at_a_walk();
    if (kind == 39 && random_.one_in(60)) clear();
  }
  void erase_at_a_walk() {
    if (walks_.empty()) return;
    watched& w = walks_[random_.below(walks_.size())];
    const auto standing = serials_in_.find(w.on);
    if (w.at == map_.end() || standing == serials_in_.end()) return;
    w.at = map_.erase(w.at);
    forget(standing->second);
    look(w);
  }
  void clear() {
    map_.clear();
    keys_in_.clear();
    serials_in_.clear();
    for (watched& w : walks_) w.due.clear();
  }

  numbers random_;
  std::uint64_t keys_;
  unsigned crowding_;
  std::uint64_t serial_ = 0;
  Map map_;
  Map other_;
  std::vector<watched> walks_;
  std::unordered_map<std::uint64_t, std::uint64_t> keys_in_;     // to serial numbers
  std::unordered_map<std::uint64_t, std::uint64_t> serials_in_;  // to keys
};

template <class Map>
void a_walk_meets_every_entry_once(unsigned rounds) {
  checking("hf.table.walk-once");
  for (unsigned round = 0; round < rounds; ++round) {
    suite::round = round;
    const std::int64_t live = heap::live;
    {
      constexpr std::uint64_t keys[] = {12, 100, 300, 700};
      walked_map<Map> walked(round, keys[round % 4], round / 4 % 4);
      walked.run(900, 8);
    }
    require(heap::live == live, "memory is lost");
  }
  heap::settle();
}

void a_walk_goes_on_through_packing() {
  checking("hf.table.walk-once");
  for (unsigned round = 0; round < 40; ++round) {
    suite::round = round;
    walked_map<chosen_fast> walked(round, 1, 0);
    for (std::uint64_t b = 0; b < 8; ++b) {
      if (b == 0) walked.map().reserve(112);
      for (std::uint64_t n = 0; n < 18; ++n) walked.add(chosen_key<chosen_fast>(b, n));
      for (std::uint64_t n = 0; n < 16; ++n) {
        if ((n + b + round) % 5 != 0) walked.drop(chosen_key<chosen_fast>(b, n));
      }
    }
    for (unsigned walk = 0; walk < 6; ++walk) walked.begin();
    for (std::uint64_t n = 0; n < 12; ++n) {
      walked.add(chosen_key<chosen_fast>(n, 100 + n));
      walked.require_standing();
    }
    require(walked.map().header().same_size_growths == 1, "a crowded table does not pack itself");
    require_sound(walked.map());
    walked.finish();
  }
}

template <class Map>
void walks_begin_anywhere() {
  checking("contract M51");
  Map map;
  constexpr std::uint64_t entries = 6;
  for (std::uint64_t n = 0; n < entries; ++n) map[chosen_key<Map>(0, n)] = n;
  std::set<std::uint64_t> first;
  for (unsigned walk = 0; walk < 300; ++walk) first.insert(map.begin()->second);
  require(first.size() == entries, "walks of one bucket do not begin at every entry of it");
  Map wide(Map::policy::capacity(32));
  for (std::uint64_t n = 0; n < 32; ++n) wide[chosen_key<Map>(n, 0)] = n;
  first.clear();
  for (unsigned walk = 0; walk < 600; ++walk) first.insert(wide.begin()->second);
  require(first.size() == 32, "walks do not begin at every bucket");
}

template <class Map>
void ended_walks_show_nothing_old() {
  checking("contract M46");
  for (unsigned way = 0; way < 4; ++way) {
    Map map(Map::policy::capacity(32));
    for (std::uint64_t n = 0; n < 40; ++n) map[chosen_key<Map>(n, n)] = n;
    auto at = map.begin();
    for (unsigned n = 0; n < 5; ++n) ++at;
    if (way == 0) map.clear();
    if (way == 1) {
      while (map.size() > 10) map.erase(map.begin());
      map.shrink_to_fit();
    }
    if (way == 2) {
      map = Map();
      require(first_line_of([&] { ++at; }) == "fatal error: use of a stale map iterator", "a walk of a map that was assigned to goes on");
      continue;
    }
    if (way == 3) {
      map.clear();
      map[chosen_key<Map>(1, 1000)] = 1000;
    }
    ++at;
    if (way == 3 && at != map.end()) {
      require(at->second == 1000, "a walk shows what was cleared away");
      ++at;
    }
    require(at == map.end(), "a walk goes on although everything was cleared or moved elsewhere");
  }
}

// The list of walks lies in the map; an iterator that outlives its map must not touch it.
void iterators_may_outlive_their_map() {
  checking("hf.table.walk-once");
  alignas(chosen_go) static std::byte room[sizeof(chosen_go)];
  auto* const map = new (room) chosen_go;
  for (std::uint64_t n = 0; n < 20; ++n) (*map)[n] = n;
  const auto first = map->begin();
  auto second = first;
  map->~chosen_go();
  std::memset(room, 0, sizeof room);
  second = chosen_go::iterator();
  require(std::all_of(std::begin(room), std::end(room), [](std::byte b) { return b == std::byte{0}; }),
          "an iterator writes into its map after that was destroyed");
}

// ---- arrays that grow in place, and that are given back in slices -----------------------------------------

template <class Map>
void large_arrays_grow_in_place(std::size_t buckets) {
  checking("hf.table.growth-in-order");
  walked_map<Map> walked(buckets, Map::policy::capacity(buckets) * 2, 1);
  Map& map = walked.map();
  map.reserve(Map::policy::capacity(buckets));
  for (std::uint64_t n = 0; map.size() < Map::policy::capacity(buckets); ++n) walked.add(key_number<Map>(n, n % 8 == 0 ? 2 : 0));
  const void* const slots = map.header().now.slots;
  for (unsigned walk = 0; walk < 3; ++walk) walked.begin();
  walked.run(1200, 150);
  walked.begin();
  for (unsigned n = 0; !map.growing(); ++n) walked.add(key_number<Map>(70000 + n, 0));
  require(map.header().in_place && map.header().now.slots == slots, "a large array moves in order to grow");
  Map other;
  begin_growth(other, 16);
  map.swap(other);
  map.step_growth(3);
  other.step_growth(3);
  require_sound(map);
  require_sound(other);
  map.swap(other);
  other.finish_growth();
  require_sound(other);
  for (unsigned n = 0; map.growing(); ++n) {
    map.step_growth(n % 2);
    walked.require_standing();
    if (n % 256 == 0) require_sound(map);
  }
  require_sound(map);
  walked.finish();
}

// Nobody walks, so buckets take the short road. A quarter of the chains has just overflowed, and holes are
// left in them, so that an end comes to stand in the middle of many.
template <class Map>
void large_arrays_split_without_walks(std::size_t buckets) {
  checking("hf.table.empty-rest");
  const std::size_t capacity = Map::policy::capacity(buckets);
  Map map;
  map.reserve(capacity);
  std::unordered_map<std::uint64_t, std::uint64_t> model;
  map.pause_growth();
  for (std::uint64_t n = 0; n < capacity + capacity / 8; ++n) map[key_number<Map>(n, 0)] = model[key_number<Map>(n, 0)] = n;
  for (std::uint64_t n = 0; n < capacity; n += 8) {
    map.erase(key_number<Map>(n, 0));
    model.erase(key_number<Map>(n, 0));
  }
  map.resume_growth();
  for (std::uint64_t n = 2 * capacity; !map.growing(); ++n) map[key_number<Map>(n, 0)] = model[key_number<Map>(n, 0)] = n;
  require(map.header().in_place, "a large array moves in order to grow");
  for (unsigned n = 0; map.growing(); ++n) {
    map.step_growth(1);
    if (n % 64 == 0) require_sound(map);
  }
  require_sound(map);
  require_same(map, model);
}

// The second range is needed while entries are still in the first, of which the moved part is given back.
void old_ranges_are_given_back_behind_the_front() {
  checking("hf.table.findable-in-growth");
  std::size_t pages = 0;
  if (std::FILE* const statm = std::fopen("/proc/self/statm", "r")) {
    if (std::fscanf(statm, "%zu", &pages) != 1) pages = 0;
    std::fclose(statm);
  }
  require(pages != 0, "the size of this process is not known");
  rlimit limit{};
  getrlimit(RLIMIT_AS, &limit);
  const rlimit before = limit;
  limit.rlim_cur = pages * 4096 + (std::size_t{6} << 20);
  chosen_fast map;
  setrlimit(RLIMIT_AS, &limit);
  map.reserve(chosen_fast::policy::capacity(1024));
  setrlimit(RLIMIT_AS, &before);
  const void* const slots = map.header().now.slots;
  const auto key = [](std::uint64_t n) { return numbers::mixed(n); };
  std::uint64_t n = 0;
  for (; map.header().now.slots == slots; ++n) map[key(n)] = n;
  require(map.growing() && !map.header().in_place && n < 200000, "a small range does not fill up");
  while (map.growing()) {
    map.step_growth(300);
    for (std::uint64_t k = 0; k < n; k += 1 + k % 3) require(map.get_or(key(k), ~k) == k, "an entry is lost");
  }
  require_sound(map);
}

// ---- erasure, seeds, values that stay ---------------------------------------------------------------------

template <class Map>
void erasing_leaves_exact_marks() {
  checking("hf.table.empty-rest");
  constexpr unsigned slots = Map::policy::slots;
  for (unsigned round = 0; round < 60; ++round) {
    suite::round = round;
    numbers random(round);
    Map map;
    map.pause_growth();
    const std::uint64_t entries = 1 + random.below(4 * slots);
    std::vector<std::uint64_t> keys;
    for (std::uint64_t n = 0; n < entries; ++n) {
      keys.push_back(chosen_key<Map>(0, n));
      map[keys.back()] = n;
    }
    while (!keys.empty()) {
      const std::size_t at = round % 3 == 0 ? keys.size() - 1 : round % 3 == 1 ? 0 : random.below(keys.size());
      require(map.erase(keys[at]) == 1, "erase tells wrongly whether it was there");
      keys.erase(keys.begin() + static_cast<std::ptrdiff_t>(at));
      require_sound(map);
      for (const std::uint64_t key : keys) require(map.contains(key), "erasing hides another entry");
    }
  }
}

template <class Map>
void seeds_are_renewed() {
  checking("contract M43");
  Map map;
  Map other;
  require(map.header().seed != other.header().seed, "two tables have one seed");
  map[1] = 1;
  map[2] = 2;
  auto seed = map.header().seed;
  map.erase(1);
  require(map.header().seed == seed, "a table in use gets another seed");
  map.erase(2);
  require(map.header().seed != seed, "a table that became empty keeps its seed");
  map[1] = 1;
  seed = map.header().seed;
  const Map copy(map);
  require(copy.header().seed == seed, "a copy has another seed");
  map.clear();
  require(map.header().seed != seed, "a table that was cleared keeps its seed");
}

template <class Map>
void boxed_values_never_move() {
  checking("hf.table.growth-in-order");
  Map map;
  std::unordered_map<std::string, const counted*> where;
  for (std::uint64_t n = 0; n < 600; ++n) {
    const std::string key = key_number<Map>(n, 0);
    where[key] = &map.try_emplace(key, value_number<Map>(n)).first->second;
  }
  for (std::uint64_t n = 0; n < 500; ++n) {
    map.erase(key_number<Map>(n, 0));
    where.erase(key_number<Map>(n, 0));
  }
  map.shrink_to_fit();
  require(map.bucket_count() == 8, "shrink_to_fit takes another array than it needs");
  for (const auto& [key, address] : where) require(&map.at(key) == address, "a boxed value has moved");
  require_sound(map);
}

// ---- arguments that live in the table; what throws ---------------------------------------------------------

template <class Map>
void arguments_may_live_in_the_map() {
  checking("hf.table.insert-strong");
  for (unsigned way = 0; way < 4; ++way) {
    Map map;
    for (std::uint64_t n = 0; n < 2; ++n) map.try_emplace(key_number<Map>(n, 0), value_number<Map>(n));
    for (std::uint64_t n = 2; n < 120; ++n) {
      const auto key = key_number<Map>(n, 0);
      const auto source = key_number<Map>(n - 1, 0);
      const auto expected = value_number<Map>(1);
      if (way == 0) map.try_emplace(key, std::as_const(map).at(source));
      if (way == 1) map.insert_or_assign(key, std::as_const(map).at(source));
      if (way == 2) map.emplace(key, std::as_const(map).at(source));
      if (way == 3) map.insert({key, std::as_const(map).at(source)});
      require(map.at(key) == expected && map.at(source) == expected, "an argument that lives in the map is lost");
    }
    require_sound(map);
    // Keys and values that live in the map, while it grows.
    map.reserve(Map::policy::capacity(16));
    for (std::uint64_t n = 1000; !map.growing(); ++n) map.try_emplace(key_number<Map>(n, 0), value_number<Map>(n));
    while (map.growing()) {
      const auto front = map.header().front;
      const auto from = map.find(key_number<Map>(1 + front, 0));
      if (way == 0) map.insert_or_assign(from->first, std::as_const(map).at(key_number<Map>(3, 0)));
      if (way == 1) map[from->first] = value_number<Map>(1);
      if (way == 2) require(map.erase(from->first) == 1, "erasing by a key that lives in the map tells wrongly");
      if (way == 3) {
        const auto taken = map.take(from->first);
        require(taken && *taken == value_number<Map>(1), "taking by a key that lives in the map gives another value");
      }
      if (map.growing() && map.header().front == front) map.step_growth(1);
      require_sound(map);
    }
    require(way < 2 || !map.contains(key_number<Map>(1 + share<Map>, 0)), "what was erased is still there");
    for (std::uint64_t n = 100; n < 120; ++n) require(map.at(key_number<Map>(n, 0)) == value_number<Map>(1), "a value is lost");
  }
}

// Does `act` to a map made by `prepare`, again and again, while the n-th of what `counter` counts throws.
template <class Map, class Prepare, class Act>
void fail_at_each(std::int64_t& counter, Prepare prepare, Act act) {
  for (std::int64_t n = 0;; ++n) {
    require(n < 5000, "it never ends without failing");
    suite::round = static_cast<std::uint64_t>(n);
    const std::int64_t live = heap::live;
    const std::int64_t instances = counted::instances;
    bool failed = false;
    {
      Map map;
      prepare(map);
      std::unordered_map<typename Map::key_type, typename Map::mapped_type> before;
      for (const auto& [key, value] : map) before.emplace(key, value);
      counter = n;
      try {
        act(map);
      } catch (const std::bad_alloc&) {
        failed = true;
      } catch (const std::runtime_error&) {
        failed = true;
      }
      counter = -1;
      require_sound(map);
      if (failed) require_same(map, before);
      for (std::uint64_t k = 9000; k < 9040; ++k) map.try_emplace(key_number<Map>(k, 1), value_number<Map>(k));
      map.finish_growth();
      require_sound(map);
    }
    require(heap::live == live, "memory is lost when something throws");
    require(counted::instances == instances, "an entry is lost or destroyed twice when something throws");
    if (!failed) break;
  }
  heap::settle();
}

template <class Map>
void fill(Map& map, std::uint64_t entries) {
  for (std::uint64_t n = 0; n < entries; ++n) map.try_emplace(key_number<Map>(n, n % 2 == 0 ? 2 : 0), value_number<Map>(n));
}

template <class Map>
void insertion_and_copies_survive_failures(std::int64_t& counter) {
  checking("hf.table.insert-strong");
  for (const std::uint64_t entries : {0u, 8u, 14u, 26u, 53u, 58u}) {
    const auto prepare = [entries](Map& map) { fill(map, entries); };
    fail_at_each<Map>(counter, prepare, [](Map& map) {
      map.try_emplace(key_number<Map>(7000, 0), value_number<Map>(3));
    });
    fail_at_each<Map>(counter, prepare, [](Map& map) {
      const Map copy(map);
      require(copy.size() == map.size(), "a copy has another size");
    });
    fail_at_each<Map>(counter, prepare, [](Map& map) {
      const auto walk = map.begin();
      map.reserve(500);
      map.finish_growth();
    });
    fail_at_each<Map>(counter, prepare, [entries](Map& map) {
      if (entries != 0) map.erase(key_number<Map>(2, 2));
    });
    fail_at_each<Map>(counter, prepare, [](Map& map) { map.insert_or_assign(key_number<Map>(2, 2), value_number<Map>(9)); });
    fail_at_each<Map>(counter, prepare, [](Map& map) {
      // So many that one stands in the bucket that moves next, wherever they begin.
      std::vector<typename Map::iterator> walks;
      for (unsigned walk = 0; walk < 40; ++walk) walks.push_back(map.begin());
      map.insert_or_assign(key_number<Map>(2, 2), value_number<Map>(9));
    });
    fail_at_each<Map>(counter, [entries](Map& map) {
      fill(map, entries + 200);
      for (std::uint64_t n = 0; n < 200; ++n) map.erase(key_number<Map>(n, n % 2 == 0 ? 2 : 0));
    }, [](Map& map) { map.shrink_to_fit(); });
  }
}

// Growth, once its array is there, obtains nothing as long as nobody walks.
template <class Map>
void moving_buckets_allocates_nothing() {
  checking("hf.table.growth-allocates-nothing");
  Map map(Map::policy::capacity(16));
  map.pause_growth();
  for (std::uint64_t n = 0; n < 300; ++n) map[key_number<Map>(n, 2)] = n;
  map.resume_growth();
  map[key_number<Map>(5000, 0)] = 0;
  require(map.growing(), "growth does not start after it was resumed");
  heap::fail_after = 0;
  while (map.growing()) map.step_growth(1);
  require(heap::fail_after == 0, "moving buckets allocates");
  heap::fail_after = -1;
  require_sound(map);
}

// ---- misuse ------------------------------------------------------------------------------------------------

template <class Map>
void misuse_is_reported(bool while_growing) {
  checking("hf.sync.mark-overlap-reported");
  Map map;
  Map other;
  if (while_growing) {
    begin_growth(map, 16);
  } else {
    for (std::uint64_t n = 0; n < 10; ++n) map[chosen_key<Map>(n, n)] = n;
  }
  other[1] = 1;
  auto walk = map.begin();
  const std::uint64_t present = walk->first;
  const auto told = [&](auto act) {
    return first_line_of([&] {
      map.table().head().mark.begin_write(holdfast::operation::insert);
      act();
    });
  };
  const std::string reading = "fatal error: concurrent map read and map write";
  const std::string writing = "fatal error: concurrent map writes";
  const std::string walking = "fatal error: concurrent map iteration and map write";
  const std::string cloning = "fatal error: concurrent map clone and map write";
  require(told([&] { (void)map.contains(present); }) == reading, "a lookup during a write");
  require(told([&] { (void)map.get(chosen_key<Map>(1, 999)); }) == reading, "a lookup of an absent key during a write");
  require(told([&] { map[present] = 1; }) == writing, "an assignment during a write");
  require(told([&] { map[chosen_key<Map>(1, 999)] = 1; }) == writing, "an insert during a write");
  require(told([&] { map.erase(present); }) == writing, "an erasure during a write");
  require(told([&] { map.erase(walk); }) == writing, "an erasure at an iterator during a write");
  require(told([&] { map.clear(); }) == writing, "a clear during a write");
  require(told([&] { map.reserve(500); }) == writing, "a reserve during a write");
  require(told([&] { map.shrink_to_fit(); }) == writing, "a shrink during a write");
  require(told([&] { map.step_growth(1); }) == writing, "a step of growth during a write");
  require(told([&] { map.finish_growth(); }) == writing, "finishing growth during a write");
  require(told([&] { map.swap(other); }) == writing, "a swap during a write");
  require(told([&] { other.swap(map); }) == writing, "a swap with a map under a write");
  require(told([&] { map = other; }) == writing, "an assignment of a whole map during a write");
  require(told([&] { other = std::move(map); }) == writing, "a move out of a map during a write");
  require(told([&] { ++walk; }) == walking, "a walk during a write");
  require(told([&] { (void)map.begin(); }) == walking, "the beginning of a walk during a write");
  require(told([&] { const Map copy(map); }) == cloning, "a clone during a write");
}

// The maps of numbers catch most bugs, and are half of what there is to compile.
template <int Part>
void check_part() {
  if constexpr (Part == 1) {
    growth_starts_where_the_policy_says<chosen_fast>({15, 29, 57, 113, 225, 449});
    growth_starts_where_the_policy_says<chosen_go>({9, 14, 27, 53, 105, 209, 417, 833});
    a_write_moves_its_share_and_no_more<chosen_fast>();
    a_write_moves_its_share_and_no_more<chosen_go>();
    old_buckets_tell_where_their_entries_went<chosen_fast>();
    old_buckets_tell_where_their_entries_went<chosen_go>();
    moves_are_counted<chosen_fast>();
    moves_are_counted<chosen_go>();
    go_packs_when_crowded();
    fast_packs_when_crowded();
    paused_growth_waits<chosen_fast>();
    paused_growth_waits<chosen_go>();
    clear_ends_growth<chosen_fast>();
    clear_ends_growth<chosen_go>();
    erasing_leaves_exact_marks<chosen_fast>();
    erasing_leaves_exact_marks<chosen_go>();
    seeds_are_renewed<chosen_fast>();
    walks_begin_anywhere<chosen_fast>();
    walks_begin_anywhere<chosen_go>();
    ended_walks_show_nothing_old<chosen_fast>();
    ended_walks_show_nothing_old<chosen_go>();
    iterators_may_outlive_their_map();
    misuse_is_reported<chosen_fast>(false);
    misuse_is_reported<chosen_go>(true);
    arguments_may_live_in_the_map<chosen_fast>();
    moving_buckets_allocates_nothing<chosen_fast>();
    moving_buckets_allocates_nothing<chosen_go>();
    any_operations_agree_with_a_model<chosen_fast>(24, 480);
    any_operations_agree_with_a_model<chosen_go>(24, 480);
    a_walk_meets_every_entry_once<chosen_fast>(24);
    a_walk_meets_every_entry_once<chosen_go>(24);
    a_walk_goes_on_through_packing();
    insertion_and_copies_survive_failures<chosen_fast>(heap::fail_after);
    insertion_and_copies_survive_failures<chosen_go>(heap::fail_after);
    entries_come_back_from_overflow();
    large_arrays_grow_in_place<chosen_fast>(1024);
    large_arrays_grow_in_place<chosen_go>(2048);
    large_arrays_split_without_walks<chosen_fast>(1024);
    large_arrays_split_without_walks<chosen_go>(2048);
    old_ranges_are_given_back_behind_the_front();
  } else {
    boxed_values_never_move<text_stable>();
    arguments_may_live_in_the_map<text_go>();
    arguments_may_live_in_the_map<text_stable>();
    any_operations_agree_with_a_model<text_go>(12, 400);
    any_operations_agree_with_a_model<text_stable>(8, 300);
    insertion_and_copies_survive_failures<text_go>(heap::fail_after);
    insertion_and_copies_survive_failures<text_go>(poor_hash::throw_after);
    insertion_and_copies_survive_failures<text_go>(counted::throw_after);
  }
}

}  // namespace

int main() {
  setenv("HOLDFAST_OPTIONS", "seed=20240229", 1);
  setenv("HOLDFAST_TRACEBACK", "none", 1);
  broken_by_signals(120);
  check_part<HOLDFAST_SUITE_PART>();
  std::puts("every promise is kept");
}
