// The buckets of a sync_map, addressed by number, and how many of them are in use.
//
//   number = hash & mask, with the smallest mask 2^k - 1 that reaches all buckets in use; or with half of
//   it, where the bucket that this would tell apart has not been split off yet
//
// Readers need one line: how many buckets there are and where the first one is. Small arrays are one
// allocation. A large one lies in a range of addresses set aside, so that growing neither moves nor allocates
// anything. Where the range is refused, and with an allocator of the user's, further buckets come in segments,
// each as large as all before it.
//
//   lines      | 0 | 1 | 2 | ... up to capacity
//   segments   | 0..63 |  | 64..127 |  | 128..255 | ...
//
// inv hf.concurrent.buckets-only-grow: the number of buckets of an array never falls.
#pragma once

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>

#include <holdfast/base/lang/config.hpp>
#include <holdfast/base/reclaim/retirable.hpp>

namespace holdfast::inline v0::concurrent {

// Which bucket a hash leads to while `mask` is what separates it from its neighbours. Two places with the
// same mask, of the same hash, are the same bucket, and it was not split in between.
struct bucket_place {
  std::uint64_t number;
  std::uint64_t mask;
};

// Of a number that is not 0, which std::countl_zero would test first.
[[nodiscard]] HOLDFAST_ALWAYS_INLINE unsigned leading_zeros(std::uint64_t number) noexcept {
#if defined(__x86_64__) && !defined(__LZCNT__)
  // `bsr` waits for the old content of the register it writes to, and that may be what the lookup before this one
  // found: lookups would not overlap. A zero is not waited for.
  std::uint64_t highest = 0;
  __asm__("bsr %1, %0" : "+r"(highest) : "r"(number) : "cc");
  return static_cast<unsigned>(highest ^ 63);
#else
  return static_cast<unsigned>(__builtin_clzll(number));
#endif
}

[[nodiscard]] HOLDFAST_ALWAYS_INLINE bucket_place place_of(std::uint64_t hash, std::uint64_t buckets) noexcept {
  const std::uint64_t mask = ~std::uint64_t{0} >> leading_zeros(buckets);
  const std::uint64_t low = mask >> 1;
  // The bucket that this one's upper half goes to, or will go to. Also for a hash of the lower half: the mask
  // tells whether the bucket has been split.
  const std::uint64_t upper = (hash & low) | (low + 1);
  // Without a branch: the outcome is random.
  const std::uint64_t reach = low | (-static_cast<std::uint64_t>(upper < buckets) & (low + 1));
  return {hash & reach, reach};
}

// Only the number, for a lookup, which asks for the mask when it has found nothing.
[[nodiscard]] HOLDFAST_ALWAYS_INLINE std::uint64_t bucket_of(std::uint64_t hash, std::uint64_t buckets) noexcept {
  const std::uint64_t mask = ~std::uint64_t{0} >> leading_zeros(buckets);
  const std::uint64_t split = hash & mask;
  const std::uint64_t whole = hash & mask >> 1;
  return split < buckets ? split : whole;
}

// Figures of the entries, apart for threads that write at once.
struct alignas(64) count_stripe {
  std::atomic<std::int64_t> entries{0};
  // New entries since growth was last thought of, and splits this stripe still owes. Written with plain
  // stores by whoever uses the stripe: a lost update delays growth by an insert.
  std::atomic<std::uint32_t> inserts{0};
  std::atomic<std::uint32_t> owed{0};
};

inline constexpr unsigned first_segment_width = 6;
inline constexpr unsigned segments_at_most = 42;

template <class Line>
struct alignas(64) bucket_array : reclaim::retirable {
  constexpr bucket_array(Line* first, std::uint64_t in_use, std::uint64_t room) noexcept
      : buckets(in_use), lines(first), capacity(room) {
    growth.nobodys = in_use != 0;  // any other one is filled later
  }
  bucket_array(const bucket_array&) = delete;
  bucket_array& operator=(const bucket_array&) = delete;

  // In use; only grows. release when it grows, acquire when read: who sees a bucket's number in use sees the
  // bucket filled, and who sees a bucket rearranged sees the number.
  std::atomic<std::uint64_t> buckets;
  // All of them; null where they lie in segments.
  Line* const lines;
  std::atomic<Line*>* segments = nullptr;
  // Where the entries went when this array was too small; null as long as they are here. Set with release
  // before anything changes there, read with acquire.
  std::atomic<bucket_array*> successor{nullptr};
  // Changes, of an array in segments, under the growth lock.
  std::uint64_t capacity;
  std::uint64_t stripe_mask = 0;

  // Not read in lookups.
  struct alignas(64) {
    bool nobodys = false;
    // Held by who splits, moves or empties; never opened again when the array is left behind.
    std::atomic<std::uint64_t> lock{0};
    std::atomic<std::uint64_t> splits{0};
    // Buckets there should be. relaxed throughout: a stale target delays growth by an insert.
    std::atomic<std::uint64_t> target{0};
    // Of maps that give references: grows with each clear(). Constant once the array is somebody's.
    std::uint64_t era = 0;
  } growth;
  count_stripe first_stripe;
  count_stripe* stripes = &first_stripe;

  // What every empty map has: it must not be written to.
  [[nodiscard]] bool is_nobodys() const noexcept { return growth.nobodys; }

  [[nodiscard]] HOLDFAST_ALWAYS_INLINE Line& line(std::uint64_t number) const noexcept {
    if (lines != nullptr) [[likely]] return lines[number];
    return line_in_segment(number);
  }
  // acquire: pairs with the release when a split makes a bucket known.
  [[nodiscard]] std::uint64_t in_use() const noexcept { return buckets.load(std::memory_order_acquire); }
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE bucket_place place(std::uint64_t hash) const noexcept {
    return place_of(hash, in_use());
  }

  [[nodiscard]] static constexpr unsigned segment_of(std::uint64_t number) noexcept {
    return static_cast<unsigned>(std::bit_width(number >> first_segment_width));
  }
  [[nodiscard]] static constexpr std::uint64_t first_in(unsigned segment) noexcept {
    return segment == 0 ? 0 : std::uint64_t{1} << (first_segment_width + segment - 1);
  }

  // Entries; exact when nobody writes.
  [[nodiscard]] std::uint64_t entries() const noexcept {
    std::int64_t sum = 0;
    // relaxed: the stripes are summed one after the other in any case.
    for (std::uint64_t i = 0; i <= stripe_mask; ++i) sum += stripes[i].entries.load(std::memory_order_relaxed);
    return sum < 0 ? 0 : static_cast<std::uint64_t>(sum);
  }

 private:
  [[nodiscard]] Line& line_in_segment(std::uint64_t number) const noexcept {
    const unsigned segment = segment_of(number);
    // relaxed: the segment was published by `buckets`, which has been read with acquire.
    return segments[segment].load(std::memory_order_relaxed)[number - first_in(segment)];
  }
};

// What every empty map reads: one bucket with nothing in it. Nobody writes to it, not even to its lock.
template <class Line>
struct empty_bucket {
  static constinit inline Line nothing_in_it{};
  static constinit inline bucket_array<Line> array{&nothing_in_it, 1, 0};
};
template <class Line>
[[nodiscard]] bucket_array<Line>& empty_array() noexcept {
  return empty_bucket<Line>::array;
}

// How much of this machine's memory the buckets of one map may take: half.
[[nodiscard]] std::uint64_t bytes_for_buckets() noexcept;

}  // namespace holdfast::inline v0::concurrent
