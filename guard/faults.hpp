// Turns a fault in a guarded page into a report, and passes every other one on to the program.
//
// The program may have a handler of its own, before or later: sigaction and signal are interposed for SIGSEGV, so
// that it gets what it asked for, with its flags and its mask, behind ours.
#pragma once

namespace holdfast::guard {

// Installs the handler.
void watch_faults() noexcept;

// The child of a fork has its own process number.
void faults_after_fork() noexcept;

}  // namespace holdfast::guard
