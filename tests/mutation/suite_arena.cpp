// The mutation suite of arenas and pools. Every case is a promise; the first that is broken is printed and the program
// ends with 1.
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <string>
#include <thread>
#include <vector>

#include <csetjmp>
#include <csignal>

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <holdfast/base/lang/failure.hpp>
#include <holdfast/base/memory/arena.hpp>
#include <holdfast/base/memory/arena_fault.hpp>
#include <holdfast/base/memory/chunk_store.hpp>
#include <holdfast/base/memory/escaped.hpp>
#include <holdfast/base/memory/object_pool.hpp>
#include <holdfast/base/memory/poison.hpp>
#include <holdfast/base/memory/shared_arena.hpp>
#include <holdfast/managed/arena_map.hpp>

#include "tests/mutation/pages_for_tests.hpp"
#include "tests/mutation/in_child.hpp"
#include "tests/mutation/promise.hpp"

namespace {

using namespace holdfast;
using holdfast::tests::broken_by_signals;
using holdfast::tests::checking;
using holdfast::tests::ending;
using holdfast::tests::in_child;
using holdfast::tests::numbers;
using holdfast::tests::pages_for_tests;
using holdfast::tests::require;
using memory::chunk_bytes;
using memory::chunk_store;
using memory::region_bytes;

bool says(const ending& one, const char* text) { return one.said.find(text) != std::string::npos; }

bool readable(const void* address) {
  int ends[2];
  require(pipe(ends) == 0, "there is no pipe");
  const bool can = write(ends[1], address, 1) == 1;
  close(ends[0]);
  close(ends[1]);
  return can;
}

void objects_do_not_overlap() {
  checking("hf.arena.one-place");
  arena one;
  numbers random(1);
  std::vector<std::pair<unsigned char*, std::size_t>> rooms;
  for (int n = 0; n < 6000; ++n) {
    const std::size_t size = random.one_in(40) ? 1 + random.below(150'000) : 1 + random.below(300);
    const std::size_t align = std::size_t{1} << random.below(13);
    auto* const room = static_cast<unsigned char*>(one.allocate(size, align));
    require(reinterpret_cast<std::uintptr_t>(room) % align == 0, "an object does not lie at its alignment");
    require(one.owns(room) && one.owns(room + size - 1), "an arena does not know its own");
    std::memset(room, n & 0xff, size);
    rooms.emplace_back(room, size);
  }
  for (std::size_t n = 0; n < rooms.size(); ++n)
    for (std::size_t i = 0; i < rooms[n].second; i += 7)
      require(rooms[n].first[i] == (n & 0xff), "two objects share a byte");
  require(one.allocate(0) != one.allocate(0), "two rooms for nothing are one");
}

std::vector<int> log;
struct tracked {
  explicit tracked(int id) : number(id) {}
  ~tracked() { log.push_back(number); }
  int number;
};

void destructors_run_newest_first() {
  checking("hf.arena.destroyed-in-reverse");
  log.clear();
  arena one;
  static_cast<void>(one.make<tracked>(0));
  static_cast<void>(one.make<tracked>(1));
  one.reset();
  require(log == std::vector<int>{1, 0}, "not newest first");
  one.reset();
  require(log.size() == 2, "twice");
  checking("hf.arena.adopt-keeps-pointers");
  arena other;
  log.clear();
  static_cast<void>(one.make<tracked>(2));
  static_cast<void>(other.make<tracked>(3));
  const auto kept = other.make_ptr<int>(5);
  auto* const large = static_cast<char*>(other.allocate(70'000));
  one.adopt(other);
  require(other.owns(other.make<int>(1)), "the other goes on in what it has given away");
  other.reset();
  require(log.empty() && kept && one.owns(large), "what was adopted ended with the other");
  for (int n = 0; n < 3000; ++n) std::memset(other.allocate(64), 1, 64);
  require(*kept == 5, "what was adopted was written over");
  one.reset();
  require(log == std::vector<int>{3, 2} && !kept, "what was adopted did not end");
  require(one.stats().bytes_held == chunk_bytes * 2 && other.stats().bytes_held == chunk_bytes * 3,
          "the account is wrong");
}

void chunks_are_kept_and_given_back() {
  checking("hf.arena.chunks-kept");
  pages_for_tests pages;
  chunk_store store(pages);
  for (const after_reset rung : {after_reset::off, after_reset::generation, after_reset::poison}) {
    arena one({.check = rung, .chunks = &store});
    for (int round = 0; round < 3; ++round) {
      for (int n = 0; n < 5000; ++n) std::memset(one.allocate(64), 1, 64);
      require(one.stats().bytes_held == 5 * chunk_bytes, "chunks were not used again");
      one.reset();
      require(one.stats().bytes_used == 0 && one.stats().kept_chunks == 5, "chunks were not kept");
    }
    one.release();
    require(store.stats().used_chunks == 0, "chunks were not given back");
  }
  checking("hf.arena.large-apart");
  arena one({.chunks = &store});
  for (int round = 0; round < 30; ++round) {
    for (const std::size_t size : {30'000u, 400'000u, 1'990'000u, 5'000'000u}) {
      auto* const room = static_cast<char*>(one.allocate(size));
      room[0] = room[size - 1] = 'x';
    }
    one.reset();
    require(store.stats().used_chunks == 0, "a large object did not go back");
  }
  require(store.stats().regions <= 6 && pages.mapped == store.stats().regions * region_bytes,
          "large objects take ever more");
}

void limits_hold() {
  checking("hf.arena.overflow-policies");
  arena bounded({.when_full = overflow::bounded, .limit = 2 * chunk_bytes});
  int made = 0;
  while (bounded.try_allocate(1024) != nullptr) ++made;
  require(made >= 120 && made <= 128, "not the limit");
  require(bounded.try_allocate(20'000) == nullptr, "a large object passes the limit");
  bounded.reset();
  require(bounded.try_allocate(1024) != nullptr, "full after a reset");
  pages_for_tests pages;
  chunk_store store(pages);
  arena fixed({.when_full = overflow::fixed, .limit = chunk_bytes, .chunks = &store});
  pages.maps_until_refusal = 0;
  require(fixed.try_allocate(40'000) != nullptr && fixed.try_allocate(40'000) == nullptr, "fixed is not fixed");
  require(fixed.try_allocate(SIZE_MAX) == nullptr && fixed.try_allocate(SIZE_MAX - 6) == nullptr, "everything fits");
  require(fixed.try_allocate(8, 8192) == nullptr, "an alignment above a page");
  checking("hf.arena.refusal-changes-nothing");
  arena refused({.chunks = &store});
  require(refused.try_allocate(5'000'000) == nullptr && refused.stats().bytes_held == 0, "a refusal is held");
}

void pointers_know_their_end() {
  checking("hf.arena.ptr-knows-its-end");
  arena_ptr<int> outlives;
  for (const after_reset rung : {after_reset::generation, after_reset::poison, after_reset::protect}) {
    arena one({.check = rung});
    const auto small = one.make_ptr<int>(5);
    auto* const large = static_cast<char*>(one.allocate(300'000));
    const auto late = one.ptr(large + 290'000);
    require(small && late && *small == 5, "a live pointer is stale");
    one.reset();
    for (int round = 0; round < 3; ++round) {
      require(!small && !late && small.get() == nullptr, "a stale pointer is live");
      static_cast<void>(one.make<int>(6));
      one.reset();
    }
    outlives = one.make_ptr<int>(1);
  }
  require(!outlives, "a pointer outlives its arena");
  int outside = 0;
  arena one;
  require(one.ptr(&outside) == nullptr, "an arena takes what is not its own");
  checking("hf.arena.stale-tells-cause");
  one.reset();
  const auto named = one.make_ptr<int, when_stale::raises>(5);
  require(!named.why(), "a live pointer tells an end");
  one.reset();
  require(named.why().what() == cause::arena_reset && named.why().serial() == 2 &&
              named.why().thread() == static_cast<std::uint32_t>(gettid()),
          "a wrong cause");
  require(named.explain().find(": arena reset by operation #2 on thread") != std::string::npos,
          "explained in other words");
  require(named.at<when_stale::null>() == nullptr, "given where null was asked for");
  std::string said;
  try {
    static_cast<void>(*named);
  } catch (const stale_reference& stale) {
    said = stale.what();
  }
  require(said.find("arena " + std::to_string(one.id()) + ":") != std::string::npos, "the arena is not named");
  const ending child = in_child([&] {
    one.reset();
    const auto mine = one.make_ptr<int>(5);
    one.reset();
    return mine.why().thread() == static_cast<std::uint32_t>(getpid()) ? 0 : 1;
  });
  require(child.status == 0, "a child has its parent's thread id");
}

void poison_is_verified() {
  checking("hf.arena.poison-finds-writes");
  for (const std::size_t offset : {0u, 7u, 99u}) {
    const ending child = in_child([&] {
      arena one({.check = after_reset::poison});
      auto* const kept = static_cast<char*>(one.allocate(100));
      one.reset();
      kept[offset] = 'x';
      one.reset();
      static_cast<void>(one.allocate(8));
      return 0;
    });
    require(child.status != 0 && says(child, "arena memory written after reset"), "a write after reset is not found");
  }
  const ending elsewhere = in_child([] {
    char* kept = nullptr;
    {
      arena one({.check = after_reset::poison});
      kept = static_cast<char*>(one.allocate(100));
    }
    kept[3] = 'x';
    arena other({.check = after_reset::off});
    static_cast<void>(other.allocate(8));
    return 0;
  });
  require(says(elsewhere, "arena memory written after reset"), "another arena does not look");
  const ending kept_chunk = in_child([] {
    arena one({.check = after_reset::poison});
    auto* const kept = static_cast<char*>(one.allocate(100));
    one.reset();
    kept[3] = 'x';
    one.release();
    arena other({.check = after_reset::off});
    static_cast<void>(other.allocate(8));
    return 0;
  });
  require(says(kept_chunk, "arena memory written after reset"), "a write to a chunk in reserve is forgotten");
  unsigned char bytes[67];
  std::memset(bytes, memory::poison_byte, sizeof bytes);
  require(memory::find_unpoisoned(bytes, sizeof bytes) == sizeof bytes, "found where there is nothing");
  for (std::size_t i = 0; i < sizeof bytes; ++i) {
    bytes[i] ^= 1;
    require(memory::find_unpoisoned(bytes, sizeof bytes) == i, "a byte is not looked at");
    bytes[i] ^= 1;
  }
  arena one({.check = after_reset::poison});
  for (int round = 0; round < 5; ++round) {
    for (int n = 0; n < 100 * round; ++n) std::memset(one.allocate(1000), round, 1000);
    one.reset();
  }
}

void protected_memory_is_out_of_reach() {
  checking("hf.arena.protect-stops-use");
  pages_for_tests pages;
  chunk_store store(pages, {.warm_chunks = 4, .quarantined_chunks = 100});
  arena one({.check = after_reset::protect, .chunks = &store});
  const char* rooms[] = {static_cast<char*>(one.allocate(8)), static_cast<char*>(one.allocate(200'000)),
                         static_cast<char*>(one.allocate(3'000'000)) + 2'999'999};
  for (const char* const room : rooms) require(readable(room), "live memory is out of reach");
  one.reset();
  for (const char* const room : rooms) require(!readable(room), "a late use is not stopped");
  checking("hf.arena.addresses-wait");
  const void* before = nullptr;
  for (int n = 0; n < 20; ++n) {
    const void* const room = one.allocate(8);
    require(room != before, "an address is used again at once");
    before = room;
    one.reset();
  }
  for (int n = 0; n < 300; ++n) {
    static_cast<void>(one.allocate(8));
    one.reset();
  }
  require(store.stats().quarantined_chunks == 100 && pages.mapped <= 7 * region_bytes, "the queue has no end");
  checking("hf.arena.protect-refused");
  pages.protect_refused = true;
  const auto* const room = static_cast<std::uint64_t*>(one.allocate(8));
  one.reset();
  require(one.stats().unprotected == 1 && *room == 0xDBDBDBDBDBDBDBDBu, "not poisoned instead");
  pages.protect_refused = false;
  checking("hf.arena.sampled-every-nth");
  int protects = 0;
  for (int n = 0; n < 30; ++n)
    protects += arena({.check = after_reset::sampled, .sample_every = 10}).stats().check == after_reset::protect;
  require(protects == 3, "not every tenth");
}

sigjmp_buf back;
volatile sig_atomic_t handled = 0;
void own_handler(int) {
  handled = handled + 1;
  siglongjmp(back, 1);
}

void faults_are_named() {
  checking("hf.arena.fault-named");
  const auto use_late = [] {
    arena one({.name = "orders", .check = after_reset::protect});
    static_cast<void>(one.allocate(24));
    auto* const kept = static_cast<volatile char*>(one.allocate(24));
    static_cast<void>(one.allocate(24));
    one.reset();
    kept[5] = 'x';
    return 0;
  };
  const ending named = in_child([&] {
    const arena_fault_reports reports;
    return use_late();
  });
  require(says(named, "after reset\n  write to 0x") && says(named, ", 5 bytes into an object at 0x") &&
              says(named, "arena \"orders\" (id ") && says(named, "arena reset by operation #1"),
          "not named");
  require(says(named, "allocated at") && says(named, "stack of the use:") && says(named, "stack of the reset:"),
          "without stacks");
  checking("hf.arena.fault-chains");
  require(WIFSIGNALED(named.status) && WTERMSIG(named.status) == SIGSEGV, "the process does not end by the signal");
  const ending chained = in_child([&] {
    std::signal(SIGSEGV, own_handler);
    {
      const arena_fault_reports reports;
      if (sigsetjmp(back, 1) == 0) use_late();
    }
    if (handled != 1) return 1;
    return std::signal(SIGSEGV, SIG_DFL) == own_handler ? 0 : 2;
  });
  require(chained.status == 0 && says(chained, "after reset"), "the program's handler has no turn");
  const ending foreign = in_child([] {
    std::signal(SIGSEGV, own_handler);
    const arena_fault_reports reports;
    auto* const closed =
        static_cast<volatile char*>(mmap(nullptr, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    if (sigsetjmp(back, 1) == 0) closed[0] = 'x';
    return handled == 1 ? 0 : 1;
  });
  require(foreign.status == 0 && foreign.said.empty(), "a fault that is no arena's is told");
}

std::string told;
void escapes_are_settled() {
  checking("hf.arena.escapes-counted");
  set_failure_handler([](const failure& what) { told += what.text; });
  arena one;
  {
    escaped<int> first(one, one.make<int>(5));
    escaped<int> second = first;
    const escaped<int> third = std::move(first);
    require(one.stats().escapes == 2, "a move or a copy is not counted");
    second = third;
    require(one.stats().escapes == 2, "an assignment is not counted");
    one.reset();
    checking("hf.arena.escapes-settled");
    require(told.find("escaped handles: 2") != std::string::npos, "not reported");
    require(second.get() == nullptr && third.get() == nullptr && third.why().what() == cause::arena_reset, "not cut");
  }
  require(one.stats().escapes == 0, "a handle is counted after its end");
  told.clear();
  arena copying({.escapes = on_escape::copy_out});
  escaped<std::string> copied(copying, copying.make<std::string>("a text that needs memory of its own"));
  const escaped<std::unique_ptr<int>> cut(copying, copying.make<std::unique_ptr<int>>());
  copying.reset();
  for (int n = 0; n < 100; ++n) std::memset(copying.allocate(64), 1, 64);
  require(copied.is_copied() && *copied == "a text that needs memory of its own", "not copied out");
  require(cut.get() == nullptr && told.empty(), "what has no copy is not cut");
  set_failure_handler(nullptr);
  checking("hf.managed.arena-map-ends");
  arena_map<int, int> map(one);
  map.make(1, 2);
  require(*map.get(1) == 2 && !map.make(1, 3).inserted && *map.get(1) == 2, "a map does not hold");
  one.reset();
  require(map.empty(), "a map outlives its arena's round");
}

void shared_arenas_wait_for_lanes() {
  checking("hf.arena.shared-reset-when-out");
  log.clear();
  shared_arena all;
  {
    shared_arena::lane mine(all);
    static_cast<void>(mine->make<tracked>(1));
    checking("hf.arena.shared-lanes-apart");
    std::thread([&] {
      shared_arena::lane other(all);
      require(&*other != &*mine, "two threads have one arena");
    }).join();
    checking("hf.arena.shared-reset-when-out");
    require(!all.reset() && log.empty() && all.open_lanes() == 1, "a reset under an open lane");
  }
  require(all.open_lanes() == 0 && all.reset() && log.size() == 1, "no reset when all are out");
  {
    checking("hf.arena.shared-lanes-apart");
    const shared_arena::lane one(all);
    const shared_arena::lane two(all);
    require(&*one != &*two, "a lane that was idle is open to two");
  }
  checking("hf.arena.shared-fork");
  std::atomic<int> step = 0;
  std::thread other([&] {
    shared_arena::lane theirs(all);
    step = 1;
    while (step != 2) std::this_thread::yield();
  });
  while (step != 1) std::this_thread::yield();
  const ending child = in_child([&] { return all.open_lanes() == 0 && all.reset() ? 0 : 1; });
  step = 2;
  other.join();
  require(child.status == 0, "a child waits for threads that it does not have");
}

void pools_hand_out_once() {
  checking("hf.arena.pool-one-owner");
  object_pool<int> pool;
  std::vector<int*> all;
  for (int n = 0; n < 10; ++n) all.push_back(pool.get());
  for (int* const one : all) pool.put(one);
  require(pool.stats().idle == 10, "an object is lost");
  std::vector<int*> again;
  for (int n = 0; n < 10; ++n) again.push_back(pool.get());
  for (std::size_t n = 0; n < 10; ++n)
    for (std::size_t m = 0; m < n; ++m) require(again[n] != again[m], "an object has two owners");
  checking("hf.arena.pool-reuses");
  require(pool.stats().made == 10, "objects are made anew");
  checking("hf.arena.pool-two-trims");
  for (int* const one : again) pool.put(one);
  pool.trim();
  require(pool.stats().destroyed == 0, "idle once is too long");
  pool.put(pool.get());
  pool.trim();
  require(pool.stats().destroyed == 9, "not what was idle twice");
  pool.trim();
  require(pool.stats().destroyed == 10, "the one in the hot place stays for ever");
  checking("hf.arena.pool-misuse-told");
  const ending twice = in_child([] {
    object_pool<int> one;
    int* const object = one.get();
    one.put(object);
    one.put(object);
    return 0;
  });
  require(says(twice, "put into its pool twice"), "a second put is not found");
  const ending elsewhere = in_child([&] {
    object_pool<int> other;
    other.put(pool.get());
    return 0;
  });
  require(says(elsewhere, "put into a pool that it is not from"), "a foreign put is not found");
}

}  // namespace

int main() {
  setenv("HOLDFAST_TRACEBACK", "none", 1);
  broken_by_signals(50);
  objects_do_not_overlap();
  destructors_run_newest_first();
  chunks_are_kept_and_given_back();
  limits_hold();
  pointers_know_their_end();
  poison_is_verified();
  protected_memory_is_out_of_reach();
  faults_are_named();
  escapes_are_settled();
  shared_arenas_wait_for_lanes();
  pools_hand_out_once();
  std::puts("every promise is kept");
}
