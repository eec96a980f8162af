// The exception says what it referred to, what ended it, what to do; the fatal report is a death test.
#include <holdfast/base/observe/stale_reference.hpp>

#include <string>

#include <gtest/gtest.h>

namespace {

using holdfast::cause;
using holdfast::cause_record;

// covers hf.observe.stale-told
TEST(StaleReference, TellsWhatWhyAndWhatToDo) {
  const cause_record why(cause::overwritten, 81234, 4711);
  const std::string said = holdfast::stale_reference("map \"users\"", why).what();
  EXPECT_EQ(said,
            "holdfast: stale reference to map \"users\": entry overwritten by operation #81234 on thread 4711; "
            "look the key up again, or copy the value before it changes");
}

// covers hf.observe.stale-told
TEST(StaleReference, IsThrownWithItsCause) {
  try {
    holdfast::raise_stale("arena 7", cause_record(cause::arena_reset, 2, 9));
  } catch (const holdfast::stale_reference& told) {
    EXPECT_EQ(told.why(), cause_record(cause::arena_reset, 2, 9));
    return;
  }
  FAIL() << "nothing was thrown";
}

}  // namespace
