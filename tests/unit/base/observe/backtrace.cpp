#include <holdfast/base/observe/backtrace.hpp>

#include <algorithm>
#include <csignal>
#include <cstdint>

#include <gtest/gtest.h>

namespace {

using holdfast::observe::backtrace;

bool lies_in(const void* place, const void* function) {
  const auto at = reinterpret_cast<std::uintptr_t>(place);
  const auto begin = reinterpret_cast<std::uintptr_t>(function);
  return at >= begin && at < begin + 512;
}

[[gnu::noinline]] void capture_from_caller(backtrace& stack) {
  holdfast::observe::capture_own(stack, __builtin_return_address(0));
  __asm__ volatile("" ::: "memory");  // no tail call
}

[[gnu::noinline]] void outer(backtrace& stack) {
  capture_from_caller(stack);
  __asm__ volatile("" ::: "memory");
}

// covers hf.observe.own-stack
TEST(Backtrace, BeginsAtTheCallerThatIsAskedFor) {
  backtrace stack;
  outer(stack);
  ASSERT_GE(stack.count, 2u);
  EXPECT_TRUE(lies_in(stack.places[0], reinterpret_cast<const void*>(&outer)));
}

TEST(Backtrace, LeavesOutNothingWhenTheCallerIsNotThere) {
  backtrace whole;
  holdfast::observe::capture_own(whole, &whole);
  backtrace stack;
  outer(stack);
  EXPECT_GE(whole.count, 2u);
}

[[gnu::noinline]] std::uint32_t dive(std::uint32_t depth, backtrace& stack) {
  if (depth == 0) {
    holdfast::observe::capture_own(stack);
    return 0;
  }
  const std::uint32_t below = dive(depth - 1, stack);
  __asm__ volatile("" ::: "memory");
  return below + 1;
}

TEST(Backtrace, HoldsTheInnermostFramesOfADeepStack) {
  backtrace stack;
  EXPECT_EQ(dive(500, stack), 500u);
  ASSERT_EQ(stack.count, backtrace::capacity);
  EXPECT_TRUE(lies_in(stack.places[backtrace::capacity - 1], reinterpret_cast<const void*>(&dive)));
}

backtrace interrupted;

[[gnu::noinline]] void interrupt_self() {
  raise(SIGUSR1);
  __asm__ volatile("" ::: "memory");
}

TEST(Backtrace, ShowsWhatASignalInterruptedAndNotItsHandler) {
  struct sigaction before = {};
  struct sigaction ours = {};
  ours.sa_handler = [](int) { holdfast::observe::capture_interrupted(interrupted); };
  sigaction(SIGUSR1, &ours, &before);
  interrupt_self();
  sigaction(SIGUSR1, &before, nullptr);
  const auto frames = interrupted.frames();
  EXPECT_TRUE(std::any_of(frames.begin(), frames.end(), [](const void* place) {
    return lies_in(place, reinterpret_cast<const void*>(&interrupt_self));
  }));
  EXPECT_FALSE(lies_in(frames[0], reinterpret_cast<const void*>(&holdfast::observe::capture_interrupted)));
}

}  // namespace
