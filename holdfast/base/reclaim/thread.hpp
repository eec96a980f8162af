// The record of this thread, and the way to it.
//
// The fast path is one load: `near_record` is null for a thread that has none yet, and stays null where each
// reader must fence for itself, so that both go the slow way without a test of their own. The variable is
// a bare pointer with the initial-exec model: any type with a constructor or destructor, and any model
// that a shared library may be loaded late with, would put a call into each lookup.
//
// A record is given up when its thread ends, after the destructors of all thread_local objects. In a child
// made by fork() the records of the threads that it does not have leave their sections at once; what they
// hold stays held, because the pin may be in the hands of the thread that forked.
#pragma once

#include <cstdint>

#include <holdfast/base/lang/config.hpp>
#include <holdfast/base/lang/immortal.hpp>
#include <holdfast/base/reclaim/collector.hpp>
#include <holdfast/base/sync/real_machine.hpp>

namespace holdfast::inline v0::reclaim {

using record = basic_record<sync::real_machine>;
using slot = record::slot;
using registry = basic_registry<sync::real_machine>;
using grace = basic_grace<sync::real_machine>;
using collector = basic_collector<sync::real_machine>;

static_assert(sizeof(record) == 256);

HOLDFAST_NEAR_TLS extern constinit thread_local record* near_record;

// The only ones of the process; never destroyed, so that they serve threads and objects that outlive main.
extern constinit immortal<registry> the_records;
extern constinit immortal<grace> the_periods;

// This thread's record, made if need be. Fatal: no memory for it.
[[nodiscard]] HOLDFAST_NOINLINE record& own_record() noexcept;

// Null: this thread has none. Async-signal-safe.
[[nodiscard]] HOLDFAST_NOINLINE record* known_record() noexcept;

// A section of `who` has begun, which is this thread's.
struct entered {
  record* who;
  std::uint64_t before;
};
[[nodiscard]] HOLDFAST_NOINLINE entered enter_slowly() noexcept;

// enter() of a record that this thread has. Async-signal-safe.
[[nodiscard]] HOLDFAST_NOINLINE entered enter_known(record& mine) noexcept;

// Fatal: `who` is another thread's.
HOLDFAST_NOINLINE void check_own(const record& who) noexcept;

}  // namespace holdfast::inline v0::reclaim
