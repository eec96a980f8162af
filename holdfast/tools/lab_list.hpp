// `holdfast lab list`.
#pragma once

namespace holdfast::inline v0::tools {

// The exit code. Throws: input_error if standard output cannot be written.
[[nodiscard]] int list_hazards(bool as_json);

}  // namespace holdfast::inline v0::tools
