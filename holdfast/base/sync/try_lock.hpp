// A lock that most callers only try: who finds it taken has nothing to do.
//
// For work that one thread does for all. No owner and no queue. It remembers in which process it was
// taken: when another thread held it at a fork(), the child has nobody to give it back, so the child takes
// it over and is told that what it guards was left half done.
#pragma once

#include <atomic>
#include <cstdint>

namespace holdfast::inline v0::sync {

enum class taken : std::uint8_t {
  no,
  yes,
  inherited,  // from a thread that this process does not have
};

template <class Machine>
class basic_try_lock {
 public:
  [[nodiscard]] taken try_lock() noexcept {
    const std::uint64_t here = Machine::generation();
    std::uint64_t holder = 0;
    // acquire: pairs with the release in unlock(); what the last holder wrote is seen.
    if (holder_.compare_exchange_strong(holder, here, std::memory_order_acquire, std::memory_order_relaxed))
      return taken::yes;
    if (holder == here) return taken::no;
    const bool mine =
        holder_.compare_exchange_strong(holder, here, std::memory_order_acquire, std::memory_order_relaxed);
    return mine ? taken::inherited : taken::no;
  }

  // Never `no`.
  [[nodiscard]] taken lock() noexcept {
    for (unsigned round = 0;; ++round) {
      if (const taken got = try_lock(); got != taken::no) return got;
      Machine::rest(round);
    }
  }

  // release: pairs with the acquire in try_lock().
  void unlock() noexcept { holder_.store(0, std::memory_order_release); }

 private:
  typename Machine::template atomic<std::uint64_t> holder_{0};  // 0: free, else the holder's generation()
};

}  // namespace holdfast::inline v0::sync
