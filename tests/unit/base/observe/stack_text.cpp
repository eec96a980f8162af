#include <holdfast/base/observe/stack_text.hpp>

#include <algorithm>
#include <string>

#include <gtest/gtest.h>

#include <holdfast/base/lang/place.hpp>
#include <holdfast/base/sync/thread_id.hpp>

namespace {

namespace observe = holdfast::observe;

// covers hf.observe.no-answer-is-said
TEST(StackText, SaysWhenThereIsNoStack) {
  EXPECT_EQ(observe::stack_text(observe::answer::none, {}), "    (no answer)\n");
  EXPECT_EQ(observe::stack_text(observe::answer::gone, {}), "    (gone)\n");
}

TEST(StackText, NumbersItsLines) {
  observe::backtrace stack;
  observe::capture_own(stack);
  const std::string text = observe::stack_text(observe::answer::given, stack);
  EXPECT_EQ(text.rfind("    #0 ", 0), 0u) << text;
  EXPECT_NE(text.find("\n    #1 "), std::string::npos) << text;
  EXPECT_GE(std::count(text.begin(), text.end(), '\n'), static_cast<std::ptrdiff_t>(stack.count));
}

TEST(StackText, FindsTheCallerOfALibraryFunctionThatWasInlined) {
  const std::string caller = observe::caller_of_ours(holdfast::here());
  if (caller.find(".cpp:") == std::string::npos) GTEST_SKIP() << "no debug information";
  EXPECT_NE(caller.find("stack_text.cpp:"), std::string::npos) << caller;
}

TEST(StackText, LeavesOutTheThreadsThatAreNamed) {
  observe::stack_collector collector;
  const std::uint32_t me = holdfast::this_thread_id();
  const std::string text = observe::other_stacks_text(collector, me, me);
  EXPECT_EQ(text.find("thread " + std::to_string(me)), std::string::npos);
}

}  // namespace
