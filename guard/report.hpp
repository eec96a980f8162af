// How a finding becomes text on stderr, whatever state the program is in.
//
// A report is made on a stack of its own, by a helper process that shares all memory with this one and for which
// this thread waits (clone with CLONE_VM and CLONE_VFORK): the finder may stand on a signal stack of 8 KiB, and a
// crash while debug information is read ends the helper alone. Where clone is forbidden, it is made here.
//
// Allocates nothing of the program's and takes no lock of its own but one for reports.
#pragma once

#include <cstdint>

#include <holdfast/base/lang/config.hpp>

#include "guard/options.hpp"
#include "guard/text.hpp"

namespace holdfast::guard {

// Where reports go and how many. Once, before anything is found.
void prepare_reports(const options& wanted) noexcept;

// Writes what `describe(to, about)` says: first the line of what was found, then who and where, last the cure.
// `ends` reports are always told; of others as many as HOLDFAST_GUARD=reports=N says. False if it was not told.
HOLDFAST_COLD bool report(void (*describe)(text_sink& to, const void* about), const void* about, bool ends) noexcept;

// Ends the process by SIGABRT, whatever handlers there are.
[[noreturn]] HOLDFAST_COLD void die() noexcept;

// `thread 4711 (worker)`.
void add_thread(text_sink& to, std::uint32_t thread) noexcept;

// The child of a fork: the thread that was reporting is not there.
void reports_after_fork() noexcept;

[[nodiscard]] std::uint64_t count_reports() noexcept;

}  // namespace holdfast::guard
