// The buckets of a sync_map, addressed by number, and how many of them are in use.
//
// Which number a hash leads to is told in sync_map_reach.hpp. Readers need one line: how many buckets there are and where the first one is. Small arrays are one
// allocation. A large one lies in a range of addresses set aside, so that growing neither moves nor allocates
// anything. Where the range is refused, and with an allocator of the user's, further buckets come in segments,
// each as large as all before it.
//
//   lines      | 0 | 1 | 2 | ... up to capacity
//   segments   | 0..63 |  | 64..127 |  | 128..255 | ...
//
#pragma once

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>

#include <holdfast/base/lang/config.hpp>
#include <holdfast/base/reclaim/retirable.hpp>
#include <holdfast/base/sync/real_machine.hpp>
#include <holdfast/concurrent/sync_map_line.hpp>
#include <holdfast/concurrent/sync_map_reach.hpp>

namespace holdfast::inline v0::concurrent {

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
  // `at_sight`: where lookups may read them at sight.
  constexpr bucket_array(Line* first, std::uint64_t in_use, std::uint64_t room, Line* at_sight) noexcept
      : buckets(in_use), lines_at_sight(at_sight), lines(first) {
    growth.nobodys = in_use != 0;  // any other one is filled later
    growth.capacity = room;
  }
  bucket_array(const bucket_array&) = delete;
  bucket_array& operator=(const bucket_array&) = delete;

  // In use.
  basic_bucket_count<sync::real_machine> buckets;
  // All of them, for lookups; null where they lie in segments, or this processor cannot read a slot as it lies there.
  Line* const lines_at_sight;
  // All of them; null where they lie in segments.
  Line* const lines;
  std::atomic<Line*>* segments = nullptr;
  // Where the entries went when this array was too small; null as long as they are here. Set with release
  // before anything changes there, read with acquire.
  std::atomic<bucket_array*> successor{nullptr};

  // Not read in lookups.
  struct alignas(64) {
    bool nobodys = false;
    // Held by who splits, moves or empties; never opened again when the array is left behind.
    std::atomic<std::uint64_t> lock{0};
    std::atomic<std::uint64_t> splits{0};
    // Buckets there should be. relaxed throughout: a stale target delays growth by an insert.
    std::atomic<std::uint64_t> target{0};
    // Changes, of an array in segments, under that lock.
    std::uint64_t capacity = 0;
    // Of maps that give references: grows with each clear(). Constant once the array is somebody's.
    std::uint64_t era = 0;
  } growth;
  count_stripe first_stripe;
  count_stripe* stripes = &first_stripe;
  std::uint64_t stripe_mask = 0;

  // What every empty map has: it must not be written to.
  [[nodiscard]] bool is_nobodys() const noexcept { return growth.nobodys; }

  [[nodiscard]] HOLDFAST_ALWAYS_INLINE Line& line(std::uint64_t number) const noexcept {
    if (lines != nullptr) [[likely]] return lines[number];
    return line_in_segment(number);
  }
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE bucket_reach reach() const noexcept { return buckets.reach(); }
  [[nodiscard]] std::uint64_t in_use() const noexcept { return buckets.known(); }
  [[nodiscard]] bucket_place place(std::uint64_t hash) const noexcept { return place_of(hash, in_use()); }

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
    // relaxed: the segment was published by the number of buckets, which has been read with acquire.
    return segments[segment].load(std::memory_order_relaxed)[number - first_in(segment)];
  }
};

// What every empty map reads: one bucket with nothing in it. Nobody writes to it, not even to its lock, which is
// closed.
template <class Line>
struct empty_bucket {
  static constinit inline Line nothing_in_it{{lock_bit}};
  static constinit inline bucket_array<Line> array{&nothing_in_it, 1, 0, &nothing_in_it};
};
template <class Line>
[[nodiscard]] bucket_array<Line>& empty_array() noexcept {
  return empty_bucket<Line>::array;
}

// How much of this machine's memory the buckets of one map may take: half.
[[nodiscard]] std::uint64_t bytes_for_buckets() noexcept;

}  // namespace holdfast::inline v0::concurrent
