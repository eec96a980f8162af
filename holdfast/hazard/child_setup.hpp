// What a freshly forked child does to itself before it runs anything.
#pragma once

#include <chrono>
#include <string>

#include <sys/types.h>

#include <holdfast/hazard/child.hpp>

namespace holdfast::inline v0::hazard {

// In the child's folder.
inline constexpr const char* notes_name = "notes";

struct child_surroundings {
  pid_t parent;
  std::string folder;
  bool want_core;
  std::chrono::milliseconds time_out;
  int standard_output;
  int standard_error;
};

// Sets up group, folder, limits and streams, runs `body` and exits with what it returns. The child is
// killed when the parent dies.
[[noreturn]] void become_child(const child_surroundings& around, const child_body& body) noexcept;

}  // namespace holdfast::inline v0::hazard
