// Every way in which a writer mark gives a misuse away, and what the report says.
#include <holdfast/base/sync/writer_mark.hpp>

#include <atomic>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <thread>

#include <gtest/gtest.h>
#include <pthread.h>
#include <unistd.h>

#include "tests/death/death_test.hpp"

namespace {

using holdfast::identity_source;
using holdfast::map_identity;
using holdfast::operation;
using holdfast::writer_mark;

writer_mark mark;

map_identity identify_sessions(const void*) noexcept { return {"sessions", 17, 4096, 31, 64, true}; }

identity_source sessions() { return {identify_sessions, &mark}; }

[[gnu::noinline]] void expire_idle() { mark.begin_write(operation::erase, sessions()); }

void write_too() { mark.begin_write(operation::insert, sessions()); }
void read_too() { mark.check_no_writer(operation::read, sessions()); }
void iterate_too() { mark.check_no_writer(operation::iterate, sessions()); }
void clone_too() { mark.check_no_writer(operation::clone, sessions()); }

// A thread is in the middle of erasing when `second` comes along.
[[noreturn]] void meet(void (*second)(), const char* traceback = "") {
  std::atomic<bool> inside{false};
  const auto erase_for_ever = [&] {
    expire_idle();
    inside = true;
    for (;;) usleep(100);
  };
  holdfast::tests::meet(erase_for_ever, inside, second, traceback);
}

using WriterMarkDeath = holdfast::tests::death_test;

using holdfast::tests::aborted;

// covers hf.sync.mark-overlap-reported
TEST_F(WriterMarkDeath, TwoWriters) { EXPECT_EXIT(meet(write_too), aborted, "^fatal error: concurrent map writes\n"); }

// covers hf.sync.mark-overlap-reported
TEST_F(WriterMarkDeath, ReaderAndWriter) {
  EXPECT_EXIT(meet(read_too), aborted, "^fatal error: concurrent map read and map write\n");
}

// covers hf.sync.mark-overlap-reported
TEST_F(WriterMarkDeath, IterationAndWriter) {
  EXPECT_EXIT(meet(iterate_too), aborted, "^fatal error: concurrent map iteration and map write\n.*walk");
}

// covers hf.sync.mark-overlap-reported
TEST_F(WriterMarkDeath, CloneAndWriter) {
  EXPECT_EXIT(meet(clone_too), aborted, "^fatal error: concurrent map clone and map write\n.*cure: clone");
}

// covers hf.sync.report-names-both
TEST_F(WriterMarkDeath, ReportNamesMapBothThreadsBothStacksAndCure) {
  EXPECT_EXIT(meet(write_too), aborted,
              "^fatal error: concurrent map writes\n"
              "  map \"sessions\" \\(id 17, 4096 entries, growing 31/64\\)\n"
              "  this thread [0-9]+ \"late\" inserting at [^\n]+\n"
              "  other thread [0-9]+ \"early\" erasing at [^\n]+\n"
              "  stack of this thread [0-9]+ \"late\":\n    #0 [^\n]+\n.*"
              "  stack of the other thread [0-9]+ \"early\":\n    #0 [^\n]+\n.*"
              "  cure: hold one lock [^\n]*docs[^\n]*\n$");
}

TEST_F(WriterMarkDeath, ReportNamesTheCallersFunction) {
  if (!holdfast::have_libbacktrace) GTEST_SKIP() << "built without libbacktrace";
  EXPECT_EXIT(meet(write_too), aborted, "\"early\" erasing at [^\n]*expire_idle");
}

TEST_F(WriterMarkDeath, ReportTellsOfAMapWithoutNameByItsAddress) {
  EXPECT_EXIT(meet([] { mark.begin_write(operation::insert, {[](const void*) noexcept {
                                           return map_identity{"", 0, 5, 0, 0, false};
                                         },
                                         &mark}); }),
              aborted, "\n  map at 0x[0-9a-f]+ \\(not named, 5 entries\\)\n");
}

TEST_F(WriterMarkDeath, ReportManagesWithoutAnIdentity) {
  EXPECT_EXIT(meet([] { mark.check_no_writer(operation::read); }), aborted, "\n  map at 0x[0-9a-f]+\n");
}

// covers hf.lang.traceback-exit-status
TEST_F(WriterMarkDeath, ExitsAsTracebackAsks) {
  EXPECT_EXIT(meet(write_too, "single"), testing::ExitedWithCode(2), "^fatal.*stack of the other.*cure");
  EXPECT_EXIT(meet(write_too, "all"), testing::ExitedWithCode(2), "^fatal.*stack of the other.*\n  stack of thread ");
  EXPECT_EXIT(meet(write_too, "crash"), aborted, "^fatal.*stack of the other.*\n  stack of thread ");
}

// covers hf.lang.traceback-exit-status
TEST_F(WriterMarkDeath, ShowsNoStacksWhenAskedForNone) {
  EXPECT_EXIT(meet(write_too, "none"), testing::ExitedWithCode(2),
              "^fatal[^\n]*\n  map [^\n]*\n  this thread [^\n]*\n  other thread [^\n]*\n  cure: [^\n]*\n$");
}

// covers hf.sync.reentry-told
TEST_F(WriterMarkDeath, TellsAWriteFromInsideACallbackOfTheSameMap) {
  const auto reenter = [] {
    expire_idle();
    write_too();
  };
  EXPECT_EXIT(reenter(), aborted,
              "^fatal error: concurrent map writes\n.*inserting at.*already erasing in it: re-entered from a callback"
              ".*cure: do not use a map from a hash");
}

// covers hf.sync.reentry-told
TEST_F(WriterMarkDeath, TellsAReadFromInsideACallbackOfTheSameMap) {
  const auto reenter = [] {
    expire_idle();
    read_too();
  };
  EXPECT_EXIT(reenter(), aborted, "^fatal error: concurrent map read and map write\n.*re-entered from a callback");
}

// covers hf.sync.mark-overlap-reported
TEST_F(WriterMarkDeath, TellsAWriterWhoseMarkWasTakenDownMeanwhile) {
  const auto leave_late = [] {
    const std::uint32_t me = mark.begin_write(operation::erase, sessions());
    std::thread([] { mark.reset(); }).join();
    mark.end_write(me, sessions());
  };
  EXPECT_EXIT(leave_late(), aborted,
              "^fatal error: concurrent map writes\n.*leaving a write.*other thread has left already");
}

// covers hf.sync.mark-overlap-reported
TEST_F(WriterMarkDeath, TellsAWriterWhoseMarkIsAnothersMeanwhile) {
  EXPECT_EXIT(meet([] { mark.end_write(0, sessions()); }), aborted,
              "^fatal error: concurrent map writes\n.*\"late\" leaving a write.*\"early\" erasing");
}

// covers hf.observe.no-answer-is-said
TEST_F(WriterMarkDeath, SaysThatTheOtherThreadHasGone) {
  const auto after_it_died = [] {
    std::thread(expire_idle).join();
    write_too();
  };
  EXPECT_EXIT(after_it_died(), aborted,
              "other thread [0-9]+ \\(gone\\) erasing.*stack of the other [^\n]*\n    \\(gone\\)\n");
}

// covers hf.lang.one-reporter
TEST_F(WriterMarkDeath, ManyThreadsAtOnceMakeOneReport) {
  const auto crowd = [] {
    setenv("HOLDFAST_TRACEBACK", "none", 1);
    for (int i = 0; i < 16; ++i)
      std::thread([] {
        for (;;) {
          mark.end_write(mark.begin_write(operation::insert, sessions()), sessions());
        }
      }).detach();
    for (;;) pause();
  };
  EXPECT_EXIT(crowd(), testing::ExitedWithCode(2),
              "^fatal error: concurrent map writes\n  map [^\n]*\n  this thread [^\n]*\n"
              "  other thread [^\n]*\n  cure: [^\n]*\n$");
}

}  // namespace
