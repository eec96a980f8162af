// Refused failures only; the fatal ones are death tests.
#include <holdfast/base/lang/failure.hpp>

#include <cstdlib>
#include <future>
#include <stdexcept>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include <holdfast/base/lang/raise.hpp>

namespace {

using holdfast::failure;
using holdfast::traceback;

failure last{nullptr, {}, true};

void remember(const failure& report) { last = report; }

class Failure : public testing::Test {
 protected:
  void TearDown() override {
    holdfast::set_failure_handler(nullptr);
    unsetenv("HOLDFAST_TRACEBACK");
  }
};

TEST_F(Failure, HandlerIsGivenBackByTheNextOne) {
  EXPECT_EQ(holdfast::set_failure_handler(remember), nullptr);
  EXPECT_EQ(holdfast::set_failure_handler(nullptr), &remember);
  EXPECT_EQ(holdfast::set_failure_handler(nullptr), nullptr);
}

// covers hf.lang.refused-returns
TEST_F(Failure, RefusedMisuseIsToldToTheHandlerAndReturns) {
  holdfast::set_failure_handler(remember);
  holdfast::report_refused("holdfast: refused: growth is paused", "  map \"a\"\n  cure: resume it\n");
  EXPECT_STREQ(last.first_line, "holdfast: refused: growth is paused");
  EXPECT_EQ(last.text, "holdfast: refused: growth is paused\n  map \"a\"\n  cure: resume it\n");
  EXPECT_FALSE(last.fatal);
}

TEST_F(Failure, RefusedMisuseIsPrintedWithoutAHandler) {
  testing::internal::CaptureStderr();
  holdfast::report_refused("holdfast: refused: x", "  cure: y\n");
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "holdfast: refused: x\n  cure: y\n");
}

// covers hf.lang.refused-returns
TEST_F(Failure, HandlerMayThrowOutOfARefusedOne) {
  if constexpr (holdfast::exceptions_enabled) {
    holdfast::set_failure_handler([](const failure& report) { holdfast::raise(std::runtime_error(report.text)); });
    bool came_back = false;
    // A packaged task catches everything.
    std::packaged_task<void()> task([&] {
      holdfast::report_refused("refused", "");
      came_back = true;
    });
    task();
    EXPECT_FALSE(came_back);
    holdfast::set_failure_handler(remember);
    holdfast::report_refused("again", "");
    EXPECT_STREQ(last.first_line, "again");
  }
}

// covers hf.lang.traceback-exit-status
TEST_F(Failure, TracebackIsReadFromTheEnvironment) {
  const std::pair<const char*, traceback> known[] = {{"none", traceback::none},
                                                     {"single", traceback::single},
                                                     {"all", traceback::all},
                                                     {"crash", traceback::crash},
                                                     {"", traceback::unset},
                                                     {"Single", traceback::unset},
                                                     {"2", traceback::unset}};
  EXPECT_EQ(holdfast::wanted_traceback(), traceback::unset);
  for (const auto& [text, meaning] : known) {
    setenv("HOLDFAST_TRACEBACK", text, 1);
    EXPECT_EQ(holdfast::wanted_traceback(), meaning) << text;
  }
}

TEST_F(Failure, NobodyReportsBeforeThereIsAFatalOne) { EXPECT_EQ(holdfast::fatal_reporter(), 0u); }

}  // namespace
