// See report.hpp.
#include "guard/report.hpp"

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guard/lock.hpp"
#include "guard/own_memory.hpp"
#include "guard/real.hpp"
#include "guard/thread.hpp"

namespace holdfast::guard {
namespace {

constexpr std::size_t text_bytes = std::size_t{64} << 10;
constexpr std::size_t stack_bytes = std::size_t{256} << 10;

// Guards everything below.
constinit short_lock report_lock;
constinit char text_room[text_bytes];
constinit char* helper_stack = nullptr;
constinit char log_name[256];
constinit pid_t process = 0;

// relaxed, both: pair with nothing; they count.
constinit std::atomic<std::uint64_t> reports_told{0};
constinit std::atomic<std::uint64_t> reports_left{8};

struct task {
  void (*describe)(text_sink&, const void*);
  const void* about;
  bool done;
};

int log_file() noexcept {
  const int file = log_name[0] == 0 ? -1 : open(log_name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  return file < 0 ? STDERR_FILENO : file;
}

// A crash of the helper must not become a core dump: that would end everybody who shares its memory.
void leave_helper(int) { syscall(SYS_exit_group, 1); }

constexpr int signals_of_crashes[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP};

int write_report(void* argument);

// The helper has signal handlers of its own, and every other signal is blocked in it.
int write_report_as_helper(void* argument) {
  struct sigaction leave = {};
  leave.sa_handler = leave_helper;
  sigset_t crashes;
  sigemptyset(&crashes);
  for (const int one : signals_of_crashes) {
    real.sigaction(one, &leave, nullptr);
    sigaddset(&crashes, one);
  }
  sigprocmask(SIG_UNBLOCK, &crashes, nullptr);
  return write_report(argument);
}

int write_report(void* argument) {
  auto& one = *static_cast<task*>(argument);
  text_sink text(text_room, text_bytes);
  one.describe(text, one.about);
  const int file = log_file();
  write_all(file, text.view());
  if (file != STDERR_FILENO) close(file);
  one.done = true;
  return 0;
}

char* stack_for_helper() noexcept {
  if (helper_stack != nullptr) return helper_stack;
  void* const place = mmap(nullptr, stack_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (place != MAP_FAILED) helper_stack = static_cast<char*>(place);
  return helper_stack;
}

// The helper shares this thread's thread-local storage too: to the locks of libraries it is this thread.
bool write_by_helper(task& one) noexcept {
  char* const place = stack_for_helper();
  if (place == nullptr) return false;
  const int helper = clone(write_report_as_helper, place + stack_bytes, CLONE_VM | CLONE_VFORK | CLONE_FILES, &one);
  if (helper < 0) return false;
  int status = 0;
  while (waitpid(helper, &status, __WCLONE) < 0 && errno == EINTR) continue;
  return true;
}

void write_cut_short() noexcept {
  text_line line;
  line.add("holdfast-guard: a finding, but making the report of it failed\n");
  const int file = log_file();
  write_all(file, line.view());
  if (file != STDERR_FILENO) close(file);
}

// No handler of the program's runs, and no cancellation unwinds, while it lives.
class undisturbed {
 public:
  undisturbed() noexcept {
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &mask_before_);
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel_before_);
  }
  undisturbed(const undisturbed&) = delete;
  undisturbed& operator=(const undisturbed&) = delete;
  ~undisturbed() {
    pthread_setcancelstate(cancel_before_, nullptr);
    sigprocmask(SIG_SETMASK, &mask_before_, nullptr);
  }

 private:
  sigset_t mask_before_ = {};
  int cancel_before_ = 0;
};

bool is_left() noexcept {
  std::uint64_t left = reports_left.load(std::memory_order_relaxed);
  while (left != 0)
    if (reports_left.compare_exchange_weak(left, left - 1, std::memory_order_relaxed)) return true;
  return false;
}

}  // namespace

void prepare_reports(const options& wanted) noexcept {
  reports_left.store(wanted.reports, std::memory_order_relaxed);
  const std::size_t length = wanted.log.size() < sizeof log_name ? wanted.log.size() : sizeof log_name - 1;
  if (length != 0) std::memcpy(log_name, wanted.log.data(), length);
  log_name[length] = 0;
}

bool report(void (*describe)(text_sink&, const void*), const void* about, bool ends) noexcept {
  if (!ends && !is_left()) return false;
  const int error_before = errno;
  const undisturbed by_signals_and_cancellation;
  const lock_guard one_at_a_time(report_lock);
  const own_work allocating;
  empty_scratch();
  process = getpid();
  task one{describe, about, false};
  ++this_thread.reporting;
  if (!write_by_helper(one)) write_report(&one);
  --this_thread.reporting;
  if (!one.done) write_cut_short();
  reports_told.fetch_add(1, std::memory_order_relaxed);
  errno = error_before;
  return true;
}

void die() noexcept {
  struct sigaction plain = {};
  plain.sa_handler = SIG_DFL;
  real.sigaction(SIGABRT, &plain, nullptr);
  sigset_t only_abort;
  sigemptyset(&only_abort);
  sigaddset(&only_abort, SIGABRT);
  sigprocmask(SIG_UNBLOCK, &only_abort, nullptr);
  raise(SIGABRT);
  _exit(134);
}

void add_thread(text_sink& to, std::uint32_t thread) noexcept {
  text_line path;
  // Not /proc/self: that is the helper.
  path.add("/proc/")
      .number(static_cast<std::uint64_t>(process))
      .add("/task/")
      .number(thread)
      .add("/comm")
      .add({"\0", 1});
  char name[32];
  const int file = open(path.view().data(), O_RDONLY | O_CLOEXEC);
  const ssize_t length = file < 0 ? 0 : read(file, name, sizeof name);
  if (file >= 0) close(file);
  to.add("thread ").number(thread);
  if (length > 1) to.add(" (").add({name, static_cast<std::size_t>(length - 1)}).add(")");
}

void reports_after_fork() noexcept { report_lock.unlock(); }

std::uint64_t count_reports() noexcept { return reports_told.load(std::memory_order_relaxed); }

}  // namespace holdfast::guard
