// See failure.hpp.
#include <holdfast/base/lang/failure.hpp>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include <sys/syscall.h>
#include <unistd.h>

namespace holdfast::inline v0 {
namespace {

// Written by set_failure_handler, read by reports.
constinit std::atomic<failure_handler> installed_handler{nullptr};

// The thread that reports. Set once, by compare-exchange, never cleared: the process is ending.
constinit std::atomic<std::uint32_t> reporter{0};

std::uint32_t own_thread() noexcept { return static_cast<std::uint32_t>(syscall(SYS_gettid)); }

struct traceback_name {
  std::string_view name;
  traceback value;
};

constexpr traceback_name traceback_names[] = {{"none", traceback::none},
                                              {"single", traceback::single},
                                              {"all", traceback::all},
                                              {"crash", traceback::crash}};

std::string_view traceback_text() noexcept {
  const char* const text = std::getenv("HOLDFAST_TRACEBACK");
  return text == nullptr ? std::string_view{} : std::string_view{text};
}

// A line for a HOLDFAST_TRACEBACK that we do not know; nothing otherwise.
std::string note_on_traceback() {
  const std::string_view asked = traceback_text();
  if (asked.empty() || wanted_traceback() != traceback::unset) return {};
  return "  note: HOLDFAST_TRACEBACK=" + std::string(asked) +
         " is none of none, single, all, crash; taken as unset\n";
}

std::string whole_text(const char* first_line, std::string_view lines) {
  std::string text = first_line;
  text += '\n';
  text += lines;
  return text;
}

// What the program printed before is worth keeping, but a stream that somebody holds is left alone:
// its holder may never let go.
void flush_standard_output() noexcept {
  if (ftrylockfile(stdout) != 0) return;
  std::fflush(stdout);
  funlockfile(stdout);
}

// Not std::abort: that takes a lock which a thread that is aborting already may hold for good.
[[noreturn]] void die_by_abort_signal() noexcept {
  struct sigaction plain = {};
  plain.sa_handler = SIG_DFL;
  sigaction(SIGABRT, &plain, nullptr);
  sigset_t only_abort;
  sigemptyset(&only_abort);
  sigaddset(&only_abort, SIGABRT);
  pthread_sigmask(SIG_UNBLOCK, &only_abort, nullptr);
  raise(SIGABRT);
  _exit(134);
}

}  // namespace

failure_handler set_failure_handler(failure_handler handler) noexcept {
  // acq_rel: pairs with the acquire in the reports; what the handler needs was made before it.
  return installed_handler.exchange(handler, std::memory_order_acq_rel);
}

traceback wanted_traceback() noexcept {
  const std::string_view asked = traceback_text();
  for (const traceback_name& known : traceback_names)
    if (known.name == asked) return known.value;
  return traceback::unset;
}

void write_to_stderr(std::string_view text) noexcept {
  while (!text.empty()) {
    const ssize_t written = write(STDERR_FILENO, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

void sleep_for_good() noexcept {
  for (;;) pause();
}

void end_process() noexcept {
  switch (wanted_traceback()) {
    case traceback::none:
    case traceback::single:
    case traceback::all: _exit(2);
    default: die_by_abort_signal();
  }
}

std::uint32_t fatal_reporter() noexcept {
  // relaxed: pairs with nothing; a signal handler compares it with its own thread only.
  return reporter.load(std::memory_order_relaxed);
}

void report_refused(const char* first_line, std::string_view lines) {
  // acquire: pairs with set_failure_handler.
  const failure_handler handler = installed_handler.load(std::memory_order_acquire);
  std::string text = whole_text(first_line, lines);
  if (handler == nullptr) return write_to_stderr(text);
  handler(failure{first_line, std::move(text), false});
}

fatal_report::fatal_report(const char* first_line) noexcept : first_line_(first_line) {
  std::uint32_t nobody = 0;
  const std::uint32_t me = own_thread();
  // relaxed: pairs with nothing; it only elects one thread.
  if (!reporter.compare_exchange_strong(nobody, me, std::memory_order_relaxed)) {
    if (nobody != me) sleep_for_good();
    write_to_stderr("holdfast: another fatal failure while reporting one: ");
    write_to_stderr(first_line);
    write_to_stderr("\n");
    end_process();
  }
  // acquire: pairs with set_failure_handler.
  handler_ = installed_handler.load(std::memory_order_acquire);
  if (handler_ != nullptr) return;
  char line[128];
  const int length = std::snprintf(line, sizeof line, "%s\n", first_line);
  write_to_stderr({line, static_cast<std::size_t>(length)});
}

void fatal_report::finish(std::string_view lines) noexcept {
  std::string rest(lines);
  rest += note_on_traceback();
  if (handler_ != nullptr) {
    handler_(failure{first_line_, whole_text(first_line_, rest), true});
    write_to_stderr("holdfast: the failure handler returned from a fatal failure\n");
    die_by_abort_signal();
  }
  write_to_stderr(rest);
  flush_standard_output();
  end_process();
}

void report_fatal(const char* first_line, std::string_view lines) noexcept {
  fatal_report(first_line).finish(lines);
}

}  // namespace holdfast::inline v0
