// Lookup: the tops of a bucket are compared at once, then the keys whose top agrees.
//
// A table larger than the caches costs a lookup two misses, the tops' line and the entry's. They are
// made to overlap: the line where the entry most likely is gets fetched as soon as the tops say that
// there may be one. The processor predicts that and starts the fetch before the tops have arrived.
#pragma once

#include <holdfast/table/store.hpp>

namespace holdfast::inline v0::table {

template <class Types>
class lookup : public store<Types> {
 public:
  using base = store<Types>;
  using typename base::overflow_node;
  using typename base::slot;
  using bits = typename base::bits;
  using base::base;

  // Where an entry is: the bucket of the chain, the slot in it, the number of its primary bucket.
  struct location {
    slot* found = nullptr;
    std::uint64_t number = 0;
    explicit operator bool() const noexcept { return found != nullptr; }
  };

  // Never moves anything. Fatal: while another thread writes.
  template <class Q>
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE location find(const Q& key) const {
    check_no_writer(operation::read);
    return find_hashed(key, this->hash_of(key));
  }

  template <class Q>
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE location find_hashed(const Q& key, std::uint64_t hash) const {
    const auto at = this->home(hash);
    return {find_in_chain(at.bucket.tops, at.bucket.slots, at.bucket.link, key, hash), at.number};
  }

  HOLDFAST_ALWAYS_INLINE void check_no_writer(operation mine) const noexcept {
    this->head_.mark.check_no_writer(mine, this->identity());
  }

 protected:
  template <class Q>
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE slot* find_in_chain(const top* tops, slot* slots, overflow_node* const* link,
                                                           const Q& key, std::uint64_t hash) const {
    const top wanted = top_of(hash);
    while (true) {
      if (slot_bits match = bits::match(tops, wanted); match != 0) {
        __builtin_prefetch(slots + base::favourite(hash));
        do {
          slot& candidate = slots[first_of(match)];
          if (this->equal_(base::key_in(candidate), key)) [[likely]] return &candidate;
          match &= match - 1;
        } while (match != 0);
      }
      if (bits::ends_chain(tops)) [[likely]] return nullptr;
      overflow_node* const next = *link;
      if (next == nullptr) return nullptr;
      tops = next->tops;
      slots = next->view().slots;
      link = &next->link;
    }
  }
};

}  // namespace holdfast::inline v0::table
