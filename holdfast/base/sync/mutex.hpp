// A lock of four bytes with the contract of Go's sync.Mutex.
//
// What std::mutex leaves undefined is defined here: another thread than the one that locked may unlock,
// and unlocking what is not locked ends the process with Go's words. Whoever has waited for more than a
// millisecond goes before those who come later, so that nobody starves; until then newcomers may pass,
// which is faster because they are running already.
//
//   word   bit  0      locked
//          bit  1      somebody has waited too long: newcomers must not pass
//          bits 2..31  how many wait
#pragma once

#include <atomic>
#include <cstdint>

#include <holdfast/base/lang/config.hpp>

namespace holdfast::inline v0 {

class mutex {
 public:
  mutex() = default;
  mutex(const mutex&) = delete;
  mutex& operator=(const mutex&) = delete;

  void lock() noexcept {
    std::uint32_t free = 0;
    // acquire: pairs with the release in unlock().
    if (word_.compare_exchange_strong(free, locked, std::memory_order_acquire, std::memory_order_relaxed)) [[likely]]
      return;
    lock_slowly();
  }

  // False if it is locked or promised to somebody who waits.
  [[nodiscard]] bool try_lock() noexcept {
    std::uint32_t seen = word_.load(std::memory_order_relaxed);
    while ((seen & (locked | promised)) == 0) {
      // acquire: pairs with the release in unlock().
      if (word_.compare_exchange_weak(seen, seen | locked, std::memory_order_acquire, std::memory_order_relaxed))
        return true;
    }
    return false;
  }

  // Threads: any, not only the one that locked. Fatal: it is not locked.
  void unlock() noexcept {
    // release: pairs with the acquire of whoever locks next.
    const std::uint32_t before = word_.fetch_sub(locked, std::memory_order_release);
    if (before != locked) [[unlikely]] unlock_slowly(before);
  }

 private:
  static constexpr std::uint32_t locked = 1;
  static constexpr std::uint32_t promised = 2;
  static constexpr std::uint32_t one_waiter = 4;

  HOLDFAST_NOINLINE void lock_slowly() noexcept;
  HOLDFAST_NOINLINE void unlock_slowly(std::uint32_t before) noexcept;

  std::atomic<std::uint32_t> word_{0};
};

}  // namespace holdfast::inline v0
