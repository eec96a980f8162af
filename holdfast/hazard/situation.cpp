// See situation.hpp.
#include <holdfast/hazard/situation.hpp>

#include <algorithm>
#include <cstdarg>
#include <cstdio>

#include <unistd.h>

#include <holdfast/hazard/crash_notes.hpp>
#include <holdfast/hazard/hazard.hpp>

namespace holdfast::inline v0::hazard {

std::uint64_t situation::random() noexcept {
  // SplitMix64: any seed will do, neighbours too.
  std::uint64_t word = state_ += 0x9e3779b97f4a7c15U;
  word = (word ^ (word >> 30)) * 0xbf58476d1ce4e5b9U;
  word = (word ^ (word >> 27)) * 0x94d049bb133111ebU;
  return word ^ (word >> 31);
}

void situation::say(const char* format, ...) const noexcept {
  char line[512];
  std::va_list arguments;
  va_start(arguments, format);
  const int length = std::vsnprintf(line, sizeof line - 1, format, arguments);
  va_end(arguments);
  if (length < 0) return;
  const std::size_t end = std::min(static_cast<std::size_t>(length), sizeof line - 2);
  line[end] = '\n';
  write_all(STDOUT_FILENO, {line, end + 1});
}

void situation::expect_fault(const volatile void* address, std::uint64_t bytes) const noexcept {
  note_expected_fault(notes_, address, bytes);
}

int situation::verdict(bool as_it_should_be, std::string_view what) const noexcept {
  say("%.*s", static_cast<int>(what.size()), what.data());
  return as_it_should_be ? held_code : wrong_answer_code;
}

}  // namespace holdfast::inline v0::hazard
