// What HOLDFAST_OPTIONS in the environment asks for: a list of `name=value`, separated by commas.
//
//   seed=N   every seed and every random start in this process follows from N (decimal, up to 2^64 - 1)
//
// Of two values for one name the last counts. What is not understood is passed over: a variable that
// some other version knows must not stop a program. The first time that happens in a process, one line
// on stderr names all of it.
#pragma once

#include <cstdint>
#include <optional>

#include <holdfast/base/lang/config.hpp>

namespace holdfast::inline v0 {

struct program_options {
  std::optional<std::uint64_t> seed;
};

// Reads the environment at every call and allocates nothing.
// Threads: any, while nobody changes the environment.
[[nodiscard]] HOLDFAST_COLD program_options wanted_options() noexcept;

}  // namespace holdfast::inline v0
