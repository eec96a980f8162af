// The lock of one bucket: a bit of its control word.
//
// Held for some tens of nanoseconds, so a writer first looks some times, with pauses that double: each look takes the
// line from the holder, who is faster when left alone. If the holder has been preempted that does not help: the writer
// then leaves its section, so that it holds up nobody's garbage, and lets others run, first by yielding, then by
// sleeping for longer and longer, up to a millisecond.
// The lock is opened by the plain store that publishes the change, with no locked instruction, so nobody is
// woken; a sleeper looks again by itself.
//
// inv hf.concurrent.lock-is-short: no code of the user's but hash and equality runs under this lock.
#pragma once

#include <atomic>
#include <cstdint>

#include <holdfast/base/lang/config.hpp>
#include <holdfast/concurrent/sync_map_line.hpp>

namespace holdfast::inline v0::concurrent {

// What the tries below return: the control word without the lock bit if they got the lock, with it if not. In one
// register: a word that is passed by its address is stored and loaded again on the way to every write.
[[nodiscard]] HOLDFAST_ALWAYS_INLINE bool got_lock(std::uint64_t tags) noexcept { return (tags & lock_bit) == 0; }

// One try.
[[nodiscard]] HOLDFAST_ALWAYS_INLINE std::uint64_t try_lock(std::atomic<std::uint64_t>& control) noexcept {
  // relaxed: a first look; the exchange decides.
  std::uint64_t seen = control.load(std::memory_order_relaxed);
  // acquire: pairs with the release in unlock(); what the last holder wrote is seen.
  if (got_lock(seen) && control.compare_exchange_weak(seen, seen | lock_bit, std::memory_order_acquire,
                                                      std::memory_order_relaxed)) [[likely]] return seen;
  return seen | lock_bit;
}

// Seven tries, a few dozen pauses.
[[nodiscard]] std::uint64_t lock_soon(std::atomic<std::uint64_t>& control) noexcept;

// Publishes `tags` and opens the lock.
HOLDFAST_ALWAYS_INLINE void unlock(std::atomic<std::uint64_t>& control, std::uint64_t tags) noexcept {
  // release: pairs with the acquire of readers and of the next holder.
  control.store(tags, std::memory_order_release);
}

// What a thread does that has looked often enough. Not inside a section.
class back_off {
 public:
  void wait() noexcept;

 private:
  unsigned rounds_ = 0;
};

// For who must have the lock, and holds up nobody by waiting for it. The control word without the lock bit.
std::uint64_t lock_for_certain(std::atomic<std::uint64_t>& control) noexcept;

}  // namespace holdfast::inline v0::concurrent
