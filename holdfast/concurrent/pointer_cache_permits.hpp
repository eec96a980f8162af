// A permit for each entry that a cache may have, and how many of them are taken.
//
// Taken by the queues that entries are in. An entry that makes room for another one leaves it its permit, so a full
// cache does not come here.
#pragma once

#include <atomic>
#include <cstddef>

namespace holdfast::inline v0::concurrent {

class cache_permits {
 public:
  // 0: any number.
  explicit cache_permits(std::size_t count) noexcept : count_(count) {}
  cache_permits(const cache_permits&) = delete;
  cache_permits& operator=(const cache_permits&) = delete;

  // False: all are taken. relaxed, as below: counts order nothing.
  [[nodiscard]] bool take() noexcept {
    if (count_ == 0) return true;
    std::size_t taken = taken_.load(std::memory_order_relaxed);
    while (taken < count_) {
      if (taken_.compare_exchange_weak(taken, taken + 1, std::memory_order_relaxed)) return true;
    }
    return false;
  }
  void give_back(std::size_t permits) noexcept {
    if (count_ != 0 && permits != 0) taken_.fetch_sub(permits, std::memory_order_relaxed);
  }

 private:
  const std::size_t count_;
  std::atomic<std::size_t> taken_{0};
};

}  // namespace holdfast::inline v0::concurrent
