// The part of a table that has no key or value type in it, laid out for readers outside the program.
//
// A debugger, a core dump reader and a live viewer find these fields by the offsets that
// `holdfast_root` publishes; base/observe/root.hpp holds the numbers and this file asserts them. A
// change here is a new layout version.
//
// A lookup touches the first 64 bytes only.
#pragma once

#include <cstddef>
#include <cstdint>

#include <holdfast/base/observe/live_set.hpp>
#include <holdfast/base/observe/root.hpp>
#include <holdfast/base/sync/writer_mark.hpp>
#include <holdfast/table/top.hpp>
#include <holdfast/table/walker.hpp>

namespace holdfast::inline v0::table {

enum class growth_kind : std::uint32_t { none = 0, same_size = 1, doubling = 2 };

// `mask` + 1 buckets, their parts in three dense arrays (bucket.hpp).
struct array_view {
  top* tops;
  void* slots;
  std::uint64_t mask;
  void* links;
};

struct header {
  writer_mark mark;
  growth_kind growth = growth_kind::none;      // what is going on
  std::uint32_t slot_size = 0;
  std::uint64_t seed = 0;
  std::uint64_t tops_mask = 0;                 // now.mask * slots_per_bucket: hash & tops_mask is a place in now.tops
  array_view now{};                            // the array that growth moves into

  std::uint64_t count = 0;                     // entries
  std::uint64_t grow_at = 0;                   // an insert that finds count >= grow_at looks at growth
  array_view old{};                            // the array that growth moves out of
  std::uint64_t front = 0;                     // old buckets below it have moved
  std::uint64_t overflow = 0;                  // overflow buckets in use
  std::uint64_t moves = 0;                     // what `changes` was when entries last may have moved
  std::uint64_t changes = 0;                   // counts moves and erasures: what makes light iterators doubtful
  std::uint64_t growths = 0;
  std::uint64_t same_size_growths = 0;
  std::uint64_t moved_buckets = 0;
  std::uint32_t slots_per_bucket = 0;
  bool paused = false;                         // pause_growth was called
  bool in_place = false;                       // old and now are the same memory
  walker_list walks;
  const observe::live_name* name = nullptr;    // if it was given one
};

static_assert(offsetof(header, now) + offsetof(array_view, mask) < 64, "a lookup touches one cache line of the header");
static_assert(sizeof(header) == observe::header_layout.size);
static_assert(offsetof(header, mark) == observe::header_layout.offset_of("mark.word"));
static_assert(offsetof(header, seed) == observe::header_layout.offset_of("seed"));
static_assert(offsetof(header, now) + offsetof(array_view, mask) == observe::header_layout.offset_of("now.mask"));
static_assert(offsetof(header, now) + offsetof(array_view, tops) == observe::header_layout.offset_of("now.tops"));
static_assert(offsetof(header, now) + offsetof(array_view, slots) == observe::header_layout.offset_of("now.slots"));
static_assert(offsetof(header, now) + offsetof(array_view, links) == observe::header_layout.offset_of("now.links"));
static_assert(offsetof(header, growth) == observe::header_layout.offset_of("growth"));
static_assert(offsetof(header, paused) == observe::header_layout.offset_of("paused"));
static_assert(offsetof(header, in_place) == observe::header_layout.offset_of("in_place"));
static_assert(offsetof(header, slots_per_bucket) == observe::header_layout.offset_of("slots_per_bucket"));
static_assert(offsetof(header, slot_size) == observe::header_layout.offset_of("slot_size"));
static_assert(offsetof(header, count) == observe::header_layout.offset_of("count"));
static_assert(offsetof(header, grow_at) == observe::header_layout.offset_of("grow_at"));
static_assert(offsetof(header, old) + offsetof(array_view, mask) == observe::header_layout.offset_of("old.mask"));
static_assert(offsetof(header, front) == observe::header_layout.offset_of("front"));
static_assert(offsetof(header, overflow) == observe::header_layout.offset_of("overflow"));
static_assert(offsetof(header, growths) == observe::header_layout.offset_of("growths"));
static_assert(offsetof(header, same_size_growths) == observe::header_layout.offset_of("same_size_growths"));

// What a misuse report says of the table whose header this is.
[[nodiscard]] map_identity identify(const void* header) noexcept;

[[nodiscard]] inline std::uint64_t bucket_count(const array_view& array) noexcept { return array.mask + 1; }

}  // namespace holdfast::inline v0::table
