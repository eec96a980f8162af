// The counters of pointer_cache on the memory model of C++: no count is lost, and one would be without their orders.
#include <cstdint>

#include <gtest/gtest.h>

// Last: it spells std::atomic anew.
#include "tests/model/counter_plays.hpp"

namespace {

using namespace holdfast::tests;

// covers hf.cache.counted-once
TEST(CountersOnWeakMemory, WhoGetsAStripeGoesOnFromItsCounts) { EXPECT_EQ(loses_a_count(5000), 5000U); }

// covers hf.cache.counted-once
TEST(CountersOnWeakMemory, AskForNoOrderThatNothingNeeds) {
  weak_memory::orders_asked_for.clear();
  EXPECT_EQ(loses_a_count(500), 500U);
  const auto places = weak_memory::orders_asked_for;
  EXPECT_EQ(places.size(), 2U) << "a stripe is taken and given back";
  for (const auto& [place, order] : places) {
    weak_memory::relaxed_at = place;
    EXPECT_LT(loses_a_count(500), 500U) << place.file << ':' << place.line << ' ' << place.function;
  }
  weak_memory::relaxed_at = {};
}

}  // namespace
