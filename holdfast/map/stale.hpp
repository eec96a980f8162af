// The report of an iterator that was used after what it pointed at had gone.
#pragma once

#include <cstdint>

#include <holdfast/base/lang/config.hpp>
#include <holdfast/table/header.hpp>

namespace holdfast::inline v0 {

enum class stale_cause : std::uint8_t {
  moved,      // a new key went in, or the table was resized, and entries may have moved
  erased,     // the entry was erased or the map cleared
  destroyed,  // the map is gone
  at_end,     // it is an end iterator
};

// `head` may be null where the map is gone.
[[noreturn]] HOLDFAST_COLD void report_stale_iterator(const table::header* head, stale_cause cause) noexcept;

}  // namespace holdfast::inline v0
