// A child's stack, told by its parent.
//
// A child knows addresses and dynamic symbols. The parent is the same program, so it can look the
// addresses of the program's own code up in its debug information, at leisure.
#pragma once

#include <string>
#include <vector>

#include <holdfast/hazard/crash_notes.hpp>

namespace holdfast::inline v0::hazard {

// One line for each function, innermost first, without its number. Ends where the program was called:
// what lies further out is the lab.
[[nodiscard]] std::vector<std::string> stack_lines(const crash_notes& notes);

}  // namespace holdfast::inline v0::hazard
