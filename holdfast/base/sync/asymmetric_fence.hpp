// A full fence between two threads of which one pays for both.
//
// A store that must be visible before a later load needs a full fence, 4 to 5 ns, at each reader. Readers
// here keep only the compiler from reordering; the one who needs to know what they do makes every
// running thread of the process execute a full fence (membarrier, 0.3 to 10 µs), and a thread that does
// not run has executed one when it was switched out.
//
// Where the kernel or a seccomp filter denies membarrier the readers fence for themselves. That is decided
// once, before the first reader is let in; see `readers_fence`.
#pragma once

#include <atomic>
#include <cstdint>

#include <holdfast/base/lang/config.hpp>

namespace holdfast::inline v0::sync {

// What the kernel has answered to the question whether it will fence for us.
enum class fencing : std::uint8_t {
  undecided = 0,
  by_kernel = 1,   // readers do nothing, heavy_fence() asks the kernel
  by_readers = 2,  // readers execute a fence, heavy_fence() is one too
};

// `query` is what membarrier answered to QUERY, `registration` to REGISTER_PRIVATE_EXPEDITED; negative is
// a refusal. Pure, so that each refusal can be tested on a kernel that refuses nothing.
[[nodiscard]] fencing fencing_for(long query, long registration) noexcept;

// Decides at the first call, and registers the process; the answer never changes, also not in a child
// made by fork(), which inherits the registration.
// Threads: any. Async-signal-safe.
[[nodiscard]] fencing decided_fencing() noexcept;

// Whether each reader must execute a fence of its own.
[[nodiscard]] inline bool readers_fence() noexcept { return decided_fencing() == fencing::by_readers; }

// The reader's half when the kernel fences: the compiler keeps the order, the processor need not.
HOLDFAST_ALWAYS_INLINE void light_fence() noexcept { std::atomic_signal_fence(std::memory_order_seq_cst); }

// The other half, and a full fence for its caller. False: the kernel, which had agreed, refuses now (a seccomp filter came later). Then
// nothing may be concluded about what readers see.
[[nodiscard]] bool heavy_fence() noexcept;

}  // namespace holdfast::inline v0::sync
