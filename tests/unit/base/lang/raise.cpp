#include <holdfast/base/lang/raise.hpp>

#include <new>
#include <optional>
#include <stdexcept>
#include <string>

#include <gtest/gtest.h>

#include <holdfast/base/lang/optional_ref.hpp>

namespace {

using holdfast::exceptions_enabled;

// With exceptions the statement throws `Exception`; without, it says `what` and aborts.
template <class Exception, class Statement>
void expect_raised(Statement statement, const char* what) {
  if constexpr (exceptions_enabled) {
    EXPECT_THROW(statement(), Exception);
  } else {
    EXPECT_DEATH(statement(), what);
  }
}

// covers hf.lang.raise-one-door
TEST(Raise, ThrowsTheUsualKinds) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  expect_raised<std::out_of_range>([] { holdfast::raise_out_of_range("at: no such key"); }, "no such key");
  expect_raised<std::length_error>([] { holdfast::raise_length_error("too many"); }, "too many");
  expect_raised<std::bad_alloc>([] { holdfast::raise_bad_alloc(); }, "bad_alloc");
  expect_raised<std::bad_optional_access>([] { holdfast::raise_bad_optional_access(); }, "optional");
}

TEST(Raise, ThrowsAnyExceptionItIsGiven) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  expect_raised<std::domain_error>([] { holdfast::raise(std::domain_error("odd")); }, "odd");
}

// covers hf.lang.optional-ref-value-raises
TEST(Raise, IsWhatAnAbsentValueDoes) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  expect_raised<std::bad_optional_access>([] { static_cast<void>(holdfast::optional_ref<int>().value()); },
                                          "optional");
}

}  // namespace
