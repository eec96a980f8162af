// See fatal.hpp.
#include <holdfast/base/observe/fatal.hpp>

#include <string>

#include <sys/syscall.h>
#include <unistd.h>

#include <holdfast/base/lang/failure.hpp>
#include <holdfast/base/observe/crash_shield.hpp>
#include <holdfast/base/observe/stack_text.hpp>
#include <holdfast/base/observe/thread_list.hpp>

namespace holdfast::inline v0::observe {
namespace {

std::string stacks_of_all(const void* from) {
  const traceback wanted = wanted_traceback();
  if (wanted == traceback::none) return {};
  const auto me = static_cast<std::uint32_t>(syscall(SYS_gettid));
  backtrace stack;
  capture_own(stack, from);
  std::string text = "  stack of this thread " + thread_label(me) + ":\n" + stack_text(answer::given, stack);
  if (wanted == traceback::all || wanted == traceback::crash) {
    stack_collector collector;
    text += other_stacks_text(collector, me, me);
  }
  return text;
}

}  // namespace

void report_fatal_here(const char* first_line, std::string_view lines, std::string_view cure) noexcept {
  const void* const caller = __builtin_return_address(0);
  fatal_report report(first_line);
  crash_shield shield;
  std::string text(lines);
  text += stacks_of_all(caller);
  text += "  cure: ";
  text += cure;
  text += '\n';
  if (report.is_handled()) shield.lower();
  report.finish(text);
}

}  // namespace holdfast::inline v0::observe
