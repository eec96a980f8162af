// A fatal report about one thread: what it did, its stack, the cure.
#pragma once

#include <string_view>

#include <holdfast/base/lang/config.hpp>

namespace holdfast::inline v0::observe {

// `first_line` without a newline; `lines` are whole lines, indented by two; `cure` is one sentence.
[[noreturn]] HOLDFAST_COLD void report_fatal_here(const char* first_line, std::string_view lines,
                                                  std::string_view cure) noexcept;

}  // namespace holdfast::inline v0::observe
