#include "holdfast/tools/text_table.hpp"

#include <algorithm>

namespace holdfast::inline v0::tools {
namespace {

constexpr std::string_view gap = "  ";

[[nodiscard]] std::string aligned(const cell& one, std::size_t width, bool left, bool with_colour) {
  const std::string space(width - width_of(one.text), ' ');
  const auto text = painted(one.text, one.colour, with_colour);
  return left ? text + space : space + text;
}

[[nodiscard]] std::string line_of(const std::vector<cell>& row,
                                  const std::vector<std::size_t>& widths, bool with_colour) {
  std::string line;
  for (std::size_t i = 0; i < row.size(); ++i) {
    line += gap;
    line += aligned(row[i], widths[i], i == 0, with_colour);
  }
  return line + "\n";
}

}  // namespace

std::vector<std::size_t> text_table::widths() const {
  std::vector<std::size_t> widest;
  for (const auto& heading : headings_) widest.push_back(width_of(heading));
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      widest[i] = std::max(widest[i], width_of(row[i].text));
    }
  }
  return widest;
}

std::string text_table::text(bool with_colour) const {
  const auto widest = widths();
  std::vector<cell> heading;
  for (const auto& text : headings_) heading.push_back({text, ink::bold});
  std::string all = line_of(heading, widest, with_colour);
  for (const auto& row : rows_) all += line_of(row, widest, with_colour);
  return all;
}

}  // namespace holdfast::inline v0::tools
