#include <holdfast/base/observe/thread_backtrace.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <thread>

#include <gtest/gtest.h>
#include <pthread.h>
#include <unistd.h>

#include <holdfast/base/lang/config.hpp>
#include <holdfast/base/sync/thread_id.hpp>

namespace {

using holdfast::observe::answer;
using holdfast::observe::backtrace;
using holdfast::observe::stack_collector;
using std::chrono::milliseconds;

// A thread that spins in a function of its own until it is told to stop.
class spinner {
 public:
  explicit spinner(bool block_signals = false)
      : thread_([this, block_signals] {
          if (block_signals) {
            sigset_t all;
            sigfillset(&all);
            pthread_sigmask(SIG_BLOCK, &all, nullptr);
          }
          spin(*this);
        }) {
    while (id_.load() == 0) std::this_thread::yield();
  }
  spinner(const spinner&) = delete;
  spinner& operator=(const spinner&) = delete;
  ~spinner() {
    stop_ = true;
    thread_.join();
  }

  [[nodiscard]] std::uint32_t id() const { return id_.load(); }

  [[gnu::noinline]] static void spin(spinner& self) {
    self.id_ = holdfast::this_thread_id();
    while (!self.stop_.load()) usleep(10);
    __asm__ volatile("" ::: "memory");
  }

 private:
  std::atomic<std::uint32_t> id_{0};
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

bool shows(const backtrace& stack, void (*function)(spinner&)) {
  const auto frames = stack.frames();
  return std::any_of(frames.begin(), frames.end(), [function](const void* place) {
    const auto at = reinterpret_cast<std::uintptr_t>(place);
    const auto begin = reinterpret_cast<std::uintptr_t>(function);
    return at >= begin && at < begin + 512;
  });
}

// ThreadSanitizer serves signals late and loses one now and then, so a question may be asked again there.
answer ask_patiently(stack_collector& collector, std::uint32_t thread, backtrace& stack) {
  for (int again = holdfast::thread_sanitizer ? 20 : 0; again > 0; --again)
    if (const answer told = collector.ask(thread, stack, milliseconds{250}); told != answer::none) return told;
  return collector.ask(thread, stack, milliseconds{5000});
}

// covers hf.observe.other-stack
TEST(ThreadBacktrace, ShowsWhereAnotherThreadIs) {
  const spinner other;
  stack_collector collector;
  backtrace stack;
  ASSERT_EQ(ask_patiently(collector, other.id(), stack), answer::given);
  EXPECT_TRUE(shows(stack, &spinner::spin));
}

TEST(ThreadBacktrace, AnswersAsOftenAsItIsAsked) {
  const spinner other;
  for (int round = 0; round < 100; ++round) {
    stack_collector collector;
    backtrace stack;
    ASSERT_EQ(ask_patiently(collector, other.id(), stack), answer::given);
  }
}

TEST(ThreadBacktrace, CanBeAskedOfTheAskerItself) {
  stack_collector collector;
  backtrace stack;
  EXPECT_EQ(collector.ask(holdfast::this_thread_id(), stack), answer::given);
  EXPECT_GT(stack.count, 1u);
}

// covers hf.observe.no-answer-is-said
TEST(ThreadBacktrace, TellsThatAThreadHasGone) {
  std::uint32_t id = 0;
  std::thread([&id] { id = holdfast::this_thread_id(); }).join();
  stack_collector collector;
  backtrace stack;
  EXPECT_EQ(collector.ask(id, stack), answer::gone);
}

// covers hf.observe.no-answer-is-said
TEST(ThreadBacktrace, GivesUpOnAThreadThatBlocksTheSignalAndOutlivesALateOne) {
  backtrace stack;
  {
    const spinner deaf(true);
    stack_collector collector;
    const auto start = std::chrono::steady_clock::now();
    EXPECT_EQ(collector.ask(deaf.id(), stack), answer::none);
    const auto waited = std::chrono::steady_clock::now() - start;
    EXPECT_GE(waited, milliseconds{200});
    EXPECT_LT(waited, milliseconds{2000});
  }
  const spinner other;
  stack_collector collector;
  EXPECT_EQ(ask_patiently(collector, other.id(), stack), answer::given);
}

}  // namespace
