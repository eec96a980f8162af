// The mutation suite of the locks and of the maps that they guard. scripts/run_mutations.py compiles it once
// for each planted bug.
//
// Two threads at most, and they yield where a bug would show, so that a bug is caught in the first rounds.
#include <atomic>
#include <csignal>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

#include <holdfast/concurrent/locked_map.hpp>
#include <holdfast/concurrent/sharded_map.hpp>

#include "tests/mutation/promise.hpp"

namespace {

using namespace holdfast::tests;
using holdfast::rw_mutex;

void together(const std::function<void(int)>& work, int count = 2) {
  std::atomic<int> ready{0};
  std::vector<std::thread> all;
  for (int thread = 0; thread < count; ++thread) {
    all.emplace_back([&, thread] {
      for (++ready; ready < count;) std::this_thread::yield();
      work(thread);
    });
  }
  for (std::thread& one : all) one.join();
}

// The first words that `act` writes to stderr, done by a child; how it ends does not matter.
template <class Act>
std::string words_of(Act act) {
  int ends[2];
  if (pipe(ends) != 0) std::abort();
  const pid_t child = fork();
  if (child == 0) {
    std::signal(SIGABRT, SIG_DFL);
    alarm(10);
    dup2(ends[1], 2);
    close(ends[0]);
    act();
    _exit(0);
  }
  close(ends[1]);
  char text[4096];
  std::string said;
  for (ssize_t got; (got = read(ends[0], text, sizeof text)) > 0;) said.append(text, static_cast<std::size_t>(got));
  close(ends[0]);
  waitpid(child, nullptr, 0);
  return said;
}

// ---- locks ------------------------------------------------------------------------------------------
void locks_exclude() {
  checking("hf.sync.lock-excludes");
  rw_mutex lock;
  std::atomic<int> inside{0};
  together(
      [&](int thread) {
        for (int n = 0; n < 3000; ++n) {
          const bool writes = thread == 0 || (thread == 1 && n % 8 == 0);
          writes ? lock.lock() : lock.lock_shared();
          const int before = inside.fetch_add(writes ? 1000 : 1);
          require(writes ? before == 0 : before < 1000, "a writer is not alone");
          if (n % 128 == 0) std::this_thread::yield();
          inside -= writes ? 1000 : 1;
          writes ? lock.unlock() : lock.unlock_shared();
        }
      },
      3);
  require(lock.try_lock(), "it is not free in the end");
  lock.unlock();
  lock.lock_shared();
  require(!lock.try_lock(), "a writer came in to a reader");
  lock.unlock_shared();
  lock.lock();
  lock.unlock();
}

void writer_first() {
  checking("hf.sync.writer-first");
  rw_mutex lock;
  lock.lock_shared();
  std::atomic<bool> written{false};
  std::thread writer([&] {
    lock.lock();
    written = true;
    lock.unlock();
  });
  for (int n = 0; lock.try_lock_shared(); ++n) {
    lock.unlock_shared();
    require(n < 10'000'000, "a writer that waits does not hold off readers");
    std::this_thread::yield();
  }
  require(!written, "a writer passed a reader");
  lock.unlock_shared();
  writer.join();
}

void unlock_checked() {
  checking("hf.sync.unlock-checked");
  require(words_of([] { rw_mutex().unlock(); }).starts_with("fatal error: sync: Unlock of"), "writer");
  require(words_of([] { rw_mutex().unlock_shared(); }).starts_with("fatal error: sync: RUnlock of"), "reader");
  require(words_of([] { holdfast::mutex().unlock(); }).starts_with("fatal error: sync: unlock of"), "mutex");
}

// ---- maps -------------------------------------------------------------------------------------------
template <class Map>
void one_thread() {
  checking("hf.concurrent.std-answers");
  Map map;
  for (int key = 0; key < 200; ++key) map.store(key, key);
  require(map.size() == 200, "size");
  require(map.load(7) == 7 && !map.load(200), "load");
  require(map.exchange(7, 8) == 7 && map.load(7) == 8, "exchange");
  require(!map.compare_exchange(7, 7, 9) && map.compare_exchange(7, 8, 9) && map.load(7) == 9, "compare_exchange");
  require(!map.compare_erase(7, 8) && map.compare_erase(7, 9) && !map.load(7), "compare_erase");
  require(map.load_or_store(7, 1) == holdfast::load_or_store_result<int>{1, false}, "load_or_store, absent");
  require(map.load_or_store(7, 2) == holdfast::load_or_store_result<int>{1, true}, "load_or_store, present");
  require(map.load_or_make(7, [] { return 3; }).loaded, "load_or_make");
  require(!map.alter(7, [](const int*) { return std::optional<int>(); }) && !map.load(7), "alter erases");
  require(map.alter(7, [](const int* old) { return std::optional(old == nullptr ? 7 : 0); }), "alter adds");
  require(map.load_and_erase(8) == 8 && !map.erase(8), "erase");
  int shown = 0;
  map.for_each([&](int, int) { return ++shown < 5; });
  require(shown == 5, "for_each stops");
  shown = 0;
  map.for_each([&](int, int) { ++shown; });
  require(shown == 199, "for_each");
  require(map.visit_many(std::vector{1, 2, 2, 500}, [](int, int) {}) == 3, "visit_many");
  require(map.snapshot().size() == 199, "snapshot");
  map.clear();
  require(map.empty() && !map.load(1), "clear");
}

template <class Map>
void pins_hold() {
  checking("hf.concurrent.pin-holds");
  Map map;
  map.store(1, 1);
  {
    auto first = map.pin(1);
    auto second = std::move(first);
    require(!first && *second == 1, "a pin is moved");
    std::atomic<bool> written{false};
    std::thread writer([&] {
      map.store(1, 2);
      written = true;
    });
    for (int n = 0; n < 200; ++n) std::this_thread::yield();
    usleep(2000);
    require(*second == 1 && !written, "a pinned value was changed");
    second.reset();
    writer.join();
  }
  require(map.load(1) == 2 && map.pin(1), "released");
  map.store(1, 3);
}

template <class Map>
void atomic_words() {
  checking("hf.concurrent.atomic");
  Map map;
  together([&](int) {
    for (int n = 0; n < 2000; ++n) {
      map.alter(1, [&](const int* old) {
        const int before = old == nullptr ? 0 : *old;
        if (n % 64 == 0) std::this_thread::yield();
        return std::optional(before + 1);
      });
    }
  });
  require(map.load(1) == 4000, "updates were lost");
}

// Lets the other thread come as far as this one while both still only look.
struct yielding_hash {
  std::size_t operator()(int key) const noexcept {
    std::this_thread::yield();
    return static_cast<std::size_t>(key);
  }
};

void makes_once() {
  checking("hf.concurrent.atomic");
  holdfast::locked_map<int, int, yielding_hash> map;
  for (int round = 0; round < 300; ++round) {
    std::atomic<int> made{0};
    together([&](int) { (void)map.load_or_make(round, [&] { return ++made; }); });
    require(made == 1, "made twice");
  }
}

template <class Map>
void one_instant() {
  checking("hf.concurrent.one-instant");
  Map map;
  std::atomic<bool> over{false};
  for (int key = 0; key < 8; ++key) map.store(key, 0);
  std::thread writer([&] {
    for (int round = 1; !over; ++round) {
      for (int key = 0; key < 8; ++key) map.store(key, round);
    }
  });
  for (int n = 0; n < 3000; ++n) {
    int value[8] = {};
    for (const auto& [key, there] : map.snapshot()) value[key] = there;
    for (int key = 1; key < 8; ++key)
      require(value[key] <= value[key - 1] && value[0] - value[7] <= 1, "a torn snapshot");
  }
  over = true;
  writer.join();
}

// If a lock is held meanwhile this waits for ever, and the alarm says so.
template <template <class, class> class Map>
void destroyed_outside() {
  checking("hf.concurrent.destroyed-outside");
  struct value {
    std::function<void()> at_end;
    ~value() {
      if (at_end) at_end();
    }
  };
  using pointer = std::shared_ptr<value>;
  Map<int, pointer> map;
  int ended = 0;
  const auto fresh = [&] { return std::shared_ptr<value>(new value{[&] { ended += map.size() < 100 ? 1 : 0; }}); };
  for (int key = 0; key < 6; ++key) map.store(key, fresh());
  map.store(0, pointer());
  map.erase(1);
  map.alter(2, [](const pointer*) { return std::optional<pointer>(); });
  (void)map.exchange(3, pointer());
  map.alter(4, [](const pointer*) { return std::optional(pointer()); });
  map.clear();
  require(ended == 6, "a value was not destroyed");
}

template <class Map>
void reentry_reported() {
  checking("hf.concurrent.reentry-reported");
  Map map;
  Map other;
  map.store(1, 1);
  other.store(1, 1);
  require(map.visit(1, [&](int) { (void)other.load(1); }), "another map may be used");
  const auto says = [](const std::string& text) { return text.starts_with("fatal error: map used inside"); };
  require(says(words_of([&] { map.visit(1, [&](int) { (void)map.load(1); }); })), "visit");
  require(says(words_of([&] { map.for_each([&](int, int) { map.erase(1); }); })), "for_each");
  require(says(words_of([&] { (void)map.load_or_make(2, [&] { return *map.load(1); }); })), "load_or_make");
  require(says(words_of([&] { map.alter(1, [&](const int*) { return map.load(1); }); })), "alter");
  require(says(words_of([&] { map.visit_many(std::vector{1}, [&](int, int) { map.clear(); }); })), "visit_many");
}

void spread() {
  checking("hf.concurrent.spread");
  holdfast::sharded_map<std::uint64_t, int> map;
  for (std::uint64_t key = 0; key < 64'000; ++key) map.store(key * 0x9e3779b97f4a7c15ULL, 1);
  const auto stats = map.stats();
  require(stats.shards == 32 && stats.fullest_shard < 2250 && stats.emptiest_shard > 1750, "shards are not even");
  require(stats.longest_chain <= 8, "chains are long");
}

template <class Key, class T>
using locked = holdfast::locked_map<Key, T>;
template <class Key, class T>
using sharded = holdfast::sharded_map<Key, T>;

template <template <class, class> class Map>
void all_of() {
  one_thread<Map<int, int>>();
  pins_hold<Map<int, int>>();
  atomic_words<Map<int, int>>();
  one_instant<Map<int, int>>();
  destroyed_outside<Map>();
  reentry_reported<Map<int, int>>();
}

}  // namespace

int main() {
  broken_by_signals(50);
  locks_exclude();
  writer_first();
  unlock_checked();
  makes_once();
  all_of<locked>();
  all_of<sharded>();
  spread();
  std::printf("all promises kept\n");
}
