// Moving one old bucket: splitting its chain in two, or packing it.
//
// A chain moves as a whole or not at all: what can fail, a hash that throws or the memory to tell the walks,
// comes before the first entry moves. The usual bucket, whose hash cannot throw and in which no walk
// stands, is split by two straight loops; all others take the road with care.
#pragma once

#include <algorithm>
#include <vector>

#include <holdfast/table/find.hpp>
#include <holdfast/table/sink.hpp>

namespace holdfast::inline v0::table {

// Memory of an old array is given back in pieces of this size: about 4 us each.
inline constexpr std::size_t slice_bytes = 64 << 10;

template <class Types>
class moving : public lookup<Types> {
 public:
  using base = lookup<Types>;
  using policy = typename base::policy;
  using typename base::bucket_view;
  using typename base::overflow_node;
  using typename base::slot;
  static constexpr unsigned slots_per_bucket = base::slots_per_bucket;
  static constexpr bool hash_may_throw = !hash_cannot_throw<typename base::hasher, typename base::key_type>();
  using base::base;

 protected:
  // Splits old bucket `number` into the buckets `number` and `number` + N of the new array.
  void split(std::uint64_t number) {
    fetch_ahead(number + 2);
    if (this->head_.in_place) this->now_memory_.expect(number + bucket_count(this->head_.old));
    if (policy::order == slot_order::by_line && !hash_may_throw && !this->is_followed()) [[likely]] {
      split_directly(number);
    } else {
      split_with_care(number);
    }
    this->head_.moves = ++this->head_.changes;
    if (!this->head_.in_place) give_back_behind(number);
  }

  // Packs the chain of bucket `number` without changing its number.
  void pack(std::uint64_t number) {
    header& head = this->head_;
    const bucket_view from = this->view(head.now, number);
    overflow_node* const overflow = *from.link;
    if (overflow == nullptr && policy::order == slot_order::by_line) return;
    std::vector<std::uint64_t> known;
    if constexpr (hash_may_throw) known = hashes_of_chain(from);
    if (head.walks.first != nullptr) detach_walks_in(number);
    journey on(from, from.vacant(), from, 0, no_bit, known.data(), this->is_followed());
    move_chain(from, overflow, on);
    head.moves = ++head.changes;
  }

 private:
  using sink_type = sink<bucket_view, overflow_node, policy::order, slots_per_bucket>;

  // In place of the bit of a split: packing leaves all entries in the low half.
  static constexpr unsigned no_bit = 0;

  // The hashes of one bucket's entries; entries whose hash has the bit of the split are in `high`.
  struct hashes {
    std::uint64_t of[slots_per_bucket];
    slot_bits live;
    slot_bits high = 0;
  };

  // One chain on its way; `known` holds hashes computed beforehand because computing them may throw.
  struct journey {
    journey(bucket_view low_half, slot_bits low_vacant, bucket_view high_half, slot_bits high_vacant,
            unsigned split_bit, const std::uint64_t* known_hashes, bool is_watched) noexcept
        : low(low_half, low_vacant, spare), high(high_half, high_vacant, spare), bit(split_bit),
          known(known_hashes), watched(is_watched) {}

    spare_nodes<overflow_node> spare;
    sink_type low;
    sink_type high;
    unsigned bit;
    const std::uint64_t* known;
    bool watched;
  };

  void read_hashes(bucket_view from, journey& on, hashes& h) {
    h.live = from.live();
    for (slot_bits live = h.live; live != 0; live &= live - 1) {
      const unsigned i = first_of(live);
      if constexpr (hash_may_throw) {
        h.of[i] = *on.known++;
      } else {
        h.of[i] = this->hash_of(base::key_in(from.slots[i]));
      }
      h.high |= static_cast<slot_bits>(h.of[i] >> on.bit & 1) << i;
    }
    if (on.bit == no_bit) h.high = 0;
  }

  std::vector<std::uint64_t> hashes_of_chain(bucket_view b) {
    std::vector<std::uint64_t> known;
    while (true) {
      for (slot_bits live = b.live(); live != 0; live &= live - 1) {
        known.push_back(this->hash_of(base::key_in(b.slots[first_of(live)])));
      }
      overflow_node* const next = *b.link;
      if (next == nullptr) return known;
      b = next->view();
    }
  }

  [[nodiscard]] unsigned bit_of_split() const noexcept {
    return base::number_shift + static_cast<unsigned>(std::countr_zero(bucket_count(this->head_.old)));
  }

  // Where a hash may throw, somebody has to be told of what moves, or slots are taken in order.
  HOLDFAST_NOINLINE void split_with_care(std::uint64_t number) {
    header& head = this->head_;
    const bucket_view from = this->view(head.old, number);
    const bucket_view low = this->view(head.now, number);
    const bucket_view high = this->view(head.now, number + bucket_count(head.old));
    std::vector<std::uint64_t> known;
    if constexpr (hash_may_throw) known = hashes_of_chain(from);
    if (head.walks.first != nullptr) detach_walks_in(number);
    overflow_node* const overflow = *from.link;
    if (!head.in_place) low.make_empty();
    high.make_empty();
    const slot_bits low_vacant = head.in_place ? from.vacant() : base::bits::all;
    journey on(low, low_vacant, high, base::bits::all, bit_of_split(), known.data(), this->is_followed());
    move_chain(from, overflow, on);
  }

  // The usual split. Its loops have no unpredictable branch: first which entries go up, then where to.
  void split_directly(std::uint64_t number) noexcept {
    header& head = this->head_;
    const bucket_view from = this->view(head.old, number);
    const bucket_view high = this->view(head.now, number + bucket_count(head.old));
    const unsigned bit = bit_of_split();
    const slot_bits live = from.live();
    std::uint64_t hashed[slots_per_bucket];
    slot_bits upper = 0;
    for (slot_bits left = live; left != 0; left &= left - 1) {
      const unsigned i = first_of(left);
      hashed[i] = this->hash_of(base::key_in(from.slots[i]));
      upper |= static_cast<slot_bits>(hashed[i] >> bit & 1) << i;
    }
    high.make_empty();
    overflow_node* const overflow = *from.link;
    if (head.in_place) [[likely]] {
      const slot_bits high_vacant = move_some(from, upper, hashed, high, top::empty_rest);
      if (overflow != nullptr) [[unlikely]] {
        base::bits::mark_vacant(from.tops, top::empty_rest);
        from.forget_overflow();
        move_overflow(overflow, {from, base::bits::all & ~(live & ~upper)}, {high, high_vacant});
      }
    } else {
      const bucket_view low = this->view(head.now, number);
      low.make_empty();
      base::bits::mark_vacant(from.tops, top::moved_empty);
      const slot_bits high_vacant = move_some(from, upper, hashed, high, top::moved_high);
      const slot_bits low_vacant = move_some(from, live & ~upper, hashed, low, top::moved_low);
      if (overflow != nullptr) [[unlikely]] move_overflow(overflow, {low, low_vacant}, {high, high_vacant});
    }
  }

  // Moves `some` of the entries of `from` into the empty bucket `to`; which slots of it are vacant then.
  slot_bits move_some(const bucket_view& from, slot_bits some, const std::uint64_t* hashed, const bucket_view& to,
                      top mark) noexcept {
    slot_bits vacant = base::bits::all;
    for (; some != 0; some &= some - 1) {
      const unsigned i = first_of(some);
      const unsigned j = choose<policy::order, slots_per_bucket>(vacant, base::favourite(hashed[i]));
      vacant &= ~(slot_bits{1} << j);
      to.tops[j] = from.tops[i];
      from.tops[i] = mark;
      to.slots[j].take(this->memory_, from.slots[i]);
    }
    return vacant;
  }

  struct side {
    bucket_view bucket;
    slot_bits vacant;
  };

  HOLDFAST_NOINLINE void move_overflow(overflow_node* overflow, const side& low, const side& high) {
    journey on(low.bucket, low.vacant, high.bucket, high.vacant, bit_of_split(), nullptr, false);
    move_overflow(overflow, on);
  }

  void move_chain(bucket_view from, overflow_node* overflow, journey& on) {
    const bool leaves_marks = this->head_.growth == growth_kind::doubling && !this->head_.in_place;
    const bool stays = !leaves_marks;
    if (stays) from.forget_overflow();
    move_bucket(from, on, leaves_marks);
    move_overflow(overflow, on);
  }

  void move_overflow(overflow_node* overflow, journey& on) {
    while (overflow != nullptr) {
      overflow_node* const node = overflow;
      overflow = node->link;
      on.spare.reached(node);
      move_bucket(node->view(), on, false);
    }
    on.spare.free_rest([this](overflow_node* node) { this->free_node(node); });
  }

  void move_bucket(bucket_view from, journey& on, bool leaves_marks) {
    hashes h;
    read_hashes(from, on, h);
    const top vacated = leaves_marks ? top::moved_empty : top::empty_rest;
    base::bits::mark_vacant(from.tops, vacated);
    const top low_mark = leaves_marks ? top::moved_low : top::empty_rest;
    const top high_mark = leaves_marks ? top::moved_high : top::empty_rest;
    if constexpr (policy::order == slot_order::first) {
      // One by one: a half that takes over the bucket being read must find its first slots vacant.
      for (slot_bits live = h.live; live != 0; live &= live - 1) {
        const slot_bits one = live & -live;
        const bool up = (h.high & one) != 0;
        if (up) {
          move_half(from, one, h, on.high, on.low, high_mark, on.watched);
        } else {
          move_half(from, one, h, on.low, on.high, low_mark, on.watched);
        }
      }
    } else {
      const bool low_stays = on.low.now().tops == from.tops;
      move_half(from, h.high, h, on.high, on.low, high_mark, on.watched);
      if (!low_stays) move_half(from, h.live & ~h.high, h, on.low, on.high, low_mark, on.watched);
    }
  }

  // Moves `leaving` out of `from` into one half, leaving `mark` behind. Works on a copy of the sink, in
  // registers, because every byte stored could otherwise be a change to it.
  void move_half(bucket_view from, slot_bits leaving, const hashes& h, sink_type& half, sink_type& other, top mark,
                 bool watched) {
    sink_type to = half;
    for (slot_bits left = leaving; left != 0; left &= left - 1) {
      const unsigned i = first_of(left);
      const top kept = from.tops[i];
      from.tops[i] = mark;
      to.vacated(from, slot_bits{1} << i);
      const unsigned j = to.claim(base::favourite(h.of[i]), h.of[i]);
      move_entry(from.slots[i], to.now().slots[j], watched);
      to.now().tops[j] = kept;
    }
    half = to;
    other.vacated(from, leaving);
  }

  void move_entry(slot& from, slot& to, bool watched) noexcept {
    if (&from == &to) return;
    to.take(this->memory_, from);
    if (watched) [[unlikely]] this->tell_moved(from, to);
  }

  // Walks standing in this bucket write down what they have still to visit. Throws: bad_alloc.
  void detach_walks_in(std::uint64_t number) {
    for (walker* w = this->head_.walks.first; w != nullptr; w = w->next) {
      if (w->detached || w->bucket != number) continue;
      std::vector<void*> pending;
      auto* node = static_cast<overflow_node*>(w->node);
      bucket_view b = node != nullptr ? node->view() : this->primary(number);
      slot_bits left = w->left;
      while (true) {
        for (unsigned r = 0; r < slots_per_bucket; ++r) {
          const unsigned i = (r + w->offset) & (slots_per_bucket - 1);
          if ((left >> r & 1) != 0 && is_live(b.tops[i])) pending.push_back(&b.slots[i]);
        }
        if (*b.link == nullptr) break;
        b = (*b.link)->view();
        left = base::bits::all;
      }
      std::reverse(pending.begin(), pending.end());
      w->pending = std::move(pending);
      w->ahead = 0;
      w->detached = true;
    }
  }

  // The lines that the split after next will read and write.
  void fetch_ahead(std::uint64_t number) const noexcept {
    const header& head = this->head_;
    if (number > head.old.mask) return;
    const bucket_view from = this->view(head.old, number);
    const bucket_view high = this->view(head.now, number + bucket_count(head.old));
    __builtin_prefetch(from.tops);
    __builtin_prefetch(high.tops, 1);
    if (const overflow_node* const overflow = *from.link; overflow != nullptr) __builtin_prefetch(overflow);
    const auto* const first = reinterpret_cast<const char*>(from.slots);
    const auto* const other = reinterpret_cast<const char*>(high.slots);
    for (std::size_t line = 0; line < std::min<std::size_t>(slots_per_bucket * sizeof(slot), 512); line += 64) {
      __builtin_prefetch(first + line);
      __builtin_prefetch(other + line, 1);
    }
  }

  void give_back_behind(std::uint64_t number) noexcept {
    constexpr std::size_t slice = std::max<std::size_t>(1, std::bit_floor(slice_bytes / (slots_per_bucket * sizeof(slot))));
    if ((number + 1) % slice == 0) this->old_memory_.discard(number + 1 - slice, number + 1);
  }
};

}  // namespace holdfast::inline v0::table
