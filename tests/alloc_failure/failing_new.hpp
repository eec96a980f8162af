// The global operator new of this executable: counts, and fails at the n-th call when told to.
#pragma once

#include <cstdint>

namespace holdfast::tests {

struct heap {
  static inline std::int64_t calls = 0;       // since the program began
  static inline std::int64_t live = 0;        // blocks not yet deleted
  static inline std::int64_t fail_after = -1; // calls until one fails; negative: never

  static void fail_at(std::int64_t call) noexcept { fail_after = call; }
  static void never_fail() noexcept { fail_after = -1; }
};

}  // namespace holdfast::tests
