// A crash while a fatal report is being made must not hide the report.
#include <holdfast/base/observe/crash_shield.hpp>

#include <csignal>
#include <cstdlib>
#include <thread>

#include <gtest/gtest.h>
#include <unistd.h>

#include <holdfast/base/lang/failure.hpp>
#include <holdfast/base/sync/writer_mark.hpp>

#include "tests/death/death_test.hpp"

namespace {

using holdfast::tests::aborted;

using CrashShieldDeath = holdfast::tests::death_test;

// Others crash by `signal` while this thread takes its time over a report.
[[noreturn]] void report_among_crashes(int signal) {
  holdfast::fatal_report report("fatal error: first");
  holdfast::observe::crash_shield shield;
  for (int i = 0; i < 3; ++i) std::thread([signal] { raise(signal); }).detach();
  usleep(50'000);
  report.finish("  rest\n");
}

// covers hf.observe.crash-waits
TEST_F(CrashShieldDeath, OtherThreadsThatCrashWaitForTheReport) {
  for (const int signal : {SIGSEGV, SIGBUS, SIGABRT})
    EXPECT_EXIT(report_among_crashes(signal), aborted, "^fatal error: first\n  rest\n$");
}

// covers hf.observe.crash-waits
TEST_F(CrashShieldDeath, AnAbortingThreadDoesNotKeepTheReporterFromEnding) {
  const auto both_abort = [] {
    holdfast::fatal_report report("fatal error: first");
    holdfast::observe::crash_shield shield;
    std::thread([] { std::abort(); }).detach();
    usleep(50'000);
    report.finish("  rest\n");
  };
  EXPECT_EXIT(both_abort(), aborted, "^fatal error: first\n  rest\n$");
}

// covers hf.observe.cut-short-is-said
TEST_F(CrashShieldDeath, AReportThatCrashesEndsWithALineThatSaysSo) {
  const auto crash_inside = [] {
    setenv("HOLDFAST_TRACEBACK", "single", 1);
    holdfast::writer_mark mark;
    mark.begin_write(holdfast::operation::insert);
    mark.check_no_writer(holdfast::operation::read, {[](const void*) noexcept -> holdfast::map_identity {
                                                       raise(SIGSEGV);
                                                       return {};
                                                     },
                                                     &mark});
  };
  EXPECT_EXIT(crash_inside(), testing::ExitedWithCode(2),
              "^fatal error: concurrent map read and map write\n"
              "  \\(the report was cut short: signal 11 while making it\\)\n$");
}

// covers hf.observe.shield-lowered
TEST_F(CrashShieldDeath, PutsSignalsBackWhenLowered) {
  const auto crash_after = [] {
    holdfast::fatal_report report("fatal error: first");
    holdfast::observe::crash_shield shield;
    shield.lower();
    signal(SIGSEGV, [](int) { _exit(7); });
    raise(SIGSEGV);
    report.finish("");
  };
  EXPECT_EXIT(crash_after(), testing::ExitedWithCode(7), "^fatal error: first\n$");
}

}  // namespace
