// A lock for a few instructions: no allocation, no destructor, usable before main and after exit.
#pragma once

#include <atomic>

#include <sched.h>

namespace holdfast::guard {

class short_lock {
 public:
  [[nodiscard]] bool try_lock() noexcept {
    return !taken_.exchange(true, std::memory_order_acquire);  // pairs with the release in unlock()
  }

  void lock() noexcept {
    while (!try_lock()) sched_yield();
  }

  void unlock() noexcept { taken_.store(false, std::memory_order_release); }  // pairs with the acquire in try_lock()

 private:
  std::atomic<bool> taken_{false};
};

class lock_guard {
 public:
  explicit lock_guard(short_lock& one) noexcept : one_(one) { one_.lock(); }
  lock_guard(const lock_guard&) = delete;
  lock_guard& operator=(const lock_guard&) = delete;
  ~lock_guard() { one_.unlock(); }

 private:
  short_lock& one_;
};

}  // namespace holdfast::guard
