// Which hazards a command line means.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <holdfast/hazard/hazard.hpp>

namespace holdfast::inline v0::tools {

struct lab_selection {
  std::vector<std::string> ids;
  bool all = false;
};

using hazard_list = std::vector<const hazard::hazard*>;

// In the order of the command line, each once. Throws: input_error for an id that there is not, with
// the nearest that there is, and for a selection of nothing.
[[nodiscard]] hazard_list chosen_hazards(const lab_selection& which, std::string_view command);

// What "ID/PROGRAM" names. Throws: input_error.
[[nodiscard]] std::pair<const hazard::hazard*, const hazard::program*> named_program(std::string_view name);

}  // namespace holdfast::inline v0::tools
