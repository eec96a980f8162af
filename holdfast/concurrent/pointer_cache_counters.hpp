// Counts what happens in a cache without making threads write to each other's lines.
//
// Each of up to 32 threads at a time has a stripe of its own, in every cache, and adds to it with a load
// and a store; those beyond share one stripe and pay a locked instruction. Nothing is lost either way.
// A thread gives its stripe back when it ends, for another one to go on counting where it stopped.
//
// inv hf.cache.counted-once: the sum over the stripes is exact once the counting threads have finished.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include <holdfast/base/lang/config.hpp>

namespace holdfast::inline v0::concurrent {

enum class cache_event : std::uint8_t {
  hit,
  miss,
  made,
  make_failed,
  // In the order of removal_cause.
  replaced,
  erased,
  over_capacity,
  expired,
  cleared,
  alias_found,
  alias_rejected,
  alias_copied,
  withdrawn,
};
inline constexpr std::size_t cache_events = 13;

inline constexpr std::uint32_t shared_stripe = 32;
inline constexpr std::uint32_t no_stripe = 33;

// Which stripes are taken, a bit for each.
class stripe_board {
 public:
  // One that nobody has from now on but the caller, with what was counted there before; shared_stripe: there is none.
  [[nodiscard]] std::uint32_t take() noexcept;
  void give_back(std::uint32_t stripe) noexcept;

 private:
  std::atomic<std::uint32_t> taken_{0};
};

// The number of this thread's stripe, once it has asked.
HOLDFAST_NEAR_TLS extern constinit thread_local std::uint32_t known_stripe;

// Takes a stripe for this thread, if one is free.
HOLDFAST_COLD std::uint32_t claim_stripe() noexcept;

class cache_counters {
 public:
  HOLDFAST_ALWAYS_INLINE void add(cache_event what) noexcept {
    std::uint32_t stripe = known_stripe;
    if (stripe == no_stripe) [[unlikely]]
      stripe = claim_stripe();
    std::atomic<std::uint64_t>& count = stripes_[stripe].counts[static_cast<std::size_t>(what)];
    // relaxed: counts order nothing. One thread's own stripe needs no locked instruction.
    if (stripe == shared_stripe) [[unlikely]] {
      count.fetch_add(1, std::memory_order_relaxed);
    } else {
      count.store(count.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    }
  }

  [[nodiscard]] std::uint64_t sum(cache_event what) const noexcept {
    std::uint64_t all = 0;
    for (const stripe_counts& each : stripes_)
      all += each.counts[static_cast<std::size_t>(what)].load(std::memory_order_relaxed);
    return all;
  }

 private:
  struct alignas(64) stripe_counts {
    std::array<std::atomic<std::uint64_t>, cache_events> counts{};
  };
  std::array<stripe_counts, shared_stripe + 1> stripes_{};
};

}  // namespace holdfast::inline v0::concurrent
