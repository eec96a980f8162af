// A lock that most callers only try: who finds it taken has nothing to do.
//
// For work that one thread does for all. One byte, no owner, no queue; a forked child may reset it.
#pragma once

#include <atomic>

namespace holdfast::inline v0::sync {

template <class Machine>
class basic_try_lock {
 public:
  [[nodiscard]] bool try_lock() noexcept {
    // acquire: pairs with the release in unlock(); what the last holder wrote is seen.
    return !taken_.exchange(true, std::memory_order_acquire);
  }
  void lock() noexcept {
    for (unsigned round = 0; !try_lock(); ++round) Machine::rest(round);
  }
  // release: pairs with the acquire in try_lock().
  void unlock() noexcept { taken_.store(false, std::memory_order_release); }

 private:
  typename Machine::template atomic<bool> taken_{false};
};

}  // namespace holdfast::inline v0::sync
