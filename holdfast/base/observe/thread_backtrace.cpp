// See thread_backtrace.hpp.
#include <holdfast/base/observe/thread_backtrace.hpp>

#include <atomic>
#include <cerrno>
#include <cstddef>

#include <sys/syscall.h>
#include <unistd.h>

namespace holdfast::inline v0::observe {
namespace {

enum class stage : std::uint32_t { idle, asked, answering, answered, given_up };

// A question lives in static storage: a thread may come to it long after the asker has gone on.
struct question {
  std::atomic<stage> now{stage::idle};
  std::atomic<std::uint32_t> thread{0};
  backtrace stack;
};

// A question that was given up is never used again, because its thread may still answer it.
constexpr std::size_t question_count = 32;
constinit question questions[question_count];
constinit std::size_t next_question = 0;

constexpr std::chrono::microseconds pause_between_looks{50};

std::uint32_t own_thread() noexcept { return static_cast<std::uint32_t>(syscall(SYS_gettid)); }

bool is_question(const void* pointer) noexcept {
  for (const question& one : questions)
    if (&one == pointer) return true;
  return false;
}

void answer_question(int, siginfo_t* sent, void*) noexcept {
  const int error_before = errno;
  auto* const asked = static_cast<question*>(sent->si_value.sival_ptr);
  stage expected = stage::asked;
  // acquire: pairs with the release in ask(), which sets the thread first.
  if (sent->si_code == SI_QUEUE && is_question(asked) &&
      asked->thread.load(std::memory_order_relaxed) == own_thread() &&
      asked->now.compare_exchange_strong(expected, stage::answering, std::memory_order_acquire)) {
    capture_interrupted(asked->stack);
    // release: pairs with the acquire in wait_for(); publishes the stack.
    asked->now.store(stage::answered, std::memory_order_release);
  }
  errno = error_before;
}

// The highest real-time signal that has no handler; 0 if there is none.
int unused_signal() noexcept {
  for (int candidate = SIGRTMAX; candidate >= SIGRTMIN; --candidate) {
    struct sigaction now = {};
    if (sigaction(candidate, nullptr, &now) == 0 && (now.sa_flags & SA_SIGINFO) == 0 && now.sa_handler == SIG_DFL)
      return candidate;
  }
  return 0;
}

bool send(std::uint32_t thread, int signal, question& asked) noexcept {
  siginfo_t content = {};
  content.si_signo = signal;
  content.si_code = SI_QUEUE;
  content.si_pid = getpid();
  content.si_uid = getuid();
  content.si_value.sival_ptr = &asked;
  return syscall(SYS_rt_tgsigqueueinfo, getpid(), static_cast<pid_t>(thread), signal, &content) == 0;
}

bool wait_for(question& asked, std::chrono::milliseconds patience) noexcept {
  const timespec nap{0, std::chrono::nanoseconds(pause_between_looks).count()};
  const auto deadline = std::chrono::steady_clock::now() + patience;
  // acquire: pairs with the release in answer_question().
  while (asked.now.load(std::memory_order_acquire) != stage::answered) {
    if (std::chrono::steady_clock::now() >= deadline) {
      stage expected = stage::asked;
      // relaxed: pairs with nothing; whoever answers later changes nothing that is read.
      asked.now.compare_exchange_strong(expected, stage::given_up, std::memory_order_relaxed);
      // acquire: as above; the answer may have come in the last moment.
      return asked.now.load(std::memory_order_acquire) == stage::answered;
    }
    nanosleep(&nap, nullptr);
  }
  return true;
}

}  // namespace

stack_collector::stack_collector() noexcept : signal_(unused_signal()) {
  if (signal_ == 0) return;
  struct sigaction ours = {};
  ours.sa_sigaction = answer_question;
  ours.sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK;
  sigfillset(&ours.sa_mask);
  if (sigaction(signal_, &ours, &before_) != 0) signal_ = 0;
}

stack_collector::~stack_collector() {
  // With a question open the handler stays: a signal that is delivered late must find it, or the
  // default action would end the process.
  if (signal_ != 0 && next_question == 0) sigaction(signal_, &before_, nullptr);
}

answer stack_collector::ask(std::uint32_t thread, backtrace& stack, std::chrono::milliseconds patience) noexcept {
  if (signal_ == 0 || next_question == question_count) return answer::none;
  question& asked = questions[next_question];
  asked.thread.store(thread, std::memory_order_relaxed);
  // release: pairs with the acquire in answer_question().
  asked.now.store(stage::asked, std::memory_order_release);
  if (!send(thread, signal_, asked)) return errno == ESRCH ? answer::gone : answer::none;
  if (!wait_for(asked, patience)) {
    ++next_question;
    return answer::none;
  }
  stack = asked.stack;
  return answer::given;
}

}  // namespace holdfast::inline v0::observe
