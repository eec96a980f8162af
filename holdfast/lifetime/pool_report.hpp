// What is said of a handle that has no object.
#pragma once

#include <string>
#include <string_view>

#include <holdfast/base/lang/cause.hpp>
#include <holdfast/base/lang/config.hpp>
#include <holdfast/lifetime/handle.hpp>

namespace holdfast::inline v0::lifetime {

// "stale reference to pool \"textures\": object erased from its pool by operation #5 on thread 7; ask ..."
// `state` is not live.
[[nodiscard]] std::string text_of_handle(std::string_view pool, handle_state state, cause_record why);

// Throws: stale_reference.
[[noreturn]] HOLDFAST_COLD void raise_bad_handle(std::string_view pool, handle_state state, cause_record why);
// Fatal.
[[noreturn]] HOLDFAST_COLD void report_bad_handle(std::string_view pool, handle_state state, cause_record why) noexcept;

}  // namespace holdfast::inline v0::lifetime
