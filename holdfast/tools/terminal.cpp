#include "holdfast/tools/terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

namespace holdfast::inline v0::tools {

bool is_terminal(int descriptor) { return isatty(descriptor) == 1; }

bool wants_colour(int descriptor) {
  const char* const forbidden = std::getenv("NO_COLOR");
  if (forbidden != nullptr && *forbidden != '\0') return false;
  const char* const kind = std::getenv("TERM");
  if (kind != nullptr && std::string_view(kind) == "dumb") return false;
  return is_terminal(descriptor);
}

std::size_t terminal_width(int descriptor) {
  constexpr std::size_t usual = 80;
  winsize size = {};
  if (ioctl(descriptor, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return usual;
  return size.ws_col;
}

std::string painted(std::string_view text, ink colour, bool with_colour) {
  if (!with_colour || colour == ink::plain) return std::string(text);
  std::string_view code;
  switch (colour) {
    case ink::bold: code = "1"; break;
    case ink::dim: code = "2"; break;
    case ink::good: code = "32"; break;
    case ink::bad: code = "31"; break;
    case ink::plain: break;
  }
  return "\x1b[" + std::string(code) + "m" + std::string(text) + "\x1b[0m";
}

std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

}  // namespace holdfast::inline v0::tools
