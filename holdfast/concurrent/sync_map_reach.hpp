// How many buckets a sync_map has, and which one a hash leads to.
//
//   number = hash & mask, with the smallest mask 2^k - 1 that reaches all buckets in use; or with half of
//   it, where the bucket that this would tell apart has not been split off yet
//
// The mask follows from the number of buckets, but computing it takes a lookup longer than reading it. So it stands
// beside the number, is stored before the first number that needs it, and what a lookup reads may be of two times:
//
//   mask too new   it was stored when half of it reached all buckets: what that half leads to is filled
//   mask too old   leads to where the entry may have been before a split. Who finds nothing there reads both once more:
//                  where the number is still the same the mask is not too old any more, and leads elsewhere
//
// inv hf.concurrent.buckets-only-grow: the number of buckets of an array never falls.
// inv hf.concurrent.reach-is-filled: what a lookup is led to by mask and number was filled before.
#pragma once

#include <atomic>
#include <bit>
#include <cstdint>

#include <holdfast/base/lang/config.hpp>

namespace holdfast::inline v0::concurrent {

// Which bucket a hash leads to while `mask` is what separates it from its neighbours. Two places with the
// same mask, of the same hash, are the same bucket, and it was not split in between.
struct bucket_place {
  std::uint64_t number;
  std::uint64_t mask;
};

// The smallest 2^k - 1 that reaches so many buckets.
[[nodiscard]] constexpr std::uint64_t mask_for(std::uint64_t buckets) noexcept {
  return buckets == 0 ? 0 : (std::uint64_t{1} << std::bit_width(buckets - 1)) - 1;
}

[[nodiscard]] constexpr bucket_place place_of(std::uint64_t hash, std::uint64_t buckets) noexcept {
  const std::uint64_t mask = mask_for(buckets);
  const std::uint64_t low = mask >> 1;
  // The bucket that this one's upper half goes to, or will go to. Also for a hash of the lower half: the mask
  // tells whether the bucket has been split.
  const std::uint64_t upper = (hash & low) | (low + 1);
  const std::uint64_t reach = upper < buckets ? mask : low;
  return {hash & reach, reach};
}

// As a lookup reads them.
struct bucket_reach {
  std::uint64_t mask;
  std::uint64_t buckets;

  [[nodiscard]] HOLDFAST_ALWAYS_INLINE constexpr std::uint64_t number_of(std::uint64_t hash) const noexcept {
    const std::uint64_t split = hash & mask;
    const std::uint64_t whole = hash & mask >> 1;
    return split < buckets ? split : whole;
  }
};

// For a Machine see base/sync/real_machine.hpp.
template <class Machine>
class basic_bucket_count {
 public:
  constexpr explicit basic_bucket_count(std::uint64_t buckets) noexcept : buckets_(buckets), mask_(mask_for(buckets)) {}

  // acquire: pairs with the release in make_known(): who sees a bucket's number in use sees the bucket filled, and who
  // sees a bucket rearranged sees the number.
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE std::uint64_t known() const noexcept {
    return buckets_.load(std::memory_order_acquire);
  }
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE bucket_reach reach() const noexcept {
    // acquire: pairs with the release in make_known(); what half of the mask reaches was filled before.
    const std::uint64_t mask = mask_.load(std::memory_order_acquire);
    return {mask, known()};
  }

  // Of an array that nobody else can reach. relaxed: published with it.
  void begin_with(std::uint64_t buckets) noexcept {
    mask_.store(mask_for(buckets), std::memory_order_relaxed);
    buckets_.store(buckets, std::memory_order_relaxed);
  }

  // The buckets up to `number`, which are filled. A power of two comes first among those that become known at once, so
  // that the old mask reached all before. By who has the growth lock; also relaxed: he alone writes here.
  void make_known(std::uint64_t number) noexcept {
    // release, both: pair with reach() and known().
    if (number > mask_.load(std::memory_order_relaxed)) mask_.store(mask_for(number + 1), std::memory_order_release);
    buckets_.store(number + 1, std::memory_order_release);
  }

 private:
  template <class T>
  using atomic = typename Machine::template atomic<T>;

  atomic<std::uint64_t> buckets_;
  atomic<std::uint64_t> mask_;
};

}  // namespace holdfast::inline v0::concurrent
