#include <holdfast/base/lang/place.hpp>

#include <cstdint>

#include <gtest/gtest.h>

namespace {

[[gnu::noinline]] const void* place_in_this_function() { return holdfast::here(); }

// covers hf.lang.place-is-in-the-caller
TEST(Place, LiesInsideTheFunctionThatAsks) {
  const auto place = reinterpret_cast<std::uintptr_t>(place_in_this_function());
  const auto begin = reinterpret_cast<std::uintptr_t>(&place_in_this_function);
  EXPECT_GE(place, begin);
  EXPECT_LT(place, begin + 256);
}

TEST(Place, DiffersFromLineToLine) {
  const void* const first = holdfast::here();
  const void* const second = holdfast::here();
  EXPECT_NE(first, second);
}

}  // namespace
