// Fatal failures: they end the process, whatever the handler does.
#include <holdfast/base/lang/failure.hpp>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <future>
#include <stdexcept>
#include <thread>

#include <gtest/gtest.h>
#include <unistd.h>

#include <holdfast/base/lang/raise.hpp>
#include <holdfast/base/observe/fatal.hpp>

#include "tests/death/death_test.hpp"

namespace {

using holdfast::failure;

using holdfast::tests::aborted;

using FailureDeath = holdfast::tests::death_test;

[[noreturn]] void fail(const char* traceback = nullptr, holdfast::failure_handler handler = nullptr) {
  if (traceback == nullptr) unsetenv("HOLDFAST_TRACEBACK");
  else setenv("HOLDFAST_TRACEBACK", traceback, 1);
  holdfast::set_failure_handler(handler);
  holdfast::report_fatal("fatal error: the table is broken", "  map \"a\"\n  cure: mend it\n");
}

// covers hf.lang.first-line-first
TEST_F(FailureDeath, PrintsItsFirstLineFirst) {
  EXPECT_EXIT(fail(), aborted, "^fatal error: the table is broken\n  map \"a\"\n  cure: mend it\n$");
}

// covers hf.lang.traceback-exit-status
TEST_F(FailureDeath, ExitStatusFollowsTraceback) {
  EXPECT_EXIT(fail("none"), testing::ExitedWithCode(2), "^fatal error");
  EXPECT_EXIT(fail("single"), testing::ExitedWithCode(2), "^fatal error");
  EXPECT_EXIT(fail("all"), testing::ExitedWithCode(2), "^fatal error");
  EXPECT_EXIT(fail("crash"), aborted, "^fatal error");
}

// covers hf.lang.unknown-traceback-noted
TEST_F(FailureDeath, AnUnknownTracebackIsNotedOnce) {
  EXPECT_EXIT(fail("loud"), aborted,
              "^fatal error: the table is broken\n  map \"a\"\n  cure: mend it\n"
              "  note: HOLDFAST_TRACEBACK=loud is none of [^\n]*\n$");
}

// covers hf.lang.handler-replaces-printing
TEST_F(FailureDeath, HandlerGetsTheWholeReportInsteadOfStderr) {
  const auto handled = [](const failure& report) {
    holdfast::write_to_stderr("handled: ");
    holdfast::write_to_stderr(report.text);
    _exit(report.fatal ? 42 : 43);
  };
  EXPECT_EXIT(fail(nullptr, handled), testing::ExitedWithCode(42),
              "^handled: fatal error: the table is broken\n  map \"a\"\n  cure: mend it\n$");
}

// covers hf.lang.fatal-never-returns
TEST_F(FailureDeath, AbortsWhenTheHandlerReturns) {
  EXPECT_EXIT(fail("single", [](const failure&) {}), aborted, "handler returned from a fatal failure");
}

// covers hf.lang.fatal-never-returns
TEST_F(FailureDeath, AbortsWhenTheHandlerThrows) {
  if constexpr (holdfast::exceptions_enabled) {
    // A packaged task catches everything.
    const auto catch_it = [] {
      std::packaged_task<void()> task([] {
        fail(nullptr, [](const failure& report) { holdfast::raise(std::runtime_error(report.text)); });
      });
      task();
      _exit(0);
    };
    EXPECT_EXIT(catch_it(), aborted, "");
  }
}

// covers hf.lang.fatal-never-returns
TEST_F(FailureDeath, AFatalFailureInsideTheHandlerEndsTheProcess) {
  EXPECT_EXIT(fail("single", [](const failure&) { holdfast::report_fatal("fatal error: again", ""); }),
              testing::ExitedWithCode(2), "another fatal failure while reporting one: fatal error: again\n$");
}

// covers hf.lang.one-reporter
TEST_F(FailureDeath, OneThreadReportsAndTheOthersSleep) {
  const auto crowd = [] {
    std::atomic<int> ready{0};
    for (int i = 0; i < 8; ++i)
      std::thread([&] {
        for (++ready; ready < 8;) std::this_thread::yield();
        holdfast::report_fatal("fatal error: once", "  only\n");
      }).detach();
    for (;;) pause();
  };
  EXPECT_EXIT(crowd(), aborted, "^fatal error: once\n  only\n$");
}

// covers hf.observe.fatal-shows-stack
TEST_F(FailureDeath, AReportAboutOneThreadShowsItsStack) {
  const auto stale = [] {
    holdfast::observe::report_fatal_here("holdfast: fatal: stale iterator", "  map \"a\"\n", "look again");
  };
  EXPECT_EXIT(stale(), aborted,
              "^holdfast: fatal: stale iterator\n  map \"a\"\n"
              "  stack of this thread [0-9]+ \"[^\n]*\":\n    #0 .*  cure: look again\n$");
}

// covers hf.lang.output-kept
TEST_F(FailureDeath, WhatWasPrintedBeforeIsNotLostWhenItExits) {
  const auto speak_and_fail = [] {
    if (dup2(STDERR_FILENO, STDOUT_FILENO) < 0) _exit(1);
    std::fputs("printed before", stdout);
    fail("single");
  };
  EXPECT_EXIT(speak_and_fail(), testing::ExitedWithCode(2), "^fatal error.*printed before$");
}

}  // namespace
