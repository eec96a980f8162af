// A bucket: its tops, its slots and the link to the bucket it overflows into.
//
// Primary buckets keep the three apart, each kind in one dense array, so that a lookup that misses
// touches nothing but tops; an overflow bucket keeps them together in one allocation.
//
//   tops   |t0 .. t15|t0 .. t15| ...        one byte a slot
//   slots  |s0 ..       s15|s0 ..    s15|
//   links  |*|*| ...                        to overflow buckets
//
// Overflow buckets of `fast_growth` are short: most hold one or two entries. A short bucket has as many
// tops as a whole one, so that all code is the same; the places it does not have are marked moved_empty,
// which is neither vacant nor live.
#pragma once

#include <cstddef>
#include <cstring>

#include <holdfast/table/overflow_filter.hpp>
#include <holdfast/table/slot_set.hpp>
#include <holdfast/table/top.hpp>

namespace holdfast::inline v0::table {

template <class Slot, unsigned Slots, unsigned InOverflow>
struct overflow_bucket;

template <class Slot, unsigned Slots, unsigned InOverflow>
struct bucket {
  using overflow = overflow_bucket<Slot, Slots, InOverflow>;
  using set = slot_set<Slots>;

  top* tops;
  Slot* slots;
  overflow** link;
  overflow* node;           // null for a primary bucket
  overflow_filter* filter;  // null for an overflow bucket

  [[nodiscard]] slot_bits live() const noexcept { return set::live(tops); }
  [[nodiscard]] slot_bits vacant() const noexcept { return set::vacant(tops); }
  [[nodiscard]] unsigned size() const noexcept { return node == nullptr ? Slots : InOverflow; }
  [[nodiscard]] bool holds(const Slot* one) const noexcept { return one >= slots && one < slots + size(); }
  // The next of the chain, or null. A bucket with an empty_rest slot has none worth visiting.
  [[nodiscard]] overflow* following() const noexcept { return set::ends_chain(tops) ? nullptr : *link; }
  void forget_overflow() const noexcept {
    *link = nullptr;
    filter->clear();
  }
  void make_empty() const noexcept {
    std::memset(static_cast<void*>(tops), 0, Slots * sizeof(top));
    forget_overflow();
  }
};

template <class Slot, unsigned Slots, unsigned InOverflow>
struct alignas(alignof(Slot) > 16 ? alignof(Slot) : 16) overflow_bucket {
  top tops[Slots];
  overflow_bucket* link = nullptr;
  alignas(Slot) std::byte slots[InOverflow * sizeof(Slot)];

  overflow_bucket() noexcept {
    for (unsigned i = 0; i < Slots; ++i) tops[i] = i < InOverflow ? top::empty_rest : top::moved_empty;
  }
  [[nodiscard]] bucket<Slot, Slots, InOverflow> view() noexcept {
    return {tops, reinterpret_cast<Slot*>(slots), &link, this, nullptr};
  }
};

}  // namespace holdfast::inline v0::table
