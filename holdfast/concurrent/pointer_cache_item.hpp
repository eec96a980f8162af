// What a pointer_cache knows of an entry without knowing its key or its object.
//
// The map leads to the item; who takes it out of the map, and nobody else, retires it. Until then the queue
// may refer to it, so it leaves the queue first.
//
//   made ──published──▶ in the map ──taken out──▶ out of the queue ──▶ listener ──▶ retired
//                        └─linked into the queue, unless it left before that
//
// What readers look at lies in the first 64 bytes. `uses` and `used` are the only words that they write,
// and only where there is news.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>

#include <holdfast/base/reclaim/retirable.hpp>

namespace holdfast::inline v0::concurrent {

// Nanoseconds of the cache's clock.
using cache_time = std::int64_t;

// An entry with this deadline does not expire.
inline constexpr cache_time never = std::numeric_limits<cache_time>::max();
// Not to be seen yet: over before any clock began.
inline constexpr cache_time withheld = std::numeric_limits<cache_time>::min();

// What more than so many uses say is nothing new; a reader that finds so many does not write.
inline constexpr std::uint8_t most_uses = 3;

// `start + length`, or never.
[[nodiscard]] constexpr cache_time deadline_after(cache_time start, cache_time length) noexcept {
  if (length <= 0) return never;
  return start > never - length ? never : start + length;
}

struct cache_item : reclaim::retirable {
  // Where the item stands with the queue: not yet in it, in one of its two lists, not any more. Guarded by the
  // queue's lock.
  enum class place : std::uint8_t { outside, on_trial, proven, gone };

  // No object: the key is known to have none.
  const void* object = nullptr;
  // Changes once, from withheld; both ends are relaxed, since nothing is read by it.
  std::atomic<cache_time> deadline{never};
  // Last use, kept to a sixteenth of the idle time. relaxed: it orders nothing.
  mutable std::atomic<cache_time> used{0};
  // Uses that the queue has not seen yet, up to most_uses. relaxed: it orders nothing, and may miss one of two
  // that come at once.
  mutable std::atomic<std::uint8_t> uses{0};

  bool is_queued = false;      // it may leave by itself, so the queue has to know it
  bool is_read_only = false;   // its object was given as const
  bool is_by_pointer = false;  // its object was given by a pointer, so it may be under another key too
  place queue_place = place::outside;
  std::uint32_t bytes = 0;        // what its end gives back
  std::uint32_t fingerprint = 0;  // of its key, for a queue that is bounded
  std::size_t weight = 1;
  // In the queue; written under its lock. relaxed: whoever looks without the lock asks for the lines of the
  // neighbours, and does not go there.
  std::atomic<cache_item*> newer{nullptr};
  std::atomic<cache_item*> older{nullptr};
  reclaim::destroy_function destroy = nullptr;

  [[nodiscard]] bool is_over(cache_time now, cache_time idle) const noexcept {
    return deadline.load(std::memory_order_relaxed) <= now ||
           (idle > 0 && now - used.load(std::memory_order_relaxed) >= idle);
  }

  [[nodiscard]] bool is_linked() const noexcept {
    return queue_place == place::on_trial || queue_place == place::proven;
  }

  // What the queue looks at comes from memory while the caller does something else. `item` may be null, or not
  // be there any more.
  static void ask_for(const cache_item* item) noexcept {
    if (item == nullptr) return;
    __builtin_prefetch(&item->uses);
    __builtin_prefetch(&item->older);
  }

  void note_use(cache_time now, cache_time idle) const noexcept {
    const std::uint8_t before = uses.load(std::memory_order_relaxed);
    if (before < most_uses) uses.store(static_cast<std::uint8_t>(before + 1), std::memory_order_relaxed);
    if (idle > 0 && now - used.load(std::memory_order_relaxed) > idle / 16) used.store(now, std::memory_order_relaxed);
  }
};

}  // namespace holdfast::inline v0::concurrent
