// See faults.hpp.
#include "guard/faults.hpp"

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>

#include <ucontext.h>
#include <unistd.h>

#include <holdfast/base/lang/config.hpp>

#include "guard/findings.hpp"
#include "guard/lock.hpp"
#include "guard/real.hpp"
#include "guard/slots.hpp"
#include "guard/thread.hpp"

namespace holdfast::guard {
namespace {

// What the program wants of SIGSEGV. A fault must find a whole one while others are being made, so they take turns.
constexpr unsigned wish_count = 8;
constinit struct sigaction wishes[wish_count] = {};
constinit std::atomic<unsigned> current_wish{0};
constinit short_lock wish_lock;

// The process whose handler is ours. A vfork shares our memory, not our handlers.
constinit std::atomic<pid_t> watched_process{0};

const struct sigaction& wish() noexcept {
  return wishes[current_wish.load(std::memory_order_acquire)];  // pairs with the release in set_wish()
}

void set_wish(const struct sigaction& wanted) noexcept {
  const unsigned other = (current_wish.load(std::memory_order_relaxed) + 1) % wish_count;
  wishes[other] = wanted;
  current_wish.store(other, std::memory_order_release);  // pairs with the acquire in wish()
}

bool has_handler(const struct sigaction& one) noexcept {
  return one.sa_handler != SIG_DFL && one.sa_handler != SIG_IGN;
}

// The default action, by the kernel itself: its status and its core are the program's.
void take_default_action(int number, const siginfo_t* about) noexcept {
  struct sigaction plain = {};
  plain.sa_handler = SIG_DFL;
  real.sigaction(number, &plain, nullptr);
  // A fault comes again when the instruction is run again; what was sent has to be sent again.
  if (about->si_code <= 0) raise(number);
}

void pass_on(int number, siginfo_t* about, void* context) noexcept {
  const struct sigaction wanted = wish();
  if (!has_handler(wanted)) {
    const bool was_sent = about->si_code <= 0;
    if (wanted.sa_handler == SIG_IGN && was_sent) return;
    return take_default_action(number, about);
  }
  if ((wanted.sa_flags & static_cast<int>(SA_RESETHAND)) != 0) {
    struct sigaction spent = wanted;  // as the kernel does it, flags and mask stay
    spent.sa_handler = SIG_DFL;
    set_wish(spent);
  }
  if ((wanted.sa_flags & SA_SIGINFO) != 0) wanted.sa_sigaction(number, about, context);
  else wanted.sa_handler(number);
}

void on_fault(int number, siginfo_t* about, void* context) {
  const int error_before = errno;
  const bool is_fault = about->si_code > 0;
  if (is_fault && is_in_slots(about->si_addr) && !own_work::in_progress()) {
    finding found;
    found.address = about->si_addr;
    found.writes = HOLDFAST_FAULT_WAS_WRITE(static_cast<ucontext_t*>(context));
    capture_interrupted(found.here);
    tell_fault(found);
  }
  errno = error_before;
  pass_on(number, about, context);
}

// What the kernel is told, so that the program's handler runs as it asked to.
struct sigaction ours_for(const struct sigaction& wanted) noexcept {
  struct sigaction ours = {};
  ours.sa_sigaction = on_fault;
  ours.sa_flags = SA_SIGINFO | SA_ONSTACK;
  sigemptyset(&ours.sa_mask);
  if (has_handler(wanted)) {
    ours.sa_flags |= wanted.sa_flags & ~static_cast<int>(SA_RESETHAND);
    ours.sa_mask = wanted.sa_mask;
  }
  return ours;
}

int change_wish(const struct sigaction* wanted, struct sigaction* before) noexcept {
  sigset_t all;
  sigset_t mask_before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &mask_before);
  wish_lock.lock();
  const struct sigaction old = wish();
  int result = 0;
  if (wanted != nullptr) {
    const struct sigaction ours = ours_for(*wanted);
    set_wish(*wanted);
    result = real.sigaction(SIGSEGV, &ours, nullptr);
  }
  wish_lock.unlock();
  pthread_sigmask(SIG_SETMASK, &mask_before, nullptr);
  if (before != nullptr) *before = old;
  return result;
}

bool is_watched(int number) noexcept {
  // relaxed: pairs with nothing; the process was made with it.
  return number == SIGSEGV && watched_process.load(std::memory_order_relaxed) == getpid();
}

signal_handler install(signal_handler wanted, int flags) noexcept {
  struct sigaction ours = {};
  struct sigaction before = {};
  ours.sa_handler = wanted;
  ours.sa_flags = flags;
  sigemptyset(&ours.sa_mask);
  if (change_wish(&ours, &before) != 0) return SIG_ERR;
  return before.sa_handler;
}

}  // namespace

void watch_faults() noexcept {
  struct sigaction before = {};
  if (real.sigaction(SIGSEGV, nullptr, &before) != 0) return;
  set_wish(before);
  const struct sigaction ours = ours_for(before);
  if (real.sigaction(SIGSEGV, &ours, nullptr) == 0) watched_process.store(getpid(), std::memory_order_relaxed);
}

void faults_after_fork() noexcept {
  wish_lock.unlock();
  if (watched_process.load(std::memory_order_relaxed) != 0) watched_process.store(getpid(), std::memory_order_relaxed);
}

}  // namespace holdfast::guard

using namespace holdfast::guard;

extern "C" HOLDFAST_EXPORTED int sigaction(int number, const struct sigaction* wanted,
                                           struct sigaction* before) noexcept {
  return is_watched(number) ? change_wish(wanted, before) : real.sigaction(number, wanted, before);
}

// As BSD and glibc have it: the handler stays.
extern "C" HOLDFAST_EXPORTED signal_handler signal(int number, signal_handler wanted) noexcept {
  return is_watched(number) ? install(wanted, SA_RESTART) : real.signal(number, wanted);
}

// As System V has it: the handler runs once.
extern "C" HOLDFAST_EXPORTED signal_handler __sysv_signal(int number, signal_handler wanted) noexcept {
  if (!is_watched(number)) return real.sysv_signal(number, wanted);
  return install(wanted, static_cast<int>(SA_RESETHAND) | SA_NODEFER);
}
