// A bucket: its tops, its slots and the link to the bucket it overflows into.
//
// Primary buckets keep the three apart, each kind in one dense array, so that a lookup that misses
// touches nothing but tops; an overflow bucket keeps them together in one allocation.
//
//   tops   |t0 .. t15|t0 .. t15| ...        one byte a slot
//   slots  |s0 ..       s15|s0 ..    s15|
//   links  |*|*| ...                        to overflow buckets
#pragma once

#include <cstddef>
#include <cstring>

#include <holdfast/table/slot_set.hpp>
#include <holdfast/table/top.hpp>

namespace holdfast::inline v0::table {

template <class Slot, unsigned Slots>
struct overflow_bucket;

template <class Slot, unsigned Slots>
struct bucket {
  top* tops;
  Slot* slots;
  overflow_bucket<Slot, Slots>** link;
  overflow_bucket<Slot, Slots>* node;  // null for a primary bucket

  using set = slot_set<Slots>;

  [[nodiscard]] slot_bits live() const noexcept { return set::live(tops); }
  [[nodiscard]] slot_bits vacant() const noexcept { return set::vacant(tops); }
  // The next of the chain, or null. A bucket with an empty_rest slot has none worth visiting.
  [[nodiscard]] overflow_bucket<Slot, Slots>* following() const noexcept {
    return set::ends_chain(tops) ? nullptr : *link;
  }
  void make_empty() const noexcept {
    std::memset(static_cast<void*>(tops), 0, Slots * sizeof(top));
    *link = nullptr;
  }
};

template <class Slot, unsigned Slots>
struct alignas(16) overflow_bucket {
  top tops[Slots] = {};
  overflow_bucket* link = nullptr;
  alignas(Slot) std::byte slots[Slots * sizeof(Slot)];

  [[nodiscard]] bucket<Slot, Slots> view() noexcept { return {tops, reinterpret_cast<Slot*>(slots), &link, this}; }
};

}  // namespace holdfast::inline v0::table
