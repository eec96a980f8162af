// The reports of references that were used although nothing is there: what, where it came from, the cure.
#include <csignal>
#include <string>

#include <gtest/gtest.h>

#include <holdfast/lifetime/chain.hpp>
#include <holdfast/lifetime/handle_pool.hpp>
#include <holdfast/lifetime/must_check.hpp>
#include <holdfast/lifetime/sync_handle_pool.hpp>
#include <holdfast/map/map.hpp>

#include "tests/death/death_test.hpp"

namespace {

using holdfast::when_stale;
using holdfast::tests::aborted;

using LifetimeDeath = holdfast::tests::death_test;

struct page {
  int* number = nullptr;
};
struct user {
  page* shown = nullptr;
};

[[gnu::noinline]] holdfast::must_check<user*> find_nobody() { return nullptr; }

// covers hf.lifetime.stale-policies
TEST_F(LifetimeDeath, OfAStaleHandleWhereThatIsFatal) {
  holdfast::handle_pool<int> pool;
  pool.name("numbers");
  const auto one = pool.make(1);
  pool.erase(one);
  EXPECT_EXIT(static_cast<void>(pool.at<when_stale::fatal>(one)), aborted,
              "^fatal error: use of a stale reference\n"
              "  stale reference to pool \"numbers\": object erased from its pool by operation #2 on thread [0-9]+\n"
              "(.*\n)*  cure: ask get");
}

// covers hf.lifetime.stale-policies
TEST_F(LifetimeDeath, OfAForeignHandleWhereThatIsFatal) {
  holdfast::handle_pool<int> pool;
  holdfast::handle_pool<int> other;
  const auto one = other.make(1);
  EXPECT_EXIT(static_cast<void>(pool.at<when_stale::fatal>(one)), aborted,
              "^fatal error: use of a stale reference\n(.*\n)*.*the handle is of another pool\n"
              "(.*\n)*  cure: ask the pool that made it");
}

// covers hf.lifetime.stale-policies
TEST_F(LifetimeDeath, OfAnExpiredWeakReferenceWhereThatIsFatal) {
  holdfast::sync_handle_pool<int> pool;
  pool.name("shared");
  const auto one = pool.make(1);
  pool.clear();
  EXPECT_EXIT(static_cast<void>(one.at<when_stale::fatal>()), aborted,
              "^fatal error: use of a stale reference\n"
              "  stale reference to pool \"shared\": pool cleared by operation #[0-9]+ on thread [0-9]+\n");
}

// covers hf.map.ref-rules, hf.map.ref-tells
TEST_F(LifetimeDeath, OfAStaleReferenceIntoAMapWhereThatIsFatal) {
  using holdfast::reference_rules;
  holdfast::checked_map<int, int,
                        reference_rules{.overwritten = holdfast::when_overwritten::ends, .stale = when_stale::fatal}>
      map;
  map.name("users");
  map[1] = 1;
  const auto one = map.ref(1);
  map.insert_or_assign(1, 2);
  EXPECT_EXIT(static_cast<void>(*one), aborted,
              "^fatal error: use of a stale reference\n"
              "  stale reference to map \"users\": entry overwritten by operation #3 on thread [0-9]+\n"
              "(.*\n)*  cure: look the key up again");
  EXPECT_EXIT(static_cast<void>(*map.ref(2)), aborted, "the reference is empty");
}

// covers hf.lifetime.must-check-reported
TEST_F(LifetimeDeath, OfANullThatWasFollowedNamesWhereItWasMade) {
  EXPECT_EXIT(static_cast<void>(find_nobody().checked()->shown), aborted,
              "^fatal error: a null must_check was followed\n  the null was made at .*find_nobody.*\n"
              "(.*\n)*  cure: test it");
  EXPECT_EXIT(static_cast<void>(find_nobody().must()), aborted,
              "^fatal error: a null must_check was followed\n");
}

// covers hf.lifetime.chain-names-null
TEST_F(LifetimeDeath, OfANullLinkNamesTheLink) {
  page empty;
  user ann{&empty};
  EXPECT_EXIT(static_cast<void>(holdfast::chain(ann).then<&user::shown>().then<&page::number>().must()),
              aborted,
              "^fatal error: a chain of pointers has a null link\n  link 2 \\(number\\) is null, of 2 links\n"
              "(.*\n)*  cure: ask the chain");
}

}  // namespace
