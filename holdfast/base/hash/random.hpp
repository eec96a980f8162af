// Seeds and random starts: unpredictable from outside, repeatable on demand.
//
// `HOLDFAST_OPTIONS=seed=N` in the environment makes every seed and every start of a walk in this
// process follow from N and from the order in which they are asked for on each thread.
#pragma once

#include <cstdint>

namespace holdfast::inline v0 {

// The next word of this thread's own sequence. Never blocks; about a nanosecond.
[[nodiscard]] std::uint64_t random_word() noexcept;

}  // namespace holdfast::inline v0
