// The queues of one cache: one, or in a large cache several that share its permits.
//
// At one queue the writers of a large cache wait for each other. So its keys are spread over up to eight, each with a
// lock, lists and a memory of its own, which learn for themselves. The permits are not divided: a queue takes one that
// is free, and when there is none it gives up an entry of its own, whose permit goes to the new one. So the bound is
// exact, and the share of a queue follows the keys that come to it.
//
//   fingerprint ──low bits──▶ [ queue ] … [ queue ]
//                                └─ permits of all ┘
//
// A queue learns well from 16 Ki entries on; with half of that a real trace lost 0.3 points of its hits. Under a
// limit of weight there is one queue, since what is heavy could empty its own before it came to others.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include <holdfast/concurrent/pointer_cache_queue.hpp>

namespace holdfast::inline v0::concurrent {

class cache_queues {
 public:
  static constexpr std::size_t most = 8;
  static constexpr std::size_t enough = std::size_t{1} << 14;  // permits for a queue

  // A power of two.
  [[nodiscard]] static constexpr std::size_t count_for(const cache_queue::bounds& chosen) noexcept {
    if (chosen.weight != 0 || chosen.entries < enough) return 1;
    return std::min(most, std::bit_floor(chosen.entries / enough));
  }

  cache_queues(const cache_queue::bounds& chosen, const zeroed_memory& memory) noexcept
      : cache_queues(chosen, memory, std::make_index_sequence<most>()) {}

  // As those of cache_queue.
  void expect(std::uint32_t fingerprint) const noexcept { all_[fingerprint & mask_].expect(fingerprint); }
  [[nodiscard]] cache_queue::answer admit(cache_item& now_there, cache_item* before, cache_time now,
                                          cache_victims& victims) noexcept;
  void remove(cache_item& gone) noexcept { queue_of(gone).remove(gone); }
  [[nodiscard]] cache_queue::figures count() const noexcept;

  [[nodiscard]] std::span<cache_queue> each() noexcept { return {all_.data(), mask_ + 1}; }

 private:
  template <std::size_t... Number>
  cache_queues(const cache_queue::bounds& chosen, const zeroed_memory& memory, std::index_sequence<Number...>) noexcept
      : permits_(chosen.entries),
        mask_(count_for(chosen) - 1),
        all_{{(static_cast<void>(Number), cache_queue(chosen, mask_ + 1, permits_, memory))...}} {}
  [[nodiscard]] cache_queue& queue_of(const cache_item& item) noexcept { return all_[item.fingerprint & mask_]; }

  cache_permits permits_;
  const std::size_t mask_;
  std::array<cache_queue, most> all_;
};

}  // namespace holdfast::inline v0::concurrent
