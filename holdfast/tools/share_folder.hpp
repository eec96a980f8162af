// Finds files that holdfast ships: in $HOLDFAST_SHARE, beside an installed command, or in the source
// tree that a build lies in.
#pragma once

#include <filesystem>
#include <string>

namespace holdfast::inline v0::tools {

// Where `file` ("traces/x.csv.xz") is. Throws: input_error telling where it was looked for.
[[nodiscard]] std::filesystem::path shipped_file(const std::string& file);

}  // namespace holdfast::inline v0::tools
