#include <holdfast/tools/lab_list.hpp>

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include <holdfast/hazard/catalogue.hpp>
#include <holdfast/hazard/judge.hpp>
#include <holdfast/tools/lab_words.hpp>
#include <holdfast/tools/output_file.hpp>
#include <holdfast/tools/terminal.hpp>

namespace holdfast::inline v0::tools {
namespace {

// Counts columns, which "§" has one of.
[[nodiscard]] std::string padded(std::string_view text, std::size_t width) {
  const std::size_t taken = width_of(text);
  return std::string(text) + std::string(taken < width ? width - taken : 0, ' ');
}

struct widths {
  std::size_t id = 2;
  std::size_t article = 7;
  std::size_t story = 5;
  [[nodiscard]] std::size_t whole() const { return id + article + story + 6 + 9 + 4 * 2; }
};

[[nodiscard]] widths widest() {
  widths w;
  for (const auto& one : hazard::catalogue()) {
    w.id = std::max(w.id, width_of(one.id));
    w.article = std::max(w.article, width_of(source_text(one.from)));
    w.story = std::max(w.story, width_of(one.story));
  }
  return w;
}

[[nodiscard]] std::string line(const widths& w, std::string_view id, std::string_view article, std::string_view go,
                               std::string_view cpp, std::string_view story) {
  std::string text = fmt::format("{}  {}  {}  {}", padded(id, w.id), padded(article, w.article), padded(go, 6), padded(cpp, 9));
  if (!story.empty()) text += fmt::format("  {}", story);
  return text;
}

[[nodiscard]] std::string table_text(bool colour) {
  const widths w = widest();
  // A terminal too narrow for a row gets the story under the row.
  const bool in_one_line = !is_terminal(STDOUT_FILENO) || w.whole() <= terminal_width(STDOUT_FILENO);
  std::string text = painted(line(w, "id", "article", "Go?", "C++?", in_one_line ? "story" : ""), ink::bold, colour) + '\n';
  for (const auto& one : hazard::catalogue()) {
    const auto row = line(w, one.id, source_text(one.from), truth_word(one.in_go.truth), truth_word(one.in_cpp.truth),
                          in_one_line ? one.story : "");
    text += row + '\n';
    if (!in_one_line) text += painted(wrapped(one.story, 4, text_width()), ink::dim, colour);
  }
  return text + painted("Go?, C++?: whether what the article tells is true there; `holdfast lab explain ID` says why.\n", ink::dim,
                        colour);
}

[[nodiscard]] nlohmann::json claim_json(const hazard::claim& one) {
  return {{"true", truth_word(one.truth)}, {"why", one.why}};
}

[[nodiscard]] nlohmann::json program_json(const hazard::program& one) {
  return {{"name", one.name}, {"story", one.story}, {"expected", hazard::expectation_text(one.expectation)}, {"code", one.code}};
}

[[nodiscard]] nlohmann::json hazard_json(const hazard::hazard& one) {
  auto cures = nlohmann::json::array();
  for (const auto& cure : one.cures) cures.push_back(program_json(cure));
  return {{"id", one.id},
          {"story", one.story},
          {"explanation", one.explanation},
          {"article", one.from.article},
          {"section", one.from.section},
          {"features", one.from.feature},
          {"go", claim_json(one.in_go)},
          {"cpp", claim_json(one.in_cpp)},
          {"naive", program_json(one.naive)},
          {"cures", cures}};
}

}  // namespace

int list_hazards(bool as_json) {
  if (!as_json) {
    output_file("-").write(table_text(wants_colour(STDOUT_FILENO)));
    return 0;
  }
  auto all = nlohmann::json::array();
  for (const auto& one : hazard::catalogue()) all.push_back(hazard_json(one));
  output_file("-").write(nlohmann::json{{"format", "holdfast-lab-list-1"}, {"hazards", all}}.dump(2) + "\n");
  return 0;
}

}  // namespace holdfast::inline v0::tools
