// A place where threads wait until others let so many of them through.
//
// A counting semaphore without a ceiling, four bytes, no allocation. Waiting goes through a futex
// (std::atomic's wait); letting through costs a system call only if somebody waits.
#pragma once

#include <atomic>
#include <cstdint>

namespace holdfast::inline v0::sync {

class gate {
 public:
  // Waits for a permit and uses it up.
  void pass() noexcept {
    std::uint32_t permits = permits_.load(std::memory_order_relaxed);
    while (true) {
      if (permits == 0) {
        permits_.wait(0, std::memory_order_relaxed);
        permits = permits_.load(std::memory_order_relaxed);
        // acquire: pairs with the release in open(); who passes sees what was done before it was let through.
      } else if (permits_.compare_exchange_weak(permits, permits - 1, std::memory_order_acquire,
                                                std::memory_order_relaxed)) {
        return;
      }
    }
  }

  // Lets `count` threads through, now or when they come.
  void open(std::uint32_t count) noexcept {
    if (count == 0) return;
    // release: pairs with the acquire in pass().
    permits_.fetch_add(count, std::memory_order_release);
    if (count == 1) {
      permits_.notify_one();
    } else {
      permits_.notify_all();
    }
  }

 private:
  std::atomic<std::uint32_t> permits_{0};
};

}  // namespace holdfast::inline v0::sync
