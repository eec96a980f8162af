// What tests have in common whose subject ends the process.
#pragma once

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <thread>

#include <gtest/gtest.h>
#include <pthread.h>
#include <unistd.h>

namespace holdfast::tests {

// The child starts the program anew: the only way for one that may have threads.
class death_test : public testing::Test {
 protected:
  death_test() { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
};

inline const auto aborted = testing::KilledBySignal(SIGABRT);

// Thread "early" does `first`, and is in the middle of it for good once `is_inside` says so, when thread "late" comes
// along with `second`. Ends with 0 where nobody objects.
template <class First, class Second>
[[noreturn]] void meet(First first, const std::atomic<bool>& is_inside, Second second, const char* traceback = "") {
  setenv("HOLDFAST_TRACEBACK", traceback, 1);
  std::thread early([&] {
    pthread_setname_np(pthread_self(), "early");
    first();
  });
  while (!is_inside) std::this_thread::yield();
  std::thread late([&] {
    pthread_setname_np(pthread_self(), "late");
    second();
    _exit(0);
  });
  late.join();
  _exit(0);
}

}  // namespace holdfast::tests
