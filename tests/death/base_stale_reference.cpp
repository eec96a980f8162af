// The fatal report of a reference that has ended.
#include <holdfast/base/observe/stale_reference.hpp>

#include <csignal>

#include <gtest/gtest.h>

#include "tests/death/death_test.hpp"

namespace {

using holdfast::tests::aborted;

using StaleReferenceDeath = holdfast::tests::death_test;

// covers hf.observe.stale-told
TEST_F(StaleReferenceDeath, ReportNamesTargetCauseStackAndCure) {
  EXPECT_EXIT(holdfast::report_stale("map \"users\"", {holdfast::cause::erased, 12, 4711}), aborted,
              "^fatal error: use of a stale reference\n"
              "  stale reference to map \"users\": entry erased by operation #12 on thread 4711\n"
              "(.*\n)*  stack of this thread (.*\n)*  cure: look the key up again");
}

}  // namespace
