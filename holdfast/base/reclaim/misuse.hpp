// The reports of this room: what was done, why it cannot work, what to do instead.
//
// Cold, all of it; each ends the process but the last one.
#pragma once

#include <holdfast/base/lang/config.hpp>
#include <holdfast/base/reclaim/retirable.hpp>

namespace holdfast::inline v0::reclaim {

[[noreturn]] HOLDFAST_COLD void report_retired_twice(const retirable* node) noexcept;
[[noreturn]] HOLDFAST_COLD void report_wait_in_section() noexcept;
[[noreturn]] HOLDFAST_COLD void report_wait_in_destructor() noexcept;
[[noreturn]] HOLDFAST_COLD void report_section_left_elsewhere() noexcept;
[[noreturn]] HOLDFAST_COLD void report_no_memory_for_pins() noexcept;
[[noreturn]] HOLDFAST_COLD void report_no_grace_period() noexcept;
[[noreturn]] HOLDFAST_COLD void report_no_fork_handler() noexcept;

// Refused, not fatal, and said once: nothing is destroyed any more, but what is there stays good.
HOLDFAST_COLD void report_lost_fence() noexcept;

}  // namespace holdfast::inline v0::reclaim
