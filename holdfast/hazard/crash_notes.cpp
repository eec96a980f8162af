// The reading half: see crash_notes.hpp. The writing half is deadly_signal.cpp.
#include <holdfast/hazard/crash_notes.hpp>

#include <charconv>
#include <cstdlib>
#include <memory>

#include <cxxabi.h>

namespace holdfast::inline v0::hazard {
namespace {

// Takes the next word off `line`.
std::string_view next_word(std::string_view& line) noexcept {
  const std::size_t space = line.find(' ');
  const std::string_view word = line.substr(0, space);
  line.remove_prefix(space == std::string_view::npos ? line.size() : space + 1);
  return word;
}

std::uint64_t number(std::string_view word) noexcept {
  const bool hex = word.starts_with("0x");
  if (hex) word.remove_prefix(2);
  std::uint64_t value = 0;
  std::from_chars(word.data(), word.data() + word.size(), value, hex ? 16 : 10);
  return value;
}

std::string demangled(std::string_view symbol) {
  const std::size_t plus = symbol.rfind('+');
  const std::string mangled(symbol.substr(0, plus));
  int status = 0;
  const std::unique_ptr<char, void (*)(void*)> name(abi::__cxa_demangle(mangled.c_str(), nullptr, nullptr, &status),
                                                    std::free);
  std::string text = status == 0 ? name.get() : mangled;
  if (plus != std::string_view::npos) text += symbol.substr(plus);
  return text;
}

frame parse_frame(std::string_view line) {
  frame one;
  one.counter = number(next_word(line));
  one.offset = number(next_word(line));
  const std::string_view symbol = next_word(line);
  if (symbol != "?") one.symbol = demangled(symbol);
  one.module = line.substr(line.rfind('/') + 1);
  return one;
}

void parse_line(std::string_view line, crash_notes& notes) {
  const std::string_view kind = next_word(line);
  if (kind == "expect") {
    notes.expected = number(next_word(line));
    notes.expected_bytes = number(next_word(line));
  } else if (kind == "signal") {
    notes.signal = static_cast<int>(number(next_word(line)));
    notes.code = static_cast<int>(static_cast<std::int64_t>(number(next_word(line))));
  } else if (kind == "address") {
    notes.address = number(next_word(line));
  } else if (kind == "frame") {
    notes.frames.push_back(parse_frame(line));
  }
}

}  // namespace

crash_notes parse_crash_notes(std::string_view text) {
  crash_notes notes;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    parse_line(text.substr(0, end), notes);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return notes;
}

}  // namespace holdfast::inline v0::hazard
