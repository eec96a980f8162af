// An object that counts itself, for tests of who destroys what and when.
#pragma once

#include <atomic>
#include <cstddef>

#include <holdfast/base/reclaim/domain.hpp>

namespace holdfast::tests {

struct counted : reclaim::retirable {
  explicit counted(std::atomic<int>& living, int number = 0) : alive(&living), value(number) { ++*alive; }
  ~counted() { --*alive; }

  std::atomic<int>* alive;
  int value;
};

inline void destroy_counted(reclaim::retirable* one) noexcept { delete static_cast<counted*>(one); }

inline void retire(reclaim::domain& where, counted& one, std::size_t bytes = sizeof(counted)) {
  where.retire(one, bytes, destroy_counted);
}

// A pin as a lookup would make it.
inline reclaim::pin<counted> pinned(reclaim::domain& where, counted& one) {
  reclaim::section inside(where);
  return inside.hand_off(&one, &one);
}

}  // namespace holdfast::tests
