// The machine a replay runs on: what it is, and how to stay on one of its processors.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace holdfast::inline v0::tools {

// "AMD EPYC 9B14, 2 CPUs, Linux 6.1.0".
[[nodiscard]] std::string machine_text();

// Keeps this process on `cpu`. Throws: input_error where there is no such processor for us.
void pin_to_cpu(int cpu);

// Makes malloc the same at the start of every play: free memory goes back to the system, and what
// large blocks did before does not change where the next ones come from.
void fix_malloc_threshold();
void give_back_free_memory();

// What malloc has handed out and not got back; 0 where it does not tell.
[[nodiscard]] std::uint64_t malloced_bytes();

}  // namespace holdfast::inline v0::tools
