// Bad input told in one line: where, what is wrong with it, what to do about it.
//
// Everything that reads what a user gave throws this and nothing else; the command prints it on
// standard error and ends with exit code 2. Bytes that come from the input are shown through
// `shown`, so that noise in a file can neither break the line nor colour the terminal.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace holdfast::inline v0::tools {

// `bytes` fit for a message: at most 40 of them, unprintable ones as '?'.
[[nodiscard]] inline std::string shown(std::string_view bytes) {
  constexpr std::size_t longest = 40;
  std::string text;
  for (const char c : bytes.substr(0, longest)) {
    const auto byte = static_cast<unsigned char>(c);
    text += byte < 0x20 || byte >= 0x7f ? '?' : c;
  }
  if (bytes.size() > longest) text += "...";
  return text;
}

// A file name fit for a message: whole, since the user must recognise it, but on one line.
[[nodiscard]] inline std::string shown_name(std::string_view name) {
  std::string text(name);
  for (char& c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) c = '?';
  }
  return text;
}

class input_error : public std::runtime_error {
 public:
  input_error(std::string_view where, std::string_view what, std::string_view cure)
      : std::runtime_error("holdfast: " + shown_name(where) + ": " + std::string(what) + "; " +
                           std::string(cure)) {}
};

}  // namespace holdfast::inline v0::tools
