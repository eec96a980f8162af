// Overflow buckets of a table whose slots are taken by line: there are to be few, and none of them empty.
//
// An entry that has gone into an overflow bucket would stay there while slots before it become vacant. After
// as many erasures and inserts as there are entries four times as many chains would overflow as after inserts
// alone: 24 % instead of 5 %, at 10.8 of 16. So an insert that finds two vacant slots in the primary bucket of
// a chain that overflows takes an entry back. Erasures move nothing.
#pragma once

#include <holdfast/table/grow.hpp>

namespace holdfast::inline v0::table {

template <class Types>
class overflowing : public growth<Types> {
 public:
  using base = growth<Types>;
  using policy = typename base::policy;
  using base::base;
  using typename base::bucket_view;
  using typename base::overflow_node;

 protected:
  // Whether an entry behind `first` is worth taking back before another is inserted.
  [[nodiscard]] bool may_take_back(bucket_view first) const noexcept {
    if constexpr (policy::order == slot_order::first || base::hash_may_throw) return false;
    if (first.filter->empty() || this->is_followed()) return false;
    const slot_bits vacant = first.vacant();
    return (vacant & (vacant - 1)) != 0;
  }

  // Moves an entry of the last overflow bucket into the primary one.
  HOLDFAST_NOINLINE void take_back(bucket_view first) noexcept {
    bucket_view before = first;
    bucket_view last = (*first.link)->view();
    for (; *last.link != nullptr; last = (*last.link)->view()) before = last;
    const unsigned i = first_of(last.live());
    const std::uint64_t hash = this->hash_of(base::key_in(last.slots[i]));
    const unsigned j = choose<policy::order, base::slots_per_bucket>(first.vacant(), base::favourite(hash));
    first.slots[j].take(this->memory_, last.slots[i]);
    first.tops[j] = last.tops[i];
    vacated(first, before, last, i);
    this->head_.moves = ++this->head_.changes;
  }

  // Slot i of `b`, a bucket of the chain that begins with `first` and has `before` before it, holds nothing any more.
  void vacated(bucket_view first, bucket_view before, bucket_view b, unsigned i) noexcept {
    // The vacant slots of a bucket are all of one kind; only a full one has to ask whether another follows.
    const bool ends_chain = base::bits::ends_chain(b.tops) ||
                            (b.vacant() == 0 && (b.node == nullptr ? b.filter->empty() : *b.link == nullptr));
    b.tops[i] = ends_chain ? top::empty_rest : top::empty_one;
    if (b.node == nullptr) return;
    if (b.live() == 0) unlink(before, b);
    renew_filter(first);
  }

 private:
  void unlink(bucket_view before, bucket_view b) noexcept {
    *before.link = *b.link;
    if (*before.link == nullptr) {
      for (slot_bits v = before.vacant(); v != 0; v &= v - 1) before.tops[first_of(v)] = top::empty_rest;
    }
    if (this->head_.walks.first != nullptr) [[unlikely]]
      this->head_.walks.unlinked(b.node, before.node);
    this->free_node(b.node);
  }

  // Leaves the bits in the filter that somebody in the overflow buckets needs.
  void renew_filter(bucket_view first) noexcept {
    if (*first.link == nullptr) return first.filter->clear();
    if constexpr (base::hash_may_throw) return;
    overflow_filter needed;
    for (overflow_node* node = *first.link; node != nullptr; node = node->link) {
      const bucket_view b = node->view();
      for (slot_bits live = b.live(); live != 0; live &= live - 1) {
        needed.add(this->hash_of(base::key_in(b.slots[first_of(live)])));
      }
    }
    *first.filter = needed;
  }
};

}  // namespace holdfast::inline v0::table
