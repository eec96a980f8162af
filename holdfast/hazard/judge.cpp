// See judge.hpp.
#include <holdfast/hazard/judge.hpp>

#include <charconv>
#include <csignal>
#include <cstring>

namespace holdfast::inline v0::hazard {
namespace {

std::string hex(std::uint64_t value) {
  char digits[20] = {'0', 'x'};
  const auto end = std::to_chars(digits + 2, digits + sizeof digits, value, 16);
  return {digits, end.ptr};
}

verdict refuse(std::string why) { return {false, std::move(why)}; }

verdict judge_exit(int wanted, const outcome& seen) {
  if (seen.end == outcome::end::exited && seen.exit_code == wanted) return {true, {}};
  return refuse("it should have ended with exit code " + std::to_string(wanted) + ", it ended with " + ending_text(seen));
}

verdict judge_signal(const expectation& told, const outcome& seen) {
  if (seen.end != outcome::end::killed || seen.signal != told.signal_number) {
    return refuse("it should have been ended by " + signal_name(told.signal_number) + ", it ended with " + ending_text(seen));
  }
  if (!told.at_announced_address) return {true, {}};
  const crash_notes& notes = seen.notes;
  if (!notes.expected || !notes.address) return refuse("the address of the fault is not known");
  if (*notes.address < *notes.expected || *notes.address - *notes.expected >= notes.expected_bytes) {
    return refuse("it should have faulted at " + hex(*notes.expected) + ", it faulted at " + hex(*notes.address));
  }
  return {true, {}};
}

verdict judge_report(const expectation& told, const outcome& seen) {
  const std::string& text = seen.standard_error;
  if (!text.starts_with(std::string(told.first_line) + "\n")) {
    return refuse("stderr should begin with \"" + std::string(told.first_line) + "\", it ended with " + ending_text(seen));
  }
  for (const std::string_view part : told.also_says) {
    if (text.find(part) == std::string::npos) return refuse("the report lacks \"" + std::string(part) + "\"");
  }
  if (seen.end != outcome::end::killed || seen.signal != SIGABRT) {
    return refuse("it should have been ended by SIGABRT after its report, it ended with " + ending_text(seen));
  }
  return {true, {}};
}

std::string killed_text(const outcome& seen) {
  std::string text = signal_name(seen.signal);
  if (seen.notes.signal != seen.signal) return text;
  if (const auto fault = fault_text(seen.notes.signal, seen.notes.code); !fault.empty()) {
    text += " (" + std::string(fault) + ")";
  }
  if (seen.notes.address) text += " at " + hex(*seen.notes.address);
  return text;
}

std::string exit_text(int code) {
  switch (code) {
    case held_code: return "exit code 0";
    case wrong_answer_code: return "a wrong answer (exit code 3)";
    default: return "exit code " + std::to_string(code);
  }
}

}  // namespace

verdict judge(const expectation& told, const outcome& seen) {
  switch (told.ending) {
    case ending::held: return judge_exit(held_code, seen);
    case ending::wrong_answer: return judge_exit(wrong_answer_code, seen);
    case ending::signal: return judge_signal(told, seen);
    case ending::report: return judge_report(told, seen);
  }
  return refuse("an expectation of no known kind");
}

std::string expectation_text(const expectation& told) {
  switch (told.ending) {
    case ending::held: return "everything is as it should be";
    case ending::wrong_answer: return "a wrong answer";
    case ending::report: return "the report \"" + std::string(told.first_line) + "\" and SIGABRT";
    case ending::signal: break;
  }
  return "a " + signal_name(told.signal_number) + (told.at_announced_address ? " at the address that it announces" : "");
}

std::string ending_text(const outcome& seen) {
  switch (seen.end) {
    case outcome::end::exited: return exit_text(seen.exit_code);
    case outcome::end::killed: return killed_text(seen);
    case outcome::end::cancelled: return "an interruption";
    case outcome::end::timed_out: break;
  }
  return "time-out after " + std::to_string(seen.took.count() / 1000) + " ms";
}

std::string signal_name(int signal) {
  const char* const name = sigabbrev_np(signal);
  return name != nullptr ? "SIG" + std::string(name) : "signal " + std::to_string(signal);
}

std::string_view fault_text(int signal, int code) noexcept {
  if (signal == SIGSEGV && code == SEGV_MAPERR) return "nothing mapped";
  if (signal == SIGSEGV && code == SEGV_ACCERR) return "no access";
  if (signal == SIGBUS && code == BUS_ADRALN) return "unaligned";
  if (signal == SIGBUS && code == BUS_ADRERR) return "no such page";
  return {};
}

}  // namespace holdfast::inline v0::hazard
