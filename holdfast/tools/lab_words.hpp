// How the lab words things, and how it breaks lines.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <holdfast/hazard/hazard.hpp>

namespace holdfast::inline v0::tools {

// "yes", "no", "partly", "by design".
[[nodiscard]] std::string_view truth_word(hazard::truth truth) noexcept;

// "A0 § 3.1".
[[nodiscard]] std::string source_text(const hazard::source& from);

// `text` in lines of at most `width` columns, each behind `indent` spaces; paragraphs end with '\n'.
[[nodiscard]] std::string wrapped(std::string_view text, std::size_t indent, std::size_t width);

// Every line of `text` behind `prefix`.
[[nodiscard]] std::string indented(std::string_view text, std::string_view prefix);

// The width to write for: the terminal's up to 100 columns, 100 where there is none.
[[nodiscard]] std::size_t text_width();

}  // namespace holdfast::inline v0::tools
