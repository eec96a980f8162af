// Compares what a child did with what it was to do, and puts either into words.
#pragma once

#include <string>

#include <holdfast/hazard/child.hpp>
#include <holdfast/hazard/hazard.hpp>

namespace holdfast::inline v0::hazard {

struct verdict {
  bool as_told = false;
  std::string why_not;  // empty if it is as told
};

[[nodiscard]] verdict judge(const expectation& told, const outcome& seen);

// What is to come, in a few words: "a SIGSEGV at the address that it announces", "a wrong answer".
[[nodiscard]] std::string expectation_text(const expectation& told);

// "SIGSEGV (no access) at 0x7f…", "exit code 3: wrong answer", "time-out after 10 s".
[[nodiscard]] std::string ending_text(const outcome& seen);

// "SIGSEGV"; "signal 64" for one without a name.
[[nodiscard]] std::string signal_name(int signal);

// What si_code says of a fault: "nothing mapped", "no access". Empty where it says nothing.
[[nodiscard]] std::string_view fault_text(int signal, int code) noexcept;

}  // namespace holdfast::inline v0::hazard
