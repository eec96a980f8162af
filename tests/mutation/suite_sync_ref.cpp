// The promises of references into a sync_map, checked so that each bug of bugs/sync_ref.txt is found within seconds:
// first a watch by itself, at each of its stages, then maps of one thread, then a race for what only threads can show.
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <holdfast/concurrent/sync_map.hpp>

#include "tests/mutation/guarded_heap.hpp"
#include "tests/mutation/promise.hpp"

namespace {

using namespace holdfast::tests;
using namespace holdfast;

// What shall happen at the next allocation.
std::function<void()> when_allocating;

// Not std::allocator, so that every block comes from the heap that counts.
template <class T>
struct counted_memory {
  using value_type = T;
  counted_memory() = default;
  template <class U>
  counted_memory(const counted_memory<U>&) noexcept {}
  T* allocate(std::size_t n) {
    if (when_allocating) std::exchange(when_allocating, nullptr)();
    return static_cast<T*>(::operator new(n * sizeof(T), std::align_val_t(alignof(T))));
  }
  void deallocate(T* p, std::size_t) noexcept { ::operator delete(p, std::align_val_t(alignof(T))); }
  friend bool operator==(counted_memory, counted_memory) noexcept { return true; }
};

struct crowded_hash {
  std::uint64_t operator()(std::uint64_t, std::uint64_t) const noexcept { return 5ULL << 56; }
};

template <class Hash = hash<int>>
using checked_of =
    sync_map<int, int, Hash, equal_to<int>, counted_memory<std::pair<const int, int>>, checked_entries<>>;

cause_record by_me(cause what, std::uint64_t operation) { return {what, operation, this_thread_id()}; }
void settle() { reclaim::default_domain().drain(); }

// ---- a watch ------------------------------------------------------------------------------------------------

struct entry : reclaim::retirable {
  using owner = concurrent::block_owner<counted_memory<int>>;
  int number = 0;
  [[nodiscard]] const int& value() const noexcept { return number; }
};

struct stage {
  using array = concurrent::bucket_array<concurrent::node_line>;
  using watch_type = concurrent::owned_watch<entry>;
  entry::owner memory;
  concurrent::node_line line;
  array first{&line, 1, 0, &line};
  array second{&line, 1, 0, &line};
  entry mine;
  entry other;
  concurrent::entry_home* home = &concurrent::owned_home<entry::owner>::make(memory);
  watch_type* watch = nullptr;

  stage() {
    first.growth.era = home->next_era();
    second.growth.era = home->next_era();
    home->current = &first;
    watch = watch_type::make(memory, *home);
    watch->watch(mine, first.growth.era);
    line.words[2] = word_of(mine, 1);
  }
  ~stage() {
    watch->let_go();
    home->let_go();
  }
  static std::uint64_t word_of(const entry& one, std::uint64_t hash) {
    return concurrent::sign_of(hash << 20) | reinterpret_cast<std::uintptr_t>(&one);
  }
};

void watch_by_stages() {
  const std::int64_t before = heap::live;
  {
    stage one;
    require(one.watch->is_there(), "an entry that is there is not");
    require(one.watch->value() == &one.mine.value() && one.watch->node() == &one.mine, "a watch is of another entry");
    one.watch->leave(one.line.words[2], cause::erased);
    require(one.watch->is_there(), "it is gone before it has left its slot");
    for (const std::uint64_t seen : {std::uint64_t{0}, stage::word_of(one.other, 1), std::uint64_t{1} | 64}) {
      one.line.words[2] = seen;
      require(!one.watch->is_there(), "it is there when it has left its slot");
    }
    require(one.watch->why() == by_me(cause::erased, 1), "another cause is told");
    one.line.words[2] = stage::word_of(one.mine, 7);
    require(one.watch->is_there(), "it is not found in its slot");
    one.home->current = &one.second;
    require(!one.watch->is_there(), "it is there when the map has been emptied");
    one.home->current = &one.first;
    one.watch->end();
    require(!one.watch->is_there(), "it is there when it has gone");
    require(one.watch->why() == by_me(cause::erased, 1), "another cause is told in the end");
  }
  {
    stage one;
    const cause_record cleared = one.home->operation(cause::map_cleared);
    one.home->note_emptying(cleared);
    one.home->current = &one.second;
    require(!one.watch->is_there() && one.watch->why() == cleared,
            "it does not know yet that the map has been emptied");
    one.watch->end(by_me(cause::map_cleared, 9));
    require(one.watch->why() == by_me(cause::map_cleared, 9), "it does not keep what it was told");
    one.home->current = &one.first;
    require(!one.watch->is_there(), "it is there again");
  }
  require(heap::live == before, "a watch or its home is not given back");
}

// ---- a map --------------------------------------------------------------------------------------------------

void causes() {
  checked_of<> map;
  map.name("ages");
  const auto after = [&](auto write) {
    map.store(1, 10);
    const auto one = map.ref(1);
    require(one.pin() && *one.pin() == 10 && !one.expired() && !one.why(),
            "a reference to what is there gives nothing");
    require(one.explain().empty(), "what is there has ended");
    write();
    require(!one.pin() && one.expired(), "a reference outlives its entry");
    return one.why();
  };
  std::uint64_t n = 0;
  require(after([&] { map.store(1, 10); }) == by_me(cause::overwritten, ++n), "store");
  require(after([&] { (void)map.exchange(1, 2); }) == by_me(cause::overwritten, ++n), "exchange");
  require(after([&] { (void)map.compare_exchange(1, 10, 2); }) == by_me(cause::overwritten, ++n), "compare_exchange");
  require(after([&] { map.alter(1, [](const int*) { return std::optional(2); }); }) == by_me(cause::overwritten, ++n),
          "alter");
  require(after([&] { map.erase(1); }) == by_me(cause::erased, ++n), "erase");
  require(after([&] { map.compare_erase(1, 10); }) == by_me(cause::erased, ++n), "compare_erase");
  require(after([&] { (void)map.load_and_erase(1); }) == by_me(cause::erased, ++n), "load_and_erase");
  sync_ref<int> cleared;
  require(after([&] {
            cleared = map.ref(1);
            map.clear();
          }) == by_me(cause::map_cleared, ++n),
          "clear");
  map.store(2, 2);
  map.clear();
  require(cleared.why() == by_me(cause::map_cleared, n++), "a later clear() is told");
  map.store(1, 1);
  map.erase(1);
  require(after([&] { map.erase(1); }) == by_me(cause::erased, ++n), "a write that ended nothing was counted");
}

// The first time a thread also gets what it keeps.
template <class Hash>
void many(int keys, bool is_first) {
  settle();
  const std::int64_t before = heap::live;
  std::vector<sync_ref<int>> all;
  {
    checked_of<Hash> map;
    for (int key = 0; key < keys; ++key) {
      map.store(key, key);
      all.push_back(map.ref(key));
      require(all.back() == map.ref(key), "two references to an entry differ");
    }
    for (int key = 0; key < keys; ++key)
      require(*all[static_cast<std::size_t>(key)].at() == key, "growth ended a reference");
    for (int key = 0; key < keys; key += 2) map.erase(key);
    for (int key = 1; key < keys; key += 4) map.store(key, -key);
    settle();
    for (int key = 0; key < keys; ++key) {
      const auto& one = all[static_cast<std::size_t>(key)];
      require(static_cast<bool>(one.pin()) == (key % 4 == 3), "a reference does not know what was done to its entry");
      require(one.why().what() == (key % 4 == 3   ? cause::none
                                   : key % 4 == 1 ? cause::overwritten
                                                  : cause::erased),
              "why");
    }
    for (int key = 0; key < keys; key += 2) map.store(key, key);  // into the same slots
    for (int key = 0; key < keys; key += 2) require(!all[static_cast<std::size_t>(key)].pin(), "a reference came back");
    map.clear();
    for (int key = 0; key < keys; ++key) map.store(key, key);
    for (const auto& one : all) require(!one.pin(), "a reference outlives clear()");
  }
  settle();
  for (const auto& one : all) require(!one.pin() && one.why() && !one.explain().empty(), "a reference forgets");
  all.clear();
  all.shrink_to_fit();
  settle();
  require(heap::live == before || is_first, "a reference leaves memory behind");
}

// What is looked at in the middle of a change, between two changes.
class opened_map : public checked_of<crowded_hash> {
 public:
  // The slot that a watch is told of is the one that the entry is in.
  void require_words(int keys) {
    for (int key = 0; key < keys; ++key) {
      const std::uint64_t hash = hash_of(key);
      const bool agrees = with_bucket(hash, [&](bucket& held) {
        const auto at = find_slot(held, key, marks(hash));
        return at && bucket::form::entry_in(held.word_of(at).load()) == held.entry_at(at);
      });
      require(agrees, "a watch is told of another slot");
    }
  }
  [[nodiscard]] std::uint64_t era() const {
    reclaim::section inside(*domain_);
    return current()->growth.era;
  }
};

void looked_into() {
  opened_map map;
  for (int key = 0; key < 40; ++key) map.store(key, key);
  map.require_words(40);
  const std::uint64_t first = map.era();
  for (int key = 40; key < 600; ++key) map.store(key, key);
  require(map.era() == first, "growth began another era");
  map.clear();
  require(map.era() != first, "the empty map is of the same era");
  map.store(1, 1);
  require(map.era() != first, "what comes after clear() is of the era before");
}

void counts() {
  settle();
  const std::int64_t before = heap::live;
  {
    auto map = std::make_unique<checked_of<>>();
    map->name("short");
    map->store(1, 1);
    sync_ref<int> one = map->ref(1);
    sync_ref<int> two = one;
    const sync_ref<int> three = std::move(two);
    two = three;
    one = nullptr;
    require(*three.at() == 1 && *two.at() == 1, "a copy refers to nothing");
    require(!map->ref(2) && !map->ref(2).pin() && map->ref(2).expired(), "an absent key is referred to");
    map.reset();
    settle();
    require(three.why().what() == cause::map_destroyed, "the end of the map is not told");
    require(three.explain().find("map \"short\": map destroyed") != std::string::npos,
            "the name of the map is not told");
  }
  require(heap::live == before, "a count of holders is wrong");
}

void holding() {
  checked_of<> map;
  map.store(1, 11);
  const auto one = map.ref(1);
  const auto held = one.pin();
  map.erase(1);
  settle();
  require(*held == 11, "what a reference gives is destroyed while it is held");
}

void failing() {
  checked_of<> map;
  map.store(1, 1);
  (void)map.ref(2);
  settle();
  const std::int64_t before = heap::live;
  heap::fail_after = 0;
  bool failed = false;
  try {
    (void)map.ref(1);
  } catch (const std::bad_alloc&) {
    failed = true;
  }
  heap::fail_after = -1;
  require(failed && heap::live == before && map.ref(1).pin(),
          "a reference for which there was no memory changed something");
}

// Lets something happen once between finding an entry and what is done with it.
struct hooked_equal {
  static inline std::function<void()> once;
  bool operator()(int a, int b) const {
    if (once) std::exchange(once, nullptr)();
    return a == b;
  }
};

void in_vain() {
  using map_type =
      sync_map<int, int, hash<int>, hooked_equal, counted_memory<std::pair<const int, int>>, checked_entries<>>;
  settle();
  const std::int64_t before = heap::live;
  {
    map_type map;
    map.store(1, 1);
    hooked_equal::once = [&] { map.erase(1); };
    require(!map.ref(1), "a reference to what was erased meanwhile");
    map.store(1, 2);
    sync_ref<int> first;
    hooked_equal::once = [&] { first = map.ref(1); };
    require(map.ref(1) == first && *first.at() == 2, "a reference to another entry than the key has");
    map.store(1, 3);
    when_allocating = [&] { first = map.ref(1); };
    require(map.ref(1) == first && *first.at() == 3, "two that refer to one entry at once have two watches");
  }
  settle();
  require(heap::live == before, "a watch that was made in vain is not given back");
}

// ---- threads ------------------------------------------------------------------------------------------------

// Who has seen an entry go must not be told that it is there.
void agree() {
  for (int round = 0; round < 2; ++round) {
    sync_map<int, int, hash<int>, equal_to<int>, std::allocator<std::pair<const int, int>>, checked_entries<>> map;
    map.store(0, 0);
    std::atomic<bool> over{false};
    std::thread writer([&] {
      for (int n = 1; !over.load(std::memory_order_relaxed); ++n) {
        if (round == 0 || n % 64 != 0) map.store(0, n);
        else map.clear();
      }
    });
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(700);
    while (std::chrono::steady_clock::now() < end) {
      for (int n = 0; n < 500; ++n) {
        const auto one = map.ref(0);
        const auto held = one.pin();
        if (!held) continue;
        for (int look = 0; look < 20; ++look) {
          const auto now = map.load(0);
          const bool there = static_cast<bool>(one.pin());
          require(now == *held || !there, "who has seen it go is told that it is there");
          if (!there) {
            require(map.load(0) != *held, "who was told that it has gone finds it there");
            require(static_cast<bool>(one.why()), "it has gone for no cause");
            break;
          }
        }
      }
    }
    over.store(true);
    writer.join();
  }
}

// The first reference to an entry, made by several threads at once.
void one_watch() {
  for (int round = 0; round < 300; ++round) {
    checked_of<> map;
    map.store(1, 1);
    std::array<sync_ref<int>, 2> made;
    std::atomic<int> missing{2};
    const auto refer = [&](std::size_t mine) {
      --missing;
      while (missing != 0) {}
      made[mine] = map.ref(1);
    };
    std::thread other(refer, 1);
    refer(0);
    other.join();
    require(made[0] == made[1] && made[0].pin(), "two threads have two watches of one entry");
    map.erase(1);
    require(!made[0].pin() && !made[1].pin(), "a reference was forgotten");
  }
}

}  // namespace

int main() {
  broken_by_signals(60);
  reclaim::default_domain().drain();
  checking("hf.concurrent.ref-ends-with-entry");
  watch_by_stages();
  checking("hf.concurrent.ref-tells");
  causes();
  checking("hf.concurrent.ref-never-dangles");
  many<hash<int>>(300, true);
  many<hash<int>>(3000, false);
  many<crowded_hash>(60, false);
  looked_into();
  checking("hf.concurrent.ref-outlives-map");
  counts();
  checking("hf.concurrent.ref-never-dangles");
  holding();
  in_vain();
  checking("hf.concurrent.ref-strong");
  failing();
  checking("hf.concurrent.ref-agrees-with-load");
  agree();
  one_watch();
  std::puts("all promises kept");
}
