#include <holdfast/tools/lab_explain.hpp>

#include <fmt/format.h>
#include <unistd.h>

#include <holdfast/hazard/catalogue.hpp>
#include <holdfast/hazard/judge.hpp>
#include <holdfast/tools/lab_words.hpp>
#include <holdfast/tools/output_file.hpp>
#include <holdfast/tools/terminal.hpp>

namespace holdfast::inline v0::tools {
namespace {

[[nodiscard]] std::string claims_text(const hazard::hazard& one, std::size_t width) {
  const auto told = fmt::format("told in  {}, {} ({})", source_text(one.from), hazard::article_title(one.from.article),
                                one.from.feature);
  const auto go = fmt::format("in Go    {}: {}", truth_word(one.in_go.truth), one.in_go.why);
  const auto cpp = fmt::format("in C++   {}: {}", truth_word(one.in_cpp.truth), one.in_cpp.why);
  return wrapped(told, 2, width) + wrapped(go, 2, width) + wrapped(cpp, 2, width);
}

[[nodiscard]] std::string program_text(const hazard::program& one, bool is_cure, bool colour, std::size_t width) {
  const auto title = is_cure ? fmt::format("cure {}", one.name) : std::string("naive");
  std::string text = "  " + painted(title, is_cure ? ink::good : ink::bad, colour) + '\n';
  text += wrapped(fmt::format("{}. Expected: {}.", one.story, hazard::expectation_text(one.expectation)), 4, width);
  return text + '\n' + indented(one.code, "    ") + '\n';
}

}  // namespace

std::string explanation_text(const hazard::hazard& one, bool colour, std::size_t width) {
  std::string text = painted(one.id, ink::bold, colour) + '\n';
  text += wrapped(one.story, 0, width) + '\n';
  text += wrapped(one.explanation, 2, width) + '\n';
  text += claims_text(one, width) + '\n';
  text += program_text(one.naive, false, colour, width);
  for (const auto& cure : one.cures) text += program_text(cure, true, colour, width);
  return text + painted(fmt::format("  see it: holdfast lab run {}\n", one.id), ink::dim, colour);
}

int explain_hazards(const hazard_list& which) {
  const bool colour = wants_colour(STDOUT_FILENO);
  std::string text;
  for (const auto* const one : which) {
    if (!text.empty()) text += '\n';
    text += explanation_text(*one, colour, text_width());
  }
  output_file("-").write(text);
  return 0;
}

}  // namespace holdfast::inline v0::tools
