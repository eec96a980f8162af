// A callback that uses the map which called it, where that map holds a lock: reported, not waited for.
#include <holdfast/concurrent/locked_map.hpp>
#include <holdfast/concurrent/sharded_map.hpp>

#include <csignal>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/death/death_test.hpp"

namespace {

using holdfast::tests::aborted;

template <class Map>
class ReentryDeath : public holdfast::tests::death_test {
 protected:
  ReentryDeath() {
    for (int key = 0; key < 100; ++key) map.store(key, key);
  }

  template <class Call>
  void dies(Call call, const char* wanted, const char* member) {
    const std::string report = std::string("^fatal error: map used inside its own callback\n  this thread called ") +
                               wanted + "\\(\\) inside a callback of " + member + "\\(\\)(.*\n)*  cure: note what";
    EXPECT_EXIT(call(), aborted, report);
  }

  Map map;
};

using maps = testing::Types<holdfast::locked_map<int, int>, holdfast::sharded_map<int, int>>;
TYPED_TEST_SUITE(ReentryDeath, maps);

// covers hf.concurrent.reentry-reported
TYPED_TEST(ReentryDeath, OfVisitReading) {
  this->dies([&] { this->map.visit(1, [&](int) { (void)this->map.load(2); }); }, "load", "visit");
}
TYPED_TEST(ReentryDeath, OfVisitWriting) {
  this->dies([&] { this->map.visit(1, [&](int) { this->map.store(2, 2); }); }, "store", "visit");
}
TYPED_TEST(ReentryDeath, OfAlter) {
  this->dies(
      [&] {
        this->map.alter(1, [&](const int*) {
          this->map.erase(1);
          return std::optional<int>();
        });
      },
      "erase", "alter");
}
TYPED_TEST(ReentryDeath, OfLoadOrMake) {
  this->dies([&] { this->map.load_or_make(1000, [&] { return *this->map.load(1); }); }, "load", "load_or_make");
}
TYPED_TEST(ReentryDeath, OfForEach) {
  this->dies([&] { this->map.for_each([&](int, int) { (void)this->map.size(); }); }, "size", "for_each");
}
TYPED_TEST(ReentryDeath, OfVisitMany) {
  this->dies([&] { this->map.visit_many(std::vector{1}, [&](int, int) { this->map.clear(); }); }, "clear",
             "visit_many");
}

// Two maps: the callback of one may use the other, and through it is found out all the same.
TYPED_TEST(ReentryDeath, ThroughAnotherMap) {
  TypeParam other;
  other.store(1, 1);
  this->map.visit(1, [&](int) { other.store(2, 2); });
  EXPECT_EQ(other.load(2), 2);
  this->dies([&] { this->map.visit(1, [&](int) { other.visit(1, [&](int) { (void)this->map.pin(3); }); }); }, "pin",
             "visit");
}

}  // namespace
