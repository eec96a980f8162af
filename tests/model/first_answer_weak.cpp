// A value that is found out once, on the memory model of C++: all get the same one, and see how it was found.
#include "tests/model/first_answer_plays.hpp"

#include <gtest/gtest.h>

namespace {

using namespace holdfast::tests;

// covers hf.sync.first-answer
TEST(FirstAnswerOnWeakMemory, IsTheSameForAllAndSeen) { EXPECT_EQ(wrong_answer(5000), nullptr); }

// covers hf.sync.first-answer
TEST(FirstAnswerOnWeakMemory, AsksForNoOrderThatNothingNeeds) {
  weak_memory::orders_asked_for.clear();
  EXPECT_EQ(wrong_answer(500), nullptr);
  const auto places = weak_memory::orders_asked_for;
  EXPECT_EQ(places.size(), 3U);
  for (const auto& [place, order] : places) {
    weak_memory::relaxed_at = place;
    EXPECT_NE(wrong_answer(500), nullptr) << place.file << ':' << place.line << ' ' << place.function;
  }
  weak_memory::relaxed_at = {};
}

}  // namespace
