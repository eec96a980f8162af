// Misuse of sections, pins and domains, and what the reports say.
#include <holdfast/base/reclaim/domain.hpp>

#include <atomic>
#include <optional>
#include <thread>

#include <gtest/gtest.h>

#include "tests/death/death_test.hpp"

namespace {

using namespace holdfast::reclaim;

struct plain : retirable {};
void forget(retirable*) noexcept {}

using ReclaimDeath = holdfast::tests::death_test;

// covers hf.reclaim.misuse-reported
TEST_F(ReclaimDeath, RetiringTwice) {
  plain one;
  EXPECT_DEATH(
      {
        domain own;
        own.retire(one, 1, forget);
        own.retire(one, 1, forget);
      },
      "holdfast: fatal: object retired twice\n(.|\n)*object at 0x[0-9a-f]+(.|\n)*cure: retire an object where it is unlinked");
}

// covers hf.reclaim.misuse-reported
TEST_F(ReclaimDeath, WaitingForReadersWhileReading) {
  const char* const report = "holdfast: fatal: waiting for readers while reading\n(.|\n)*cure: end the read_scope before";
  EXPECT_DEATH(
      {
        read_scope reading(default_domain());
        default_domain().synchronize();
      },
      report);
  EXPECT_DEATH(
      {
        section inside(default_domain());
        default_domain().drain();
      },
      report);
  EXPECT_DEATH(
      {
        section inside(default_domain());
        static_cast<void>(default_domain().barrier(1));
      },
      report);
}

// covers hf.reclaim.misuse-reported
TEST_F(ReclaimDeath, DrainingInADestructor) {
  EXPECT_DEATH(
      {
        plain one;
        default_domain().retire(one, 1, [](retirable*) noexcept { default_domain().drain(); });
        default_domain().drain();
      },
      "holdfast: fatal: draining inside a destructor\n(.|\n)*cure: drain after the destructor");
}

// covers hf.reclaim.misuse-reported
TEST_F(ReclaimDeath, LeavingASectionOnAnotherThread) {
  if (!holdfast::checked_build) GTEST_SKIP() << "only checked builds look";
  EXPECT_DEATH(
      {
        std::optional<section> inside;
        inside.emplace(default_domain());
        std::thread([&] { inside.reset(); }).join();
      },
      "holdfast: fatal: section left by another thread\n(.|\n)*cure: take a pin before you suspend");
}

}  // namespace
