// The signal that stacks are asked with, in processes of their own: it is the whole process that shares it.
#include <holdfast/base/observe/thread_backtrace.hpp>

#include <atomic>
#include <csignal>
#include <cstdint>
#include <thread>

#include <gtest/gtest.h>
#include <unistd.h>

#include <holdfast/base/sync/thread_id.hpp>

#include "tests/death/death_test.hpp"

namespace {

namespace observe = holdfast::observe;

using StackCollectorDeath = holdfast::tests::death_test;

bool is_default(int signal) {
  struct sigaction now = {};
  sigaction(signal, nullptr, &now);
  return now.sa_handler == SIG_DFL;
}

// covers hf.observe.signal-put-back
TEST_F(StackCollectorDeath, PutsTheSignalBack) {
  const auto come_and_go = [] {
    const bool before = is_default(SIGRTMAX);
    bool meanwhile = true;
    {
      observe::stack_collector collector;
      observe::backtrace stack;
      static_cast<void>(collector.ask(holdfast::this_thread_id(), stack));
      meanwhile = is_default(SIGRTMAX);
    }
    _exit(before && !meanwhile && is_default(SIGRTMAX) ? 0 : 1);
  };
  EXPECT_EXIT(come_and_go(), testing::ExitedWithCode(0), "");
}

// covers hf.observe.signal-put-back
TEST_F(StackCollectorDeath, KeepsOffASignalThatTheProgramUses) {
  const auto two_users = [] {
    signal(SIGRTMAX, [](int) { _exit(3); });
    observe::stack_collector collector;
    observe::backtrace stack;
    const bool told = collector.ask(holdfast::this_thread_id(), stack) == observe::answer::given;
    _exit(told && !is_default(SIGRTMAX) && !is_default(SIGRTMAX - 1) ? 0 : 1);
  };
  EXPECT_EXIT(two_users(), testing::ExitedWithCode(0), "");
}

// covers hf.observe.late-answer-harmless
TEST_F(StackCollectorDeath, ASignalThatIsDeliveredLateDoesNotEndTheProcess) {
  const auto unblock_late = [] {
    sigset_t all;
    sigfillset(&all);
    std::atomic<std::uint32_t> id{0};
    std::atomic<bool> hear{false};
    std::thread deaf([&] {
      pthread_sigmask(SIG_BLOCK, &all, nullptr);
      id = holdfast::this_thread_id();
      while (!hear) usleep(100);
      pthread_sigmask(SIG_UNBLOCK, &all, nullptr);
    });
    while (id == 0) usleep(100);
    observe::backtrace stack;
    const bool silent =
        observe::stack_collector().ask(id, stack, std::chrono::milliseconds{20}) == observe::answer::none;
    hear = true;
    deaf.join();
    _exit(silent ? 0 : 1);
  };
  EXPECT_EXIT(unblock_late(), testing::ExitedWithCode(0), "");
}

}  // namespace
