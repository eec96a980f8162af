// What a place in the code is called: function, file and line, for reports.
#pragma once

#include <cstdint>

#include "guard/text.hpp"

namespace holdfast::guard {

// `    #3 handle_login(int) at /src/server.cpp:88`, a line for each function inlined there and one for the function
// itself, numbered from `number` on; the next number. Only inside a report: names are demangled in scratch memory.
std::uint64_t add_place(text_sink& to, const void* place, std::uint64_t number) noexcept;

}  // namespace holdfast::guard
