// See crash_shield.hpp.
#include <holdfast/base/observe/crash_shield.hpp>

#include <cstdint>
#include <cstdio>

#include <sys/syscall.h>
#include <unistd.h>

#include <holdfast/base/lang/failure.hpp>

namespace holdfast::inline v0::observe {
namespace {

constexpr time_t seconds_for_a_report = 10;

void hold_back(int signal) noexcept {
  const auto own_thread = static_cast<std::uint32_t>(syscall(SYS_gettid));
  if (signal == SIGALRM) {
    write_to_stderr("  (the report was cut short: it took more than 10 seconds)\n");
    end_process();
  }
  if (own_thread != fatal_reporter()) sleep_for_good();
  // Two digits are enough for every signal of the shield.
  const char digits[] = {static_cast<char>('0' + signal / 10), static_cast<char>('0' + signal % 10)};
  write_to_stderr("  (the report was cut short: signal ");
  write_to_stderr({digits, sizeof digits});
  write_to_stderr(" while making it)\n");
  end_process();
}

}  // namespace

crash_shield::crash_shield() noexcept {
  struct sigaction ours = {};
  ours.sa_handler = hold_back;
  ours.sa_flags = SA_ONSTACK;
  sigemptyset(&ours.sa_mask);
  for (std::size_t i = 0; i < signal_count; ++i) sigaction(signals[i], &ours, &before_[i]);
  const itimerval watchdog = {{0, 0}, {seconds_for_a_report, 0}};
  setitimer(ITIMER_REAL, &watchdog, &timer_before_);
}

void crash_shield::lower() noexcept {
  if (!up_) return;
  up_ = false;
  setitimer(ITIMER_REAL, &timer_before_, nullptr);
  for (std::size_t i = 0; i < signal_count; ++i) sigaction(signals[i], &before_[i], nullptr);
}

}  // namespace holdfast::inline v0::observe
