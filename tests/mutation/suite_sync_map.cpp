// The promises of sync_map, checked so that each bug of bugs/sync_map.txt is found within seconds.
//
// Most interleavings need no second thread: a lookup calls the key's equality while it stands in a bucket,
// and the equality of this suite then lets the map split, follow, fill or clear before it answers. What only real
// threads can show is raced for a while at the end.
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <new>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include <holdfast/concurrent/sync_map.hpp>

#include "tests/mutation/promise.hpp"

namespace {

using holdfast::sync_map;
using holdfast::tests::broken;
using holdfast::tests::checking;
using holdfast::tests::numbers;
using holdfast::tests::require;

// The hash is the key.
struct chosen_hash {
  std::uint64_t operator()(std::uint64_t key, std::uint64_t) const noexcept { return key; }
};
struct spread_hash {
  std::uint64_t operator()(std::uint64_t key, std::uint64_t) const noexcept { return numbers::mixed(key); }
};
struct crowded_hash {
  std::uint64_t operator()(std::uint64_t key, std::uint64_t) const noexcept { return (key & 7) | 5ULL << 56; }
};

template <class Map>
void require_sound(const Map& map, int line = __builtin_LINE()) {
  if (const auto fault = map.audit()) broken(fault->invariant, fault->text.c_str(), line);
}

template <class Rounds>
void for_a_while(std::chrono::milliseconds length, Rounds round) {
  for (const auto end = std::chrono::steady_clock::now() + length; std::chrono::steady_clock::now() < end;) round();
}

// ---- one thread ---------------------------------------------------------------------------------------------

// Too large for a bucket: entries with it are nodes. Those of integers are pairs.
struct wide {
  wide(std::uint64_t n) : number(n) {}
  std::uint64_t number;
  std::uint64_t rest = 0;
  friend bool operator==(const wide&, const wide&) = default;
};
std::uint64_t number_of(std::uint64_t n) { return n; }
std::uint64_t number_of(const wide& w) { return w.number; }
using pairs = std::uint64_t;
using nodes = wide;
// With an equality that is not known, integers are words in nodes.
using other_equal = std::equal_to<>;

template <class T, class Hash, class Equal = holdfast::equal_to<std::uint64_t>>
void same_as_model(std::uint64_t keys, int operations) {
  sync_map<std::uint64_t, T, Hash, Equal> map;
  std::unordered_map<std::uint64_t, T> model;
  numbers random(keys);
  for (int n = 0; n < operations; ++n) {
    const std::uint64_t key = random.below(keys);
    const T value = random.next();
    switch (random.below(8)) {
      case 0: require(map.erase(key) == (model.erase(key) != 0), "erase answers differently"); break;
      case 1: {
        const auto before = map.exchange(key, value);
        require(before.has_value() == model.contains(key), "exchange answers differently");
        model.insert_or_assign(key, value);
        break;
      }
      case 2: require(map.load_or_store(key, value).loaded == !model.try_emplace(key, value).second, "load_or_store answers differently"); break;
      default: map.store(key, value); model.insert_or_assign(key, value);
    }
    if (n % 64 == 0) require_sound(map);
  }
  require(map.size() == model.size(), "size differs");
  for (const auto& [key, value] : model) require(map.load(key) == value, "an entry is not found, or has another value");
  std::size_t walked = 0;
  map.for_each([&](std::uint64_t key, const T&) {
    require(model.contains(key), "the walk shows what is not there");
    ++walked;
  });
  require(walked == model.size(), "the walk shows too few or too many");
  require(map.snapshot().size() == model.size(), "the snapshot has too few or too many");
  map.clear();
  require(map.size() == 0 && !map.load(model.begin()->first), "clear leaves something");
}

template <class T>
void grows_far() {
  sync_map<std::uint64_t, T> map;
  std::uint64_t splits = 0;
  for (std::uint64_t key = 0; key < 80'000; ++key) {
    map.store(key, key);
    if (key < 3000) {
      const std::uint64_t now = map.stats().splits;
      require(now <= splits + 4, "a write splits more than four buckets");
      splits = now;
    }
  }
  require_sound(map);
  for (std::uint64_t key = 0; key < 80'000; ++key) require(map.load(key) == T(key), "an entry is not found");
  const auto stats = map.stats();
  require(stats.buckets > 19'000 && stats.longest_chain <= 5, "growth does not keep up");
}

template <class T>
void chains_come_and_go() {
  sync_map<std::uint64_t, T, crowded_hash> map;
  for (std::uint64_t key = 0; key < 400; ++key) map.store(key, key);
  require_sound(map);
  for (std::uint64_t key = 0; key < 400; ++key) require(map.erase(key), "an entry in a chain is not found");
  require(map.stats().overflow_lines == 0, "empty overflow lines stay");
  require_sound(map);
}

// ---- texts and words in nodes -----------------------------------------------------------------------------

// Of many lengths, and pairs of them that differ in their last character only.
std::string text_of(std::uint64_t n) {
  return std::string(n / 2 % 70, 'x') + "abcdefgh" + static_cast<char>('0' + n % 2) + (n < 140 ? "" : std::to_string(n / 140));
}

template <class T>
void texts_are_kept() {
  sync_map<std::string, T> map;
  // Twice: in blocks that were given back.
  for (int round = 0; round < 2; ++round) {
    for (std::uint64_t n = 0; n < 3000; ++n) require(map.erase(text_of(n)) == (round != 0), "a text is not erased");
    holdfast::reclaim::default_domain().drain();
    for (std::uint64_t n = 0; n < 3000; ++n) map.store(text_of(2999 - n), T(2999 - n));
    require_sound(map);
    for (std::uint64_t n = 0; n < 3000; ++n)
      require(map.load(text_of(n)) == T(n), "a text is not found, or has another value");
  }
  require(!map.load("ab") && !map.load(text_of(7) + "x"), "a text is found that is not there");
  std::set<std::string> seen;
  map.for_each([&](const std::string& key, const T&) { require(seen.insert(key).second, "a walk shows a text twice"); });
  require(seen.size() == 3000, "a walk leaves a text out");
}

void words_are_written_in_place() {
  using map_type = sync_map<std::string, std::uint64_t>;
  auto& domain = holdfast::reclaim::default_domain();
  map_type map;
  map.store("key", 1);
  domain.drain();
  for (std::uint64_t n = 1; n < 50; ++n) {
    map.store("key", n + 1);
    require(map.load("key") == n + 1, "a word is not written");
    require(!map.compare_exchange("key", n, n), "a word is exchanged for what it is not");
    require(!map.compare_erase("key", n), "an entry is erased for a word that it has not");
  }
  require(domain.stats().waiting_objects == 0, "a node is retired that stays");
  // Held while it is erased and others come: the key must stay, the address must not come again.
  map_type other;
  for (int n = 0; n < 100; ++n) other.store("held " + std::to_string(n), 1);
  std::size_t walked = 0;
  other.for_each([&](const std::string& key, std::uint64_t) {
    other.erase(key);
    domain.drain();
    for (int n = 0; n < 3; ++n) map.store("fill " + std::to_string(walked * 3 + n), 1);
    require(key.starts_with("held "), "a key changes while it is shown");
    ++walked;
  });
  require(walked == 100, "a walk leaves out what was there when it came");
}

// Something happens when it is copied, as into a node.
struct meddling_key {
  static inline std::function<void()> happens;
  std::uint64_t number;

  explicit meddling_key(std::uint64_t n) : number(n) {}
  meddling_key(const meddling_key& other) : number(other.number) {
    if (happens) std::exchange(happens, nullptr)();
  }
  friend bool operator==(const meddling_key& a, const meddling_key& b) { return a.number == b.number; }
};
struct meddling_hash {
  std::uint64_t operator()(const meddling_key& key, std::uint64_t) const noexcept { return numbers::mixed(key.number); }
};

// The key comes while a node is made for it.
void words_are_written_in_place_of_late_ones() {
  auto& domain = holdfast::reclaim::default_domain();
  sync_map<meddling_key, std::uint64_t, meddling_hash, std::equal_to<>> map;
  for (std::uint64_t n = 0; n < 20; ++n) {
    const meddling_key key(n);
    meddling_key::happens = [&] { map.store(key, 10); };
    map.store(key, 20);
    require(map.load(key) == 20, "a word is not written over one that came late");
    map.store(key, 30);
    require(map.load(key) == 30, "a word is not written beside a key of the user's");
  }
  domain.drain();
  require(map.size() == 20 && domain.stats().waiting_objects == 0, "a node is retired that stays");
  for (std::uint64_t n = 0; n < 20; ++n) require(map.load(meddling_key(n)) == 30, "a node that stays is destroyed");
}

void words_are_told_apart_and_their_keys_stay() {
  using map_type = sync_map<std::uint64_t, std::uint64_t, spread_hash, other_equal>;
  map_type map;
  map.store(7, 10);
  int calls = 0;
  map.alter(7, [&](const std::uint64_t* old) {
    if (calls++ == 0) map.store(7, 50);
    return std::optional(*old + 1);
  });
  require(calls == 2 && map.load(7) == 51u, "alter goes by a word that is not there any more");
  // Shown where they lie, while they are erased and others come.
  auto& domain = holdfast::reclaim::default_domain();
  map_type others;
  for (std::uint64_t n = 0; n < 100; ++n) map.store(n, 1);
  map.for_each([&](const std::uint64_t& key, std::uint64_t) {
    const std::uint64_t shown = key;
    map.erase(shown);
    domain.drain();
    for (std::uint64_t n = 0; n < 3; ++n) others.store(1000 + shown * 3 + n, 1);
    require(key == shown, "a key changes while it is shown");
  });
}

// ---- a reader that is held up -------------------------------------------------------------------------------

// Compares, but before it answers that a decoy is not the key that is looked for, lets something happen.
struct hooked_equal {
  static inline std::function<void()> happens;
  static inline std::uint64_t decoy = ~std::uint64_t{0};
  bool operator()(std::uint64_t a, std::uint64_t b) const {
    if (a == decoy && a != b && happens) std::exchange(happens, nullptr)();
    return a == b;
  }
};
// Keys of one number modulo 2^56 have all marks but the bucket in common.
struct hooked_hash {
  std::uint64_t operator()(std::uint64_t key, std::uint64_t) const noexcept { return key & 0xffff; }
};
using hooked_map = sync_map<std::uint64_t, std::uint64_t, hooked_hash, hooked_equal>;

constexpr std::uint64_t twin(std::uint64_t hash, std::uint64_t number) { return hash | number << 16; }

// Looks for a key while the reader is held up at a decoy in front of it; it must be found whatever happened.
template <class Before, class Meanwhile>
void found_although(Before before, Meanwhile meanwhile, std::uint64_t wanted, std::uint64_t decoy) {
  hooked_map map;
  before(map);
  hooked_equal::decoy = decoy;
  hooked_equal::happens = [&] { meanwhile(map); };
  const auto found = map.load(wanted);
  const bool happened = !hooked_equal::happens;
  hooked_equal::happens = nullptr;
  hooked_equal::decoy = ~std::uint64_t{0};
  require(happened, "the suite: nothing happened");
  require(found == wanted, "a key that is there all the time is not found");
  require_sound(map);
}

void held_up_readers() {
  const std::uint64_t bucket = 3;
  const auto two = [&](hooked_map& map) {
    map.store(twin(bucket, 1), twin(bucket, 1));
    map.store(twin(bucket, 2), twin(bucket, 2));
  };
  // The array is followed by larger ones, and the bucket split, meanwhile.
  for (const std::uint64_t entries : {20u, 80u, 300u, 2000u}) {
    found_although(two, [&](hooked_map& map) { map.reserve(entries); }, twin(bucket, 2), twin(bucket, 1));
  }
  // In a large array: the key goes to the new bucket, and the old one is used for others.
  for (const std::uint64_t upper : {512u, 1024u, 2048u, 8192u, 16384u}) {
    const std::uint64_t goes = bucket + upper;
    found_although(
        [&](hooked_map& map) {
          map.reserve(upper * 7 / 2 - 8);  // buckets so far: all below `upper`, or a little less
          map.store(twin(goes, 1), twin(goes, 1));
          map.store(twin(goes, 2), twin(goes, 2));
        },
        [&](hooked_map& map) { map.reserve(upper * 7); }, twin(goes, 2), twin(goes, 1));
  }
  // The last entry of a full line makes room for a link.
  found_although(
      [&](hooked_map& map) {
        map.reserve(2000);
        for (std::uint64_t n = 1; n <= 7; ++n) map.store(twin(bucket, n), twin(bucket, n));
      },
      [&](hooked_map& map) { map.store(twin(bucket, 8), twin(bucket, 8)); }, twin(bucket, 7), twin(bucket, 1));
  // And of a full overflow line.
  found_although(
      [&](hooked_map& map) {
        map.reserve(2000);
        for (std::uint64_t n = 1; n <= 11; ++n) map.store(twin(bucket, n), twin(bucket, n));
      },
      [&](hooked_map& map) { map.store(twin(bucket, 12), twin(bucket, 12)); }, twin(bucket, 11), twin(bucket, 7));
  // An entry of the chain moves up in a split.
  found_although(
      [&](hooked_map& map) {
        map.reserve(1700);
        for (std::uint64_t n = 1; n <= 6; ++n) map.store(twin(bucket + 1024, n), 0);
        for (std::uint64_t n = 1; n <= 4; ++n) map.store(twin(bucket, n), twin(bucket, n));
      },
      [&](hooked_map& map) { map.reserve(7200); }, twin(bucket, 4), twin(bucket, 1));
}

// ---- pairs ------------------------------------------------------------------------------------------------
// The steps of others that a reader of pairs may fall between, one by one.

using pair_types = holdfast::concurrent::sync_types<std::uint64_t, std::uint64_t, chosen_hash, holdfast::equal_to<std::uint64_t>,
                                                    std::allocator<std::pair<const std::uint64_t, std::uint64_t>>>;
using pair_form = holdfast::concurrent::pair_form<pair_types>;

void pairs_step_by_step() {
  using namespace holdfast::concurrent;
  constexpr std::uint64_t key = 0x5500'0000'0000'0001;
  const pair_form::marks marks(key);
  const holdfast::equal_to<std::uint64_t> equal;
  pair_line line;
  // The slot had an entry of the same tag when the reader read the tags; it has gone, and ours is not published.
  const std::uint64_t old_tags = with_tag(0, 0, marks.tag());
  line.write(0, {key, 7});
  line.control.store(lock_bit);
  require(!pair_form::look(line, 0, old_tags, marks, key, equal), "an entry is found before it is published");
  line.put(0, {key, 7}, old_tags | lock_bit);
  require(static_cast<bool>(pair_form::look(line, 0, old_tags, marks, key, equal)), "an entry is not found for a lock's sake");
  // A split: what goes is not to be found in the old bucket once the new one can be written to.
  const auto goes = [](const holdfast::word_pair&, std::uint64_t tag) { return is_entry(tag); };
  const pair_types::owner owner = pair_types::owner::make({});
  pair_line fresh;
  packed_bucket<pair_form, pair_types::owner> packed;
  old_bucket<pair_form, pair_types::owner, decltype(goes)> from(line, old_tags, goes);
  from.pack(packed.begin(fresh, owner));
  static_cast<void>(from.take_out());
  require(tag_at(line.control.load(), 0) == vacant_tag, "what has gone is still found in the old bucket");
}

// Allocates as often as it is told, then throws; counts what has not come back.
struct sparing {
  int left;
  int held = 0;
};
template <class T>
struct sparing_allocator {
  using value_type = T;
  explicit sparing_allocator(sparing& blocks) noexcept : of(&blocks) {}
  template <class U>
  sparing_allocator(const sparing_allocator<U>& other) noexcept : of(other.of) {}
  T* allocate(std::size_t count) {
    if (of->left-- == 0) throw std::bad_alloc();
    ++of->held;
    return std::allocator<T>().allocate(count);
  }
  void deallocate(T* room, std::size_t count) noexcept {
    --of->held;
    std::allocator<T>().deallocate(room, count);
  }
  friend bool operator==(const sparing_allocator&, const sparing_allocator&) = default;
  sparing* of;
};

// A split of a bucket of which everything goes, once without enough memory; the new bucket's was in use before. The
// cells lead nowhere.
template <class Key, class T, class Cell>
void splits_without_memory(Cell cell_of) {
  using namespace holdfast::concurrent;
  using types = sync_types<Key, T, chosen_hash, holdfast::equal_to<Key>, sparing_allocator<std::byte>>;
  using form = sync_form<types>;
  using owner = typename types::owner;
  sparing blocks{4};  // one for the allocator itself, two for the old bucket, one for the new one
  const owner from = owner::make(sparing_allocator<std::byte>(blocks));
  const std::uint64_t tag = 0x21;
  typename form::line old;
  std::uint64_t tags = 0;
  for (std::uint64_t i = 0; i < 14; ++i) tags = put_in_bucket<form>(old, tags, cell_of(i), tag, from);
  typename form::line fresh;
  std::memset(static_cast<void*>(&fresh), 0x55, sizeof fresh);
  const auto goes = [](const auto&, std::uint64_t of) { return is_entry(of); };
  const auto pack = [&] {
    packed_bucket<form, owner> packed;
    old_bucket<form, owner, decltype(goes)>(old, tags, goes).pack(packed.begin(fresh, from));
    packed.keep();
  };
  bool has_failed = false;
  try {
    pack();
  } catch (const std::bad_alloc&) {
    has_failed = true;
  }
  require(has_failed && blocks.held == 3, "overflow lines of a split that failed are lost");
  blocks.left = 2;
  pack();
  require(fresh.link() != nullptr && fresh.link()->link() != nullptr && fresh.link()->link()->link() == nullptr,
          "a new bucket has the chain that its memory had");
  using overflow = owned_overflow<typename form::overflow_line, owner>;
  overflow::retire_chain(holdfast::reclaim::default_domain(), old.link());
  overflow::retire_chain(holdfast::reclaim::default_domain(), fresh.link());
  holdfast::reclaim::default_domain().drain();
  from.drop_block();
  require(blocks.held == 0, "overflow lines are lost");
}

// Values of a key only grow, and it is absent in between: what was erased must not be seen again.
void pairs_are_whole() {
  sync_map<std::uint64_t, std::uint64_t, crowded_hash> map;
  std::atomic<bool> over{false};
  std::thread writer([&] {
    for (std::uint64_t n = 1; !over.load(std::memory_order_relaxed); ++n) {
      // About half of them are absent at a time, so a slot has one key after the other.
      const std::uint64_t random = numbers::mixed(n);
      if (const std::uint64_t key = random % 5; random >> 63 != 0) map.store(key * 8, n << 8 | key);
      else map.erase(key * 8);
    }
  });
  std::uint64_t last[5] = {};
  std::uint64_t least[5] = {};
  for_a_while(std::chrono::milliseconds(400), [&] {
    for (std::uint64_t key = 0; key < 5; ++key) {
      const auto value = map.load(key * 8);
      require(!value || (*value & 0xff) == key, "the key of one store and the value of another");
      require(!value || *value >= least[key], "an old value after a newer one, or after none");
      if (value) last[key] = *value;
      least[key] = value ? *value : last[key] + 1;
    }
  });
  over.store(true);
  writer.join();
}

// ---- walks ----------------------------------------------------------------------------------------------

template <class T, class Hash>
void walks() {
  for (const bool clears : {false, true}) {
    sync_map<std::uint64_t, T, Hash> map;
    for (std::uint64_t key = 0; key < 300; ++key) map.store(key, 0);
    std::multiset<std::uint64_t> seen;
    std::uint64_t next = 300;
    map.for_each([&](std::uint64_t key, const T&) {
      seen.insert(key);
      if (clears && seen.size() % 100 == 0) {
        map.clear();
        for (std::uint64_t again = 0; again < 250; ++again) map.store(again, 0);
      }
      for (int n = 0; n < 4 && next < 1500; ++n) map.store(next++, 0);
    });
    for (const std::uint64_t key : seen) require(seen.count(key) == 1, "a walk shows a key twice");
    for (std::uint64_t key = 0; key < 300 && !clears; ++key) require(seen.count(key) == 1, "a walk leaves a key out");
  }
}

// ---- memory ---------------------------------------------------------------------------------------------

struct counted {
  static inline std::atomic<int> alive{0};
  int number;
  explicit counted(int n) : number(n) { ++alive; }
  counted(const counted& other) : number(other.number) { ++alive; }
  ~counted() {
    number = -1;
    --alive;
  }
};

void values_live_and_die() {
  {
    sync_map<int, counted> map;
    for (int key = 0; key < 500; ++key) map.store(key, counted(key));
    auto held = map.pin(7);
    for (int key = 0; key < 500; ++key) map.store(key, counted(key + 1000));
    for (int key = 0; key < 250; ++key) require(map.erase(key), "erase");
    holdfast::reclaim::default_domain().drain();
    require(held->number == 7, "a pinned value changes or dies");
    held = map.pin(300);
    map.clear();
    holdfast::reclaim::default_domain().drain();
    require(held->number == 1300, "a pinned value dies with clear");
    held.reset();
    holdfast::reclaim::default_domain().drain();
    require(counted::alive == 0, "values are kept, or die twice");
    map.store(1, counted(1));
  }
  require(counted::alive == 0, "values outlive their map");
}

// ---- threads --------------------------------------------------------------------------------------------

template <class Work>
void on_threads(int count, Work work) {
  std::vector<std::thread> threads;
  for (int thread = 0; thread < count; ++thread) threads.emplace_back([&, thread] { work(thread); });
  for (std::thread& one : threads) one.join();
}

template <class T, class Hash>
void finds_while_growing(std::uint64_t others) {
  sync_map<std::uint64_t, T, Hash> map;
  for (std::uint64_t key = 0; key < 64; ++key) map.store(key, key);
  std::atomic<bool> over{false};
  on_threads(3, [&](int thread) {
    if (thread == 0) {
      for (std::uint64_t n = 64; n < others; ++n) {
        map.store(n, n);
        if (n % 4 == 3) map.erase(n - 3);
      }
      over.store(true);
    }
    while (!over.load()) {
      for (std::uint64_t key = 0; key < 64; ++key) require(map.load(key) == T(key), "a key that is there is not found");
    }
  });
  require_sound(map);
}

template <class T, class Hash, class Equal = holdfast::equal_to<std::uint64_t>>
void loses_nothing(std::uint64_t keys) {
  sync_map<std::uint64_t, T, Hash, Equal> map;
  on_threads(4, [&](int thread) {
    for (std::uint64_t n = 0; n < keys; ++n) {
      const std::uint64_t key = thread % 2 == 0 || keys < 100 ? n : keys - 1 - n;
      map.alter(key, [](const T* old) { return std::optional<T>(old == nullptr ? T(1) : T(number_of(*old) + 1)); });
    }
  });
  require_sound(map);
  for (std::uint64_t key = 0; key < keys; ++key) require(map.load(key) == T(4), "a change is lost");
}

// Some count in stripes of their own, the others in one that they share.
void counts_exactly() {
  sync_map<std::uint64_t, std::uint64_t> map;
  map.reserve(5000);
  std::atomic<int> ready{0};
  on_threads(24, [&](int thread) {
    const auto base = static_cast<std::uint64_t>(thread) * 1000;
    map.store(base, 0);
    for (++ready; ready.load() < 24;) std::this_thread::yield();
    for (std::uint64_t round = 0; round < 40; ++round) {
      for (std::uint64_t key = 1; key < 100; ++key) map.store(base + key, key);
      for (std::uint64_t key = 2; key < 100; ++key) map.erase(base + key);
    }
  });
  require(map.size() == 48, "the count is not the number of entries");
  require_sound(map);
}

void makes_once() {
  sync_map<int, int> map;
  std::atomic<int> made{0};
  on_threads(4, [&](int) {
    for (int key = 0; key < 20; ++key) {
      (void)map.load_or_make(key, [&] {
        ++made;
        std::this_thread::sleep_for(std::chrono::microseconds(200));
        return key;
      });
    }
  });
  require(made == 20, "two make for one key");
}

void clears_all() {
  sync_map<std::uint64_t, std::uint64_t> map;
  std::atomic<std::uint64_t> stored{0};
  std::atomic<bool> over{false};
  std::thread writer([&] {
    for (std::uint64_t n = 1; !over.load(); ++n) {
      map.store(n % 600, n);
      stored.store(n);
    }
  });
  for_a_while(std::chrono::milliseconds(300), [&] {
    const std::uint64_t before = stored.load();
    map.clear();
    map.for_each([&](std::uint64_t, std::uint64_t value) { require(value >= before, "an entry survives clear"); });
  });
  over.store(true);
  writer.join();
  require_sound(map);
}

// A lookup reads mask and number of buckets one after the other, and once more when it has found nothing. Whatever
// has come in between: what it then takes for certain is so.
struct reader_of_masks : holdfast::concurrent::sync_find<pair_types> {
  using base = holdfast::concurrent::sync_find<pair_types>;
  using base::is_unsplit;
};

void masks_of_any_age() {
  using namespace holdfast::concurrent;
  constexpr std::uint64_t first = 4;
  constexpr std::uint64_t last = 17;
  pair_line lines[last];
  for (std::uint64_t of_mask = first; of_mask <= last; ++of_mask) {
    for (std::uint64_t of_number = of_mask; of_number <= last; ++of_number) {
      bucket_array<pair_line> now(lines, 0, last, lines);
      now.buckets.begin_with(of_number);
      const bucket_reach seen{mask_for(of_mask), of_number};
      for (std::uint64_t hash = 0; hash < 64; ++hash) {
        const std::uint64_t number = seen.number_of(hash);
        const bool is_right = number == place_of(hash, of_number).number;
        require(reader_of_masks::is_unsplit(now, hash, now.line(number), of_number) == is_right,
                "a mask is too old and goes unnoticed");
      }
    }
  }
}

}  // namespace

int main() {
  holdfast::tests::broken_by_signals(60);
  checking("hf.concurrent.right-bucket, hf.concurrent.tag-matches-node");
  same_as_model<pairs, spread_hash>(3000, 20'000);
  same_as_model<nodes, spread_hash>(3000, 20'000);
  same_as_model<pairs, chosen_hash>(2000, 10'000);
  same_as_model<nodes, chosen_hash>(2000, 10'000);
  same_as_model<pairs, crowded_hash>(150, 4000);
  same_as_model<nodes, crowded_hash>(150, 4000);
  same_as_model<pairs, spread_hash, other_equal>(3000, 20'000);
  same_as_model<pairs, crowded_hash, other_equal>(150, 4000);
  checking("hf.concurrent.word-of-entry");
  texts_are_kept<std::uint64_t>();
  texts_are_kept<wide>();
  words_are_written_in_place();
  words_are_written_in_place_of_late_ones();
  words_are_told_apart_and_their_keys_stay();
  checking("hf.concurrent.few-splits-a-write");
  grows_far<pairs>();
  grows_far<nodes>();
  chains_come_and_go<pairs>();
  chains_come_and_go<nodes>();
  checking("hf.concurrent.absent-is-checked, hf.concurrent.seen-while-moved");
  held_up_readers();
  masks_of_any_age();
  checking("hf.concurrent.found-is-published");
  pairs_step_by_step();
  checking("hf.concurrent.memory-comes-back, hf.concurrent.tag-matches-node");
  splits_without_memory<std::uint64_t, std::uint64_t>([](std::uint64_t i) { return holdfast::word_pair{i, i}; });
  splits_without_memory<std::uint64_t, wide>(
      [](std::uint64_t i) { return holdfast::concurrent::node_bit | (i + 1) << 4; });
  checking("hf.concurrent.walk-once");
  walks<pairs, spread_hash>();
  walks<pairs, chosen_hash>();
  walks<nodes, crowded_hash>();
  walks<pairs, crowded_hash>();
  checking("hf.concurrent.pin-outlives");
  values_live_and_die();
  checking("hf.concurrent.one-flight");
  makes_once();
  checking("hf.concurrent.counted");
  for_a_while(std::chrono::milliseconds(500), counts_exactly);
  checking("hf.concurrent.pair-is-whole");
  pairs_are_whole();
  checking("hf.concurrent.stays-in-sight, hf.concurrent.split-shows-first");
  for_a_while(std::chrono::milliseconds(1500), [] {
    finds_while_growing<pairs, spread_hash>(6000);
    finds_while_growing<nodes, spread_hash>(6000);
    finds_while_growing<pairs, crowded_hash>(200);
    finds_while_growing<nodes, crowded_hash>(200);
    loses_nothing<pairs, spread_hash>(800);
    loses_nothing<nodes, spread_hash>(800);
    loses_nothing<nodes, crowded_hash>(40);
    loses_nothing<pairs, spread_hash, other_equal>(800);
    for (int n = 0; n < 20; ++n) loses_nothing<pairs, crowded_hash, other_equal>(8);
    for (int n = 0; n < 40; ++n) loses_nothing<pairs, spread_hash>(90);  // all threads at the same few buckets
    for (int n = 0; n < 40; ++n) loses_nothing<nodes, spread_hash>(90);
  });
  checking("hf.concurrent.left-array-is-locked");
  clears_all();
  std::puts("all promises kept");
}
