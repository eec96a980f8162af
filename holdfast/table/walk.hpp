// Walking: visiting every entry, while the table may change under the walk.
//
// What is promised, through any insertion, erasure, growth, packing and clearing on the way:
//   1. an entry present all through is visited exactly once;
//   2. an entry erased before it was reached is never visited;
//   3. an entry added on the way may or may not be visited, never twice;
//   4. an entry is shown with the key and value it has at that moment;
//   5. clearing the table ends the walk, but for what is added after.
// How that is done: walker.hpp.
#pragma once

#include <bit>

#include <holdfast/table/erase.hpp>

namespace holdfast::inline v0::table {

template <class Types>
class walking : public removal<Types> {
 public:
  using base = removal<Types>;
  using typename base::bucket_view;
  using typename base::location;
  using typename base::overflow_node;
  using typename base::slot;
  using bits = typename base::bits;
  static constexpr unsigned slots_per_bucket = base::slots_per_bucket;
  using base::base;

  // Begins a walk of everything at a random place and moves it to its first entry; false if there is none.
  bool begin_walk(walker& w) {
    this->check_no_writer(operation::iterate);
    if (this->head_.count == 0) return false;
    const std::uint64_t random = random_word();
    w.mask = whole_mask();
    w.at = random & w.mask;
    w.to_come = w.mask;
    w.offset = static_cast<std::uint32_t>(random >> 60) & (slots_per_bucket - 1);
    enter(w, w.at);
    join(w);
    return advance(w);
  }

  // Begins a walk that stands on `where` and has the buckets behind it still to come.
  void begin_walk_at(walker& w, location where) {
    w.mask = whole_mask();
    w.at = where.number & w.mask;
    w.to_come = w.mask - w.at;
    w.offset = 0;
    w.bucket = where.number;
    w.level = this->level_of(where.number);
    w.slot = where.found;
    bucket_view b = this->primary(where.number);
    while (!b.holds(where.found)) b = (*b.link)->view();
    w.node = b.node;
    w.left = behind(static_cast<unsigned>(where.found - b.slots));
    w.ahead = 0;
    join(w);
  }

  // To the next entry; false, and off the list, if there is none. Fatal: while another thread writes.
  HOLDFAST_ALWAYS_INLINE bool advance(walker& w) {
    this->check_no_writer(operation::iterate);
    // Nothing was moved or erased since the walk looked at this bucket, so it need not look again.
    if (w.ahead == 0 || w.seen != this->head_.changes) [[unlikely]] return advance_with_care(w);
    step_to(w, w.ahead);
    return true;
  }

  // Onto the first slot of `ahead`, which is not empty, in the bucket at w.slots.
  HOLDFAST_ALWAYS_INLINE static void step_to(walker& w, slot_bits ahead) noexcept {
    const unsigned r = first_of(ahead);
    w.ahead = ahead & (ahead - 1);
    w.left = behind(r);
    w.slot = static_cast<slot*>(w.slots) + ((r + w.offset) & (slots_per_bucket - 1));
  }

  // Where the entry is on which the walk stands. It must not be gone.
  [[nodiscard]] location where(const walker& w) const noexcept {
    auto* const found = static_cast<slot*>(w.slot);
    if (!w.detached) return {found, w.bucket};
    walker part;
    part.mask = w.level;
    enter(part, w.bucket);
    while (!in_chain(found, part.bucket)) {
      if (!next_part(part)) break;
    }
    return {found, part.bucket};
  }

  // Whether there is still an entry at `where`, if nothing has moved since it was found.
  [[nodiscard]] bool is_live_at(location where) const noexcept {
    for (bucket_view b = this->primary(where.number);; b = (*b.link)->view()) {
      if (b.holds(where.found)) return is_live(b.tops[where.found - b.slots]);
      if (*b.link == nullptr) return false;
    }
  }

  void join(walker& w) {
    w.table = this;
    this->head_.walks.add(w);
  }

 private:
  // Where the bucket is done, or has changed under the walk.
  HOLDFAST_NOINLINE bool advance_with_care(walker& w) {
    w.gone = false;
    while (!next_in_chain(w)) {
      if (next_part(w) || next_bucket(w)) continue;
      w.slot = nullptr;
      w.ahead = 0;
      if (w.list != nullptr) w.list->remove(w);
      return false;
    }
    return true;
  }

  [[nodiscard]] std::uint64_t whole_mask() const noexcept {
    return this->head_.growth == growth_kind::doubling ? this->head_.old.mask : this->head_.now.mask;
  }

  [[nodiscard]] static constexpr slot_bits behind(unsigned i) noexcept { return bits::all & ~((slot_bits{2} << i) - 1); }

  [[nodiscard]] bool in_chain(const slot* one, std::uint64_t number) const noexcept {
    for (bucket_view b = this->primary(number);;) {
      if (b.holds(one)) return true;
      if (*b.link == nullptr) return false;
      b = (*b.link)->view();
    }
  }

  // To the beginning of the bucket that holds hashes ending in `ending`.
  void enter(walker& w, std::uint64_t ending) const noexcept {
    w.bucket = this->home(ending << base::number_shift).number;
    w.level = this->level_of(w.bucket);
    w.node = nullptr;
    w.left = bits::all;
    w.ahead = 0;
    w.detached = false;
  }

  [[nodiscard]] bool next_in_chain(walker& w) const noexcept {
    if (w.detached) [[unlikely]] {
      if (w.pending.empty()) return false;
      w.slot = w.pending.back();
      w.pending.pop_back();
      return true;
    }
    auto* node = static_cast<overflow_node*>(w.node);
    bucket_view b = node != nullptr ? node->view() : this->primary(w.bucket);
    while (true) {
      if (const slot_bits ahead = rotated(b.live(), w.offset) & w.left; ahead != 0) {
        w.seen = this->head_.changes;
        w.slots = b.slots;
        step_to(w, ahead);
        return true;
      }
      node = b.following();
      if (node == nullptr) return false;
      w.node = node;
      w.left = bits::all;
      b = node->view();
    }
  }

  [[nodiscard]] static constexpr slot_bits rotated(slot_bits set, unsigned by) noexcept {
    return (set >> by | set << (slots_per_bucket - by)) & bits::all;
  }

  // To the next part of a bucket that has been split since the walk began: the upper bits of its
  // number count upwards in reverse, so that parts split later still follow their other half.
  [[nodiscard]] bool next_part(walker& w) const noexcept {
    for (std::uint64_t bit = (w.level + 1) >> 1; bit > w.mask; bit >>= 1) {
      if ((w.bucket & bit) == 0) {
        enter(w, (w.bucket & (bit - 1)) | bit);
        return true;
      }
    }
    return false;
  }

  [[nodiscard]] bool next_bucket(walker& w) const noexcept {
    if (w.to_come == 0) return false;
    --w.to_come;
    w.at = (w.at + 1) & w.mask;
    enter(w, w.at);
    return true;
  }
};

}  // namespace holdfast::inline v0::table
