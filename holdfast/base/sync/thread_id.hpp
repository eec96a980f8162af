// The kernel's number of this thread, without asking the kernel each time.
//
// Costs one segment-relative load and a test. It is the number that ps, gdb, /proc and a core show. A
// child made by fork() has a new one, which is set before fork() returns there; after a bare clone()
// the old one would stay.
#pragma once

#include <cstdint>

#include <holdfast/base/lang/config.hpp>

namespace holdfast::inline v0 {

namespace sync {

// 0 until the thread has asked once.
HOLDFAST_NEAR_TLS extern constinit thread_local std::uint32_t known_thread_id;

HOLDFAST_COLD std::uint32_t ask_thread_id() noexcept;

}  // namespace sync

[[nodiscard]] inline std::uint32_t this_thread_id() noexcept {
  const std::uint32_t known = sync::known_thread_id;
  if (known != 0) [[likely]] return known;
  return sync::ask_thread_id();
}

}  // namespace holdfast::inline v0
