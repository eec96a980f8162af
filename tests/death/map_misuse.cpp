// Maps used by several threads at once in ways that end the process: what stderr says, first of all.
#include <holdfast/map/go_map.hpp>
#include <holdfast/map/map.hpp>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <string>
#include <thread>

#include <gtest/gtest.h>
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/death/death_test.hpp"

namespace {

// An equality that, once told to, keeps its caller inside the map: a write that never ends.
struct sticky {
  static inline std::atomic<bool> holds{false};
  static inline std::atomic<bool> inside{false};
};
struct sticky_equal {
  bool operator()(int a, int b) const noexcept {
    if (sticky::holds && !sticky::inside.exchange(true)) {
      for (;;) usleep(1000);
    }
    return a == b;
  }
};
using sticky_map = holdfast::map<int, int, holdfast::hash<int>, sticky_equal>;

void insert_one(sticky_map& map) { map[1] = 1; }
void erase_one(sticky_map& map) { map.erase(2); }
void clear_all(sticky_map& map) { map.clear(); }
void read_one(sticky_map& map) { static_cast<void>(map.contains(2)); }
void get_one(sticky_map& map) { static_cast<void>(map.get(2)); }
void walk_all(sticky_map& map) { for (const auto& entry : map) static_cast<void>(entry); }
void clone_it(sticky_map& map) { static_cast<void>(map.clone().size()); }
void grow_it(sticky_map& map) { map.reserve(1000); }
void swap_it(sticky_map& map) { sticky_map other; map.swap(other); }

// A thread is inside a write for good when `second` comes along.
[[noreturn]] void meet(void (*second)(sticky_map&), const char* traceback = "") {
  sticky_map map;
  map.name("sessions");
  for (int key = 0; key < 10; ++key) map[key] = key;
  sticky::holds = true;
  holdfast::tests::meet([&] { insert_one(map); }, sticky::inside, [&] { second(map); }, traceback);
}

using MapMisuse = holdfast::tests::death_test;

using holdfast::tests::aborted;

// contract M91, T40, X3
TEST_F(MapMisuse, ASecondWriterIsReported) {
  for (auto* const second : {insert_one, erase_one, clear_all, grow_it, swap_it}) {
    EXPECT_EXIT(meet(second), aborted, "^fatal error: concurrent map writes\n");
  }
}

// contract M91, T41, X3
TEST_F(MapMisuse, AReaderBesideAWriterIsReported) {
  for (auto* const second : {read_one, get_one}) {
    EXPECT_EXIT(meet(second), aborted, "^fatal error: concurrent map read and map write\n");
  }
}

// contract M91, T42, X3
TEST_F(MapMisuse, AWalkBesideAWriterIsReported) {
  EXPECT_EXIT(meet(walk_all), aborted, "^fatal error: concurrent map iteration and map write\n");
}

// contract M91
TEST_F(MapMisuse, ACloneBesideAWriterIsReported) {
  EXPECT_EXIT(meet(clone_it), aborted, "^fatal error: concurrent map clone and map write\n");
}

// covers hf.sync.report-names-both
TEST_F(MapMisuse, TheReportNamesTheMapBothThreadsAndTheCure) {
  EXPECT_EXIT(meet(erase_one), aborted,
              "^fatal error: concurrent map writes\n"
              "  map \"sessions\" [^\n]*10 entries[^\n]*\n"
              "  this thread [0-9]+ \"late\" erasing at [^\n]+\n"
              "  other thread [0-9]+ \"early\" inserting at [^\n]+\n"
              ".*  stack of this thread .*  stack of the other thread .*  cure: ");
}

// contract M92, X17
TEST_F(MapMisuse, TheExitStatusIsAsTracebackSays) {
  const char* const text = "^fatal error: concurrent map writes\n";
  EXPECT_EXIT(meet(insert_one, "none"), testing::ExitedWithCode(2), text);
  EXPECT_EXIT(meet(insert_one, "single"), testing::ExitedWithCode(2), text);
  EXPECT_EXIT(meet(insert_one, "all"), testing::ExitedWithCode(2), text);
  EXPECT_EXIT(meet(insert_one, "crash"), aborted, text);
}

// contract M92: it is no exception
[[noreturn]] void try_to_catch() {
  sticky_map map;
  map[1] = 1;
  std::thread early([&] {
    sticky::holds = true;
    map[1] = 2;
  });
  while (!sticky::inside) std::this_thread::yield();
  try {
    map[1] = 3;
  } catch (...) {
    _exit(0);
  }
  _exit(0);
}
TEST_F(MapMisuse, CannotBeCaught) { EXPECT_EXIT(try_to_catch(), aborted, "^fatal error: concurrent map writes\n"); }

// Re-entry from a callback is the same thread twice.
struct re_enters {
  re_enters() = default;
  explicit re_enters(holdfast::map<int, re_enters>& m) { m[2]; }
};
[[noreturn]] void re_enter() {
  holdfast::map<int, re_enters> map;
  map[5];
  map.try_emplace(1, map);
  _exit(0);
}
TEST_F(MapMisuse, AConstructorThatWritesToTheMapItIsMadeInIsReported) {
  EXPECT_EXIT(re_enter(), aborted, "^fatal error: concurrent map writes\n.*this thread.*cure: ");
}

// Writes to two keys, by two threads, for `writes` rounds each: best effort, as in Go.
[[noreturn]] void hammer(int writes) {
  auto map = holdfast::go::make_map<int, int>();
  std::atomic<int> ready{0};
  const auto write = [&] {
    ++ready;
    while (ready < 2) std::this_thread::yield();
    for (int n = 0; writes < 0 || n < writes; ++n) {
      map.set(5, n);
      map.set(6, n);
      if (n % 64 == 0) std::this_thread::yield();
    }
  };
  map.set(5, 0);
  map.set(6, 0);
  std::thread first(write);
  std::thread second(write);
  first.join();
  second.join();
  _exit(0);
}

// contract T40
TEST_F(MapMisuse, TwoWritersOfTwoKeysAreFoundSoonerOrLater) {
  if (holdfast::thread_sanitizer) GTEST_SKIP() << "the race that this makes is what the sanitizer reports";
  EXPECT_EXIT(hammer(-1), aborted, "^fatal error: concurrent map writes\n");
}

// What a child that runs `hammer` writes to stderr.
std::string hammer_and_listen() {
  int ends[2];
  if (pipe(ends) != 0) return "no pipe";
  const pid_t child = fork();
  if (child == 0) {
    setenv("HOLDFAST_TRACEBACK", "none", 1);
    dup2(ends[1], STDERR_FILENO);
    close(ends[0]);
    hammer(10000);
  }
  close(ends[1]);
  std::string heard;
  char piece[512];
  for (ssize_t got; (got = read(ends[0], piece, sizeof piece)) > 0;) heard.append(piece, static_cast<std::size_t>(got));
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  if (WIFSIGNALED(status) && heard.empty()) return "killed by signal " + std::to_string(WTERMSIG(status));
  return heard;
}

// contract T43
TEST_F(MapMisuse, TwoHundredRunsSayNothingOrAPermittedMessageFirst) {
  if (holdfast::thread_sanitizer) GTEST_SKIP() << "the race that this makes is what the sanitizer reports";
  int found = 0;
  for (int run = 0; run < 200; ++run) {
    const std::string heard = hammer_and_listen();
    found += !heard.empty();
    ASSERT_TRUE(heard.empty() || heard.rfind("fatal error: concurrent map writes\n", 0) == 0 ||
                heard.rfind("fatal error: concurrent map read and map write\n", 0) == 0)
        << "run " << run << ": " << heard;
  }
  RecordProperty("runs_that_found_it", found);
}

}  // namespace
