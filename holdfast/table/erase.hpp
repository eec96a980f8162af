// Erasure: a slot becomes vacant, and the chain's end marks are put right.
//
// With slots taken in order (Go's rule) a vacated slot that nothing follows turns into empty_rest, and
// so does the run of vacant slots before it, back through the chain. With slots taken by line a vacant
// slot is empty_rest exactly if no later bucket follows; an overflow bucket that empties is freed.
//
// An entry with a destructor is carried out of the table before it is destroyed, so that the destructor may
// use the table.
//
// inv hf.table.empty-rest: behind an empty_rest slot of a chain there is no entry.
#pragma once

#include <holdfast/table/insert.hpp>

namespace holdfast::inline v0::table {

template <class Types>
class removal : public insertion<Types> {
 public:
  using base = insertion<Types>;
  using policy = typename base::policy;
  using typename base::bucket_view;
  using typename base::carried;
  using typename base::location;
  using typename base::overflow_node;
  using typename base::slot;
  static constexpr unsigned slots_per_bucket = base::slots_per_bucket;
  using base::base;

  // Where an entry goes that need not be destroyed.
  struct dropped {
    explicit dropped(removal&) noexcept {}
    void take(slot&) noexcept {}
  };
  using discarded =
      std::conditional_t<base::is_boxed || !std::is_trivially_destructible_v<typename base::value_type>, carried, dropped>;

  // Moves the entry under `key`, if there is one, into `out`: a `carried` or a `discarded`.
  // Most are done in the first lines: the fewer instructions, the more erasures wait for memory at once.
  template <class Q, class Out>
  HOLDFAST_ALWAYS_INLINE bool extract(const Q& key, Out& out) {
    const std::uint64_t hash = this->hash_of(key);
    const typename base::writing section(*this, operation::erase);
    header& head = this->head_;
    if (policy::order == slot_order::by_line && head.growth == growth_kind::none && !this->is_followed()) [[likely]] {
      const std::uint64_t first = hash & head.tops_mask;
      top* const tops = head.now.tops + first;
      slot* const slots = static_cast<slot*>(head.now.slots) + first;
      slot* const found = this->find_in_bucket(tops, slots, key, hash);
      if (base::bits::ends_chain(tops)) [[likely]] {
        if (found == nullptr) return false;
        out.take(*found);
        tops[found - slots] = top::empty_rest;
        one_less();
        return true;
      }
    }
    return extract_with_care<Q>(key, hash, out);
  }

  // Moves the entry at `where` into `out`. It must be there.
  template <class Out>
  void extract_at(location where, Out& out) {
    const typename base::writing section(*this, operation::erase);
    vacate(where, out);
  }

 private:
  template <class Q, class Out>
  HOLDFAST_NOINLINE bool extract_with_care(passed_key<Q> key, std::uint64_t hash, Out& out) {
    const location present = this->template find_hashed<Q>(key, hash);
    if (!present) {
      this->share_of_growth();
      return false;
    }
    vacate(this->share_of_growth_around(present, hash), out);
    return true;
  }

  void one_less() noexcept {
    ++this->head_.changes;
    if (--this->head_.count == 0) [[unlikely]] this->reseed();
  }

  template <class Out>
  HOLDFAST_ALWAYS_INLINE void vacate(location where, Out& out) noexcept {
    const bucket_view first = this->primary(where.number);
    bucket_view before = first;
    bucket_view b = first;
    while (!b.holds(where.found)) {
      before = b;
      b = (*b.link)->view();
    }
    if (this->head_.walks.first != nullptr) [[unlikely]] this->head_.walks.erased(where.found);
    this->tell_ended(*where.found, cause::erased);
    out.take(*where.found);
    const auto i = static_cast<unsigned>(where.found - b.slots);
    if constexpr (policy::order == slot_order::first) {
      mark_in_order(first, b, i);
    } else {
      this->vacated(first, before, b, i);
    }
    one_less();
  }

  static bucket_view bucket_before(bucket_view first, bucket_view b) noexcept {
    while (*first.link != b.node) first = (*first.link)->view();
    return first;
  }

  void mark_in_order(bucket_view first, bucket_view b, unsigned i) noexcept {
    b.tops[i] = top::empty_one;
    const bool last_slot = i == slots_per_bucket - 1;
    const overflow_node* const next = *b.link;
    const top after = !last_slot ? b.tops[i + 1] : next != nullptr ? next->tops[0] : top::empty_rest;
    if (after != top::empty_rest) return;
    while (b.tops[i] == top::empty_one) {
      b.tops[i] = top::empty_rest;
      if (i > 0) {
        --i;
      } else if (b.node == nullptr) {
        return;
      } else {
        b = bucket_before(first, b);
        i = slots_per_bucket - 1;
      }
    }
  }
};

}  // namespace holdfast::inline v0::table
