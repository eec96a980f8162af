// Keeps the process alive until a fatal report is written.
//
// The misuse that is being reported may have broken the map, and another thread may crash on it while
// the report is made. As long as the shield is up such a thread goes to sleep instead. If the reporting
// thread itself crashes, or takes longer than ten seconds, the report ends there with a line that says
// so, and the process ends as HOLDFAST_TRACEBACK wants.
#pragma once

#include <csignal>
#include <cstddef>

#include <sys/time.h>

namespace holdfast::inline v0::observe {

class crash_shield {
 public:
  // Only the thread that is making the fatal report may hold one.
  crash_shield() noexcept;
  crash_shield(const crash_shield&) = delete;
  crash_shield& operator=(const crash_shield&) = delete;
  ~crash_shield() { lower(); }

  // Puts back what the shield replaced, before code of the user's runs.
  void lower() noexcept;

 private:
  static constexpr int signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGALRM};
  static constexpr std::size_t signal_count = sizeof signals / sizeof signals[0];

  bool up_ = true;
  struct sigaction before_[signal_count] = {};
  struct itimerval timer_before_ = {};
};

}  // namespace holdfast::inline v0::observe
