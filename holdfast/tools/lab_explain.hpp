// `holdfast lab explain`.
#pragma once

#include <string>

#include <holdfast/tools/lab_selection.hpp>

namespace holdfast::inline v0::tools {

// The exit code. Throws: input_error if standard output cannot be written.
[[nodiscard]] int explain_hazards(const hazard_list& which);

[[nodiscard]] std::string explanation_text(const hazard::hazard& one, bool colour, std::size_t width);

}  // namespace holdfast::inline v0::tools
