// A child forked while another thread is in the middle of the first use of something must be able to use it.
//
// The first use is made slow here: registering a fork handler takes two milliseconds in this program, and
// the fork comes in the first half of the first of them. What registers at load, as it should, is not slow.
#include <atomic>
#include <thread>

#include <dlfcn.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <holdfast/base/hash/random.hpp>
#include <holdfast/base/lang/config.hpp>
#include <holdfast/base/observe/live_set.hpp>
#include <holdfast/base/sync/thread_id.hpp>

#include "tests/death/death_test.hpp"

// What pthread_atfork() of glibc calls; the program's own definition comes before the library's. Not under
// ThreadSanitizer, which calls it before it can have its own functions called.
#if !HOLDFAST_TSAN
extern "C" int __register_atfork(void (*prepare)(), void (*parent)(), void (*child)(), void* library) {
  using function = int (*)(void (*)(), void (*)(), void (*)(), void*);
  const auto real = reinterpret_cast<function>(dlsym(RTLD_NEXT, "__register_atfork"));
  usleep(2000);
  return real(prepare, parent, child, library);
}
#endif

namespace {

using use = void (*)();

[[noreturn]] void fork_during_first(use one) {
  // relaxed: pairs with nothing; it only brings the fork close to the use.
  std::atomic<bool> begun{false};
  std::thread other([&] {
    begun.store(true, std::memory_order_relaxed);
    one();
  });
  while (!begun.load(std::memory_order_relaxed)) std::this_thread::yield();
  usleep(500);
  const pid_t child = fork();
  if (child == 0) {
    alarm(10);
    one();
    _exit(0);
  }
  int status = -1;
  waitpid(child, &status, 0);
  other.join();
  _exit(WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : 1);
}

// Each one in a fresh process: the threadsafe style runs this program anew.
class ForkAtFirstUse : public holdfast::tests::death_test {
 protected:
  void SetUp() override {
    if (holdfast::thread_sanitizer) GTEST_SKIP() << "it takes the other thread, which the child does not have, for a leak";
  }
};

const auto well = testing::ExitedWithCode(0);

// covers hf.observe.live-set-survives-fork
TEST_F(ForkAtFirstUse, OfTheLiveSet) {
  const use one = [] { const holdfast::observe::live_name name("one", holdfast::observe::live_kind::map, nullptr); };
  EXPECT_EXIT(fork_during_first(one), well, "");
}

// covers hf.hash.random-survives-fork
TEST_F(ForkAtFirstUse, OfTheRandomWords) {
  const use one = [] { static_cast<void>(holdfast::random_word()); };
  EXPECT_EXIT(fork_during_first(one), well, "");
}

// covers hf.sync.thread-id-survives-fork
TEST_F(ForkAtFirstUse, OfTheThreadsOwnNumber) {
  const use one = [] { static_cast<void>(holdfast::sync::ask_thread_id()); };
  EXPECT_EXIT(fork_during_first(one), well, "");
}

}  // namespace
