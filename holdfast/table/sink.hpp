// Where growth puts the entries of one half of a bucket: a chain under construction.
//
// Growth allocates nothing. The overflow buckets of the chain being taken apart serve again, in order,
// as soon as the reader stands in them: of r overflow buckets begun, both halves together need at most
// r besides their primary buckets, because each half fills one bucket before it asks for the next.
//
// inv hf.table.growth-allocates-nothing: moving buckets cannot fail for want of memory.
#pragma once

#include <cstdint>

#include <holdfast/table/bucket.hpp>
#include <holdfast/table/policy.hpp>

namespace holdfast::inline v0::table {

// Overflow buckets of the chain being read, handed out again in their order.
template <class Node>
class spare_nodes {
 public:
  // The reader has come to `node`: from now on it may be handed out.
  void reached(Node* node) noexcept {
    node->link = nullptr;
    (last_ != nullptr ? last_->link : first_) = node;
    last_ = node;
  }
  [[nodiscard]] Node* take() noexcept {
    Node* const node = first_;
    first_ = node->link;
    if (first_ == nullptr) last_ = nullptr;
    node->link = nullptr;
    return node;
  }
  template <class Free>
  void free_rest(Free free) noexcept {
    while (first_ != nullptr) free(take());
  }

 private:
  Node* first_ = nullptr;
  Node* last_ = nullptr;
};

// The vacant slot an entry takes that would like to be at `favourite`.
template <slot_order Order, unsigned Slots>
[[nodiscard]] constexpr unsigned choose(slot_bits vacant, unsigned favourite) noexcept {
  if constexpr (Order == slot_order::first) {
    return first_of(vacant);
  } else {
    const slot_bits behind = (vacant | vacant << Slots) >> favourite;
    return (favourite + first_of(behind)) & (Slots - 1);
  }
}

// The vacant slots are kept in a register: reading them back from the tops, which are written a byte at
// a time, would stall on every entry.
template <class Bucket, class Node, slot_order Order, unsigned Slots>
class sink {
 public:
  sink(Bucket start, slot_bits vacant, spare_nodes<Node>& spare) noexcept
      : now_(start), vacant_(vacant), spare_(&spare), filter_(start.filter) {}

  [[nodiscard]] const Bucket& now() const noexcept { return now_; }

  // Slots of the bucket being read have become vacant; this half may be filling that very bucket.
  void vacated(const Bucket& read, slot_bits slots) noexcept {
    if (now_.tops == read.tops) vacant_ |= slots;
  }

  // A vacant slot of the chain, the first one of it or the one nearest to `favourite`, for an entry of this hash.
  [[nodiscard]] unsigned claim(unsigned favourite, std::uint64_t hash) noexcept {
    if (vacant_ == 0) [[unlikely]] {
      Node* const node = spare_->take();
      *now_.link = node;
      now_ = node->view();
      vacant_ = now_.vacant();
    }
    if (now_.node != nullptr) filter_->add(hash);
    const unsigned i = choose<Order, Slots>(vacant_, favourite);
    vacant_ &= ~(slot_bits{1} << i);
    return i;
  }

 private:
  Bucket now_;
  slot_bits vacant_;
  spare_nodes<Node>* spare_;
  overflow_filter* filter_;
};

}  // namespace holdfast::inline v0::table
