// A table of text with its columns aligned: the first to the left, all others to the right.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "holdfast/tools/terminal.hpp"

namespace holdfast::inline v0::tools {

struct cell {
  std::string text;
  ink colour = ink::plain;
};

class text_table {
 public:
  explicit text_table(std::vector<std::string> headings) : headings_(std::move(headings)) {}

  // One cell for each heading.
  void add_row(std::vector<cell> row) { rows_.push_back(std::move(row)); }

  [[nodiscard]] std::string text(bool with_colour) const;

 private:
  [[nodiscard]] std::vector<std::size_t> widths() const;

  std::vector<std::string> headings_;
  std::vector<std::vector<cell>> rows_;
};

}  // namespace holdfast::inline v0::tools
