// See thread_backtrace.hpp.
#include <holdfast/base/observe/thread_backtrace.hpp>

#include <atomic>
#include <cerrno>
#include <cstddef>

#include <sys/syscall.h>
#include <unistd.h>

namespace holdfast::inline v0::observe {
namespace {

// A question lives in static storage: a thread may come to it long after the asker has gone on. Its
// state holds the thread that is asked, so that a late signal cannot answer for another.
enum class stage : std::uint32_t { idle, asked, answering, answered };

constexpr std::uint64_t state_of(stage now, std::uint32_t thread) noexcept {
  return std::uint64_t{thread} << 32 | static_cast<std::uint32_t>(now);
}

struct question {
  std::atomic<std::uint64_t> state{0};
  backtrace stack;
};

// More than one is needed only while a thread hangs in the middle of its answer.
constexpr std::size_t question_count = 8;
constinit question questions[question_count];

// A signal with questions that were never answered: it may still be pending somewhere, and its default
// action would end the process, so it keeps its handler for good.
constinit int kept_signal = 0;
constinit bool all_answered = true;

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
  const std::uint32_t me = own_thread();
  std::uint64_t expected = state_of(stage::asked, me);
  // acquire: pairs with the release in ask(); the stack is ours to write from here on.
  if (sent->si_code == SI_QUEUE && is_question(asked) &&
      asked->state.compare_exchange_strong(expected, state_of(stage::answering, me), std::memory_order_acquire)) {
    capture_interrupted(asked->stack);
    // release: pairs with the acquire in wait_for(); publishes the stack.
    asked->state.store(state_of(stage::answered, me), std::memory_order_release);
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

bool wait_for(question& asked, std::uint32_t thread, std::chrono::milliseconds patience) noexcept {
  const timespec nap{0, std::chrono::nanoseconds(pause_between_looks).count()};
  const auto deadline = std::chrono::steady_clock::now() + patience;
  const std::uint64_t answered = state_of(stage::answered, thread);
  // acquire: pairs with the release in answer_question().
  while (asked.state.load(std::memory_order_acquire) != answered) {
    if (std::chrono::steady_clock::now() >= deadline) {
      std::uint64_t expected = state_of(stage::asked, thread);
      // acquire: as above; the answer may have come in the last moment.
      asked.state.compare_exchange_strong(expected, state_of(stage::idle, thread), std::memory_order_acquire);
      return expected == answered;
    }
    nanosleep(&nap, nullptr);
  }
  return true;
}

// Null when threads hang in the middle of answering every one.
question* free_question() noexcept {
  for (question& one : questions)
    if (static_cast<stage>(static_cast<std::uint32_t>(one.state.load(std::memory_order_relaxed))) != stage::answering)
      return &one;
  return nullptr;
}

}  // namespace

stack_collector::stack_collector() noexcept : signal_(kept_signal != 0 ? kept_signal : unused_signal()) {
  if (signal_ == 0 || signal_ == kept_signal) return;
  struct sigaction ours = {};
  ours.sa_sigaction = answer_question;
  ours.sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK;
  sigfillset(&ours.sa_mask);
  if (sigaction(signal_, &ours, &before_) != 0) signal_ = 0;
}

stack_collector::~stack_collector() {
  if (signal_ == 0 || signal_ == kept_signal) return;
  if (all_answered) sigaction(signal_, &before_, nullptr);
  else kept_signal = signal_;
}

answer stack_collector::ask(std::uint32_t thread, backtrace& stack, std::chrono::milliseconds patience) noexcept {
  question* const asked = free_question();
  if (signal_ == 0 || asked == nullptr) return answer::none;
  // release: pairs with the acquire in answer_question(); the last reading of the stack is over.
  asked->state.store(state_of(stage::asked, thread), std::memory_order_release);
  if (!send(thread, signal_, *asked)) return errno == ESRCH ? answer::gone : answer::none;
  if (!wait_for(*asked, thread, patience)) {
    all_answered = false;
    return answer::none;
  }
  stack = asked->stack;
  return answer::given;
}

}  // namespace holdfast::inline v0::observe
