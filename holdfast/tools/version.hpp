// Which holdfast this is; the build gives the number.
#pragma once

#include <string_view>

namespace holdfast::inline v0::tools {

#ifdef HOLDFAST_VERSION
inline constexpr std::string_view version_text = "holdfast " HOLDFAST_VERSION;
#else
inline constexpr std::string_view version_text = "holdfast (version not set by the build)";
#endif

}  // namespace holdfast::inline v0::tools
