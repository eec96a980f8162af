// What happens when the library finds that it has been misused.
//
// A *refused* misuse did no harm: the report is made and the call returns. A *fatal* one may have
// broken a structure: the report is made and the process ends. No exception is thrown for either, so
// no `catch` can hide one. Only one thread reports; any other that finds something fatal meanwhile is
// put to sleep for good, because what it found is most likely an effect of the first.
//
// HOLDFAST_TRACEBACK decides how a fatal failure ends, as GOTRACEBACK does:
//   (unset)  the stacks of the threads concerned, then abort: status 134 in a shell, a core if allowed
//   none     no stacks, exit status 2
//   single   the stacks of the threads concerned, exit status 2
//   all      the stacks of all threads, exit status 2
//   crash    the stacks of all threads, then abort
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <holdfast/base/lang/config.hpp>

namespace holdfast::inline v0 {

struct failure {
  const char* first_line;  // without the newline
  std::string text;        // the whole report; begins with first_line
  bool fatal;
};

using failure_handler = void (*)(const failure&);

// Replaces the printing of reports. For a refused failure the handler may return, throw or longjmp;
// from a fatal one it must not come back: if it returns or throws, the process aborts. Null stands for
// the handler that prints; so does a null answer.
// Threads: any, at any time.
failure_handler set_failure_handler(failure_handler handler) noexcept;

enum class traceback : std::uint8_t { unset, none, single, all, crash };

// What HOLDFAST_TRACEBACK asks for; a value that is not in the list counts as unset.
[[nodiscard]] traceback wanted_traceback() noexcept;

// Reports a harmless misuse and returns, unless the handler throws.
HOLDFAST_COLD void report_refused(const char* first_line, std::string_view lines);

// A fatal report in the making. Its first line is on stderr when the constructor returns, so that no
// later crash of another thread can put anything before it; the rest follows in one write.
class fatal_report {
 public:
  // Returns to one thread of the process only; the others never come back.
  explicit fatal_report(const char* first_line) noexcept;
  fatal_report(const fatal_report&) = delete;
  fatal_report& operator=(const fatal_report&) = delete;

  // Whether a handler of the user's will get the report.
  [[nodiscard]] bool is_handled() const noexcept { return handler_ != nullptr; }

  // `lines` is everything after the first line.
  [[noreturn]] void finish(std::string_view lines) noexcept;

 private:
  const char* first_line_;
  failure_handler handler_;
};

// Fatal, with nothing to add but text.
[[noreturn]] HOLDFAST_COLD void report_fatal(const char* first_line, std::string_view lines) noexcept;

// The kernel's id of the thread that is making a fatal report; 0 while there is none.
[[nodiscard]] std::uint32_t fatal_reporter() noexcept;

// Ends the process the way HOLDFAST_TRACEBACK says. Async-signal-safe.
[[noreturn]] void end_process() noexcept;

// Sleeps for good. Signals are still served.
[[noreturn]] void sleep_for_good() noexcept;

// As much of one write(2) to stderr as the system allows. Async-signal-safe.
void write_to_stderr(std::string_view text) noexcept;

}  // namespace holdfast::inline v0
