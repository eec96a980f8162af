// How much a pointer_cache keeps and for how long, who is told what left it, and its figures.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>

#include <holdfast/concurrent/pointer_cache_counters.hpp>
#include <holdfast/concurrent/pointer_cache_item.hpp>

namespace holdfast::inline v0 {

// Why an entry left a pointer_cache.
//   replaced       another one was put in its place
//   erased         erase, load_and_erase, or a null pointer that was stored
//   over_capacity  there was no room, or it was heavier than the whole cache may be
//   expired        its time was over; told when it is found to be, which may be later
//   cleared        clear
enum class removal_cause : std::uint8_t { replaced, erased, over_capacity, expired, cleared };

// Everything is off until it is set: as it stands here, a cache keeps all for good.
template <class Key, class T>
struct pointer_cache_options {
  // How many entries it keeps; 0: any number. Each thread that is just writing may have one more in.
  std::size_t capacity = 0;
  // How much they weigh together at most; 0: any weight. An entry that alone weighs more is not kept.
  std::size_t weight_limit = 0;
  // What one entry weighs, asked once before it is stored; without it each weighs 1.
  std::function<std::size_t(const Key&, const T&)> weigh{};

  // How long an entry is there after it was stored, made, or updated; 0: for good.
  std::chrono::nanoseconds time_to_live{0};
  // How long after its last use, exact to a sixteenth; 0: for good.
  std::chrono::nanoseconds time_to_idle{0};
  // How long the knowledge that a key has no object is kept; 0: it is not kept.
  std::chrono::nanoseconds time_of_absence{0};

  // Told of each entry that has left, once, by the thread that made it leave, with nothing locked; the object
  // is null for a key that was known to be absent. It may use the cache. Must not throw.
  std::function<void(const Key&, const T*, removal_cause)> on_removal{};

  // Any time that does not run backwards; asked by writes, and by reads that meet an entry that may expire.
  // Without it: the system's monotonic time as of its last tick, some milliseconds old. Must not throw.
  std::function<std::chrono::nanoseconds()> clock{};
};

struct pointer_cache_stats {
  std::size_t entries = 0;  // those that are over or known to be absent included, until they are taken out
  std::size_t weight = 0;   // of those that may leave by themselves
  std::uint64_t hits = 0;
  std::uint64_t misses = 0;
  std::uint64_t loads = 0;          // makers that returned
  std::uint64_t load_failures = 0;  // makers that threw
  std::uint64_t withdrawn = 0;      // what a maker returned after its key had been erased

  // Entries that left, by cause.
  std::uint64_t replaced = 0;
  std::uint64_t erased = 0;
  std::uint64_t over_capacity = 0;
  std::uint64_t expired = 0;
  std::uint64_t cleared = 0;

  // Objects found under another key already, by what became of them; under cache_aliases::allow all 0.
  std::uint64_t aliases_found = 0;  // reported, or let be
  std::uint64_t aliases_rejected = 0;
  std::uint64_t aliases_copied = 0;
  std::size_t shared_objects = 0;  // under more than one key now

  // 0 before anything was asked for.
  [[nodiscard]] double hit_ratio() const noexcept {
    const std::uint64_t asked = hits + misses;
    return asked == 0 ? 0.0 : static_cast<double>(hits) / static_cast<double>(asked);
  }
};

namespace concurrent {

// The system's monotonic time as of its last tick.
[[nodiscard]] cache_time coarse_time() noexcept;

}  // namespace concurrent
}  // namespace holdfast::inline v0
