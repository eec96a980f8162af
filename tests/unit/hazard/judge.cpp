// The judge takes nothing for granted: each way not to be as told has its own sentence.
#include <holdfast/hazard/judge.hpp>

#include <gtest/gtest.h>

#include <csignal>

namespace {

namespace hazard = holdfast::hazard;
using end = enum hazard::outcome::end;

hazard::outcome exited(int code) {
  hazard::outcome seen;
  seen.end = end::exited;
  seen.exit_code = code;
  return seen;
}

hazard::outcome killed(int signal) {
  hazard::outcome seen;
  seen.end = end::killed;
  seen.signal = signal;
  return seen;
}

hazard::outcome faulted(std::uint64_t announced, std::uint64_t bytes, std::uint64_t address) {
  hazard::outcome seen = killed(SIGSEGV);
  seen.notes.signal = SIGSEGV;
  seen.notes.code = SEGV_MAPERR;
  seen.notes.expected = announced;
  seen.notes.expected_bytes = bytes;
  seen.notes.address = address;
  return seen;
}

hazard::outcome reported(std::string text) {
  hazard::outcome seen = killed(SIGABRT);
  seen.standard_error = std::move(text);
  return seen;
}

const hazard::expectation fault = {.ending = hazard::ending::signal, .signal_number = SIGSEGV, .at_announced_address = true};
const hazard::expectation report = {
    .ending = hazard::ending::report, .first_line = "fatal error: concurrent map writes", .also_says = {"cure: "}};

TEST(Judge, TakesAnExitCodeForWhatItIs) {
  EXPECT_TRUE(judge({}, exited(0)).as_told);
  EXPECT_FALSE(judge({}, exited(3)).as_told);
  EXPECT_TRUE(judge({.ending = hazard::ending::wrong_answer}, exited(3)).as_told);
  EXPECT_FALSE(judge({.ending = hazard::ending::wrong_answer}, exited(0)).as_told);
  EXPECT_FALSE(judge({.ending = hazard::ending::wrong_answer}, killed(SIGSEGV)).as_told);
}

TEST(Judge, WantsTheFaultWhereItWasAnnounced) {
  EXPECT_TRUE(judge(fault, faulted(0x1000, 8, 0x1000)).as_told);
  EXPECT_TRUE(judge(fault, faulted(0x1000, 8, 0x1007)).as_told);
  EXPECT_FALSE(judge(fault, faulted(0x1000, 8, 0x1008)).as_told);
  EXPECT_FALSE(judge(fault, faulted(0x1000, 8, 0xfff)).as_told);
  EXPECT_EQ(judge(fault, faulted(0x1000, 8, 0x2000)).why_not, "it should have faulted at 0x1000, it faulted at 0x2000");
}

TEST(Judge, WantsTheRightSignal) {
  EXPECT_FALSE(judge(fault, killed(SIGABRT)).as_told);
  EXPECT_FALSE(judge(fault, exited(0)).as_told);
  EXPECT_FALSE(judge(fault, killed(SIGSEGV)).as_told) << "the address is not known";
}

TEST(Judge, WantsTheReportFirstAndWhole) {
  EXPECT_TRUE(judge(report, reported("fatal error: concurrent map writes\n  cure: a lock\n")).as_told);
  EXPECT_FALSE(judge(report, reported("noise\nfatal error: concurrent map writes\n  cure: a lock\n")).as_told);
  EXPECT_FALSE(judge(report, reported("fatal error: concurrent map writes and more\n  cure: a lock\n")).as_told);
  EXPECT_EQ(judge(report, reported("fatal error: concurrent map writes\n")).why_not, "the report lacks \"cure: \"");
}

TEST(Judge, WantsTheProcessToEndAfterItsReport) {
  hazard::outcome went_on = exited(0);
  went_on.standard_error = "fatal error: concurrent map writes\n  cure: a lock\n";
  EXPECT_FALSE(judge(report, went_on).as_told);
}

TEST(Judge, SaysWhatWasExpectedAndWhatCame) {
  const auto why = judge({}, exited(3)).why_not;
  EXPECT_EQ(why, "it should have ended with exit code 0, it ended with a wrong answer (exit code 3)");
}

TEST(SignalName, IsTheUsualOne) {
  EXPECT_EQ(hazard::signal_name(SIGBUS), "SIGBUS");
  EXPECT_EQ(hazard::signal_name(63), "signal 63");
}

TEST(FaultText, KnowsWhatTheKernelMeans) {
  EXPECT_EQ(hazard::fault_text(SIGSEGV, SEGV_MAPERR), "nothing mapped");
  EXPECT_EQ(hazard::fault_text(SIGSEGV, SEGV_ACCERR), "no access");
  EXPECT_EQ(hazard::fault_text(SIGABRT, 1), "");
}

TEST(ExpectationText, IsShort) {
  EXPECT_EQ(hazard::expectation_text(fault), "a SIGSEGV at the address that it announces");
  EXPECT_EQ(hazard::expectation_text(report), "the report \"fatal error: concurrent map writes\" and SIGABRT");
  EXPECT_EQ(hazard::expectation_text({}), "everything is as it should be");
}

}  // namespace
