// What the terminal can do for us: colours where they are wanted, width where it is known.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace holdfast::inline v0::tools {

enum class ink { plain, bold, dim, good, bad };

// True when `descriptor` is a terminal and neither NO_COLOR nor TERM=dumb forbids colours.
[[nodiscard]] bool wants_colour(int descriptor);
[[nodiscard]] bool is_terminal(int descriptor);
[[nodiscard]] std::size_t terminal_width(int descriptor);

[[nodiscard]] std::string painted(std::string_view text, ink colour, bool with_colour);

// Columns `text` takes on a terminal: its UTF-8 characters.
[[nodiscard]] std::size_t width_of(std::string_view text);

}  // namespace holdfast::inline v0::tools
