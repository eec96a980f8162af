#include <holdfast/tools/lab_words.hpp>

#include <unistd.h>

#include <algorithm>

#include <holdfast/tools/terminal.hpp>

namespace holdfast::inline v0::tools {
namespace {

// Takes the first line off `text`.
[[nodiscard]] std::string_view next_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  const auto line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

[[nodiscard]] std::string wrapped_paragraph(std::string_view words, std::size_t indent, std::size_t width) {
  std::string text;
  std::size_t column = 0;
  while (!words.empty()) {
    const std::size_t space = words.find(' ');
    const auto word = words.substr(0, space);
    words.remove_prefix(space == std::string_view::npos ? words.size() : space + 1);
    const std::size_t needed = width_of(word);
    if (column == 0 || column + 1 + needed > width) {
      if (column != 0) text += '\n';
      text += std::string(indent, ' ');
      column = indent;
    } else {
      text += ' ';
      ++column;
    }
    text += word;
    column += needed;
  }
  return text + '\n';
}

}  // namespace

std::string_view truth_word(hazard::truth truth) noexcept {
  switch (truth) {
    case hazard::truth::yes: return "yes";
    case hazard::truth::no: return "no";
    case hazard::truth::partly: return "partly";
    case hazard::truth::by_design: break;
  }
  return "by design";
}

std::string source_text(const hazard::source& from) {
  return std::string(from.article) + " § " + std::string(from.section);
}

std::string wrapped(std::string_view text, std::size_t indent, std::size_t width) {
  std::string all;
  while (!text.empty()) all += wrapped_paragraph(next_line(text), indent, width);
  return all;
}

std::string indented(std::string_view text, std::string_view prefix) {
  std::string all;
  while (!text.empty()) all += std::string(prefix) + std::string(next_line(text)) + '\n';
  return all;
}

std::size_t text_width() {
  constexpr std::size_t widest = 100;
  return is_terminal(STDOUT_FILENO) ? std::min(widest, terminal_width(STDOUT_FILENO)) : widest;
}

}  // namespace holdfast::inline v0::tools
