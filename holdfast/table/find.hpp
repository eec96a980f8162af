// Lookup: the tops of a bucket are compared at once, then the keys whose top agrees.
//
// A table larger than the caches costs a lookup two misses, the tops' line and the entry's. They are
// made to overlap: the line where the entry most likely is gets fetched as soon as the tops say that
// there may be one. The processor predicts that and starts the fetch before the tops have arrived.
#pragma once

#include <type_traits>

#include <holdfast/table/store.hpp>

namespace holdfast::inline v0::table {

// How a key is handed to what is not inlined: a small one by value, so that it need not have an address.
template <class Q>
inline constexpr bool passed_by_value =
    std::is_trivially_copyable_v<Q> && std::is_copy_constructible_v<Q> && !std::is_array_v<Q> && sizeof(Q) <= 2 * sizeof(void*);
template <class Q>
using passed_key = std::conditional_t<passed_by_value<Q>, Q, const Q&>;

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
    const header& head = this->head_;
    const std::uint64_t hash = this->hash_of(key);
    // Two questions, one branch.
    if ((head.mark.writer() | static_cast<std::uint32_t>(head.growth)) != 0) [[unlikely]] return find_with_care<Q>(key, hash);
    return find_settled(key, hash);
  }

  // While growth is on, or a writer is.
  template <class Q>
  [[nodiscard]] HOLDFAST_NOINLINE location find_with_care(passed_key<Q> key, std::uint64_t hash) const {
    check_no_writer(operation::read);
    return find_hashed<Q>(key, hash);
  }

  template <class Q>
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE location find_hashed(const Q& key, std::uint64_t hash) const {
    if (this->head_.growth == growth_kind::none) [[likely]] return find_settled(key, hash);
    const auto at = this->home(hash);
    return {find_in_chain(at.bucket.tops, at.bucket.slots, *at.bucket.filter, key, hash), at.number};
  }

  HOLDFAST_ALWAYS_INLINE void check_no_writer(operation mine) const noexcept {
    this->head_.mark.check_no_writer(mine, this->identity());
  }

 protected:
  // While no growth is on.
  template <class Q>
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE location find_settled(const Q& key, std::uint64_t hash) const {
    const header& head = this->head_;
    const std::uint64_t first = hash & head.tops_mask;
    slot* const slots = static_cast<slot*>(head.now.slots) + first;
    const std::uint64_t number = first >> base::number_shift;
    return {find_in_chain(head.now.tops + first, slots, filter_of(head.now.tops, number), key, hash), number};
  }

  // In the chain that begins with these tops and slots and has this filter.
  template <class Q>
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE slot* find_in_chain(const top* tops, slot* slots, const overflow_filter& filter,
                                                           const Q& key, std::uint64_t hash) const {
    if (slot* const found = find_in_bucket(tops, slots, key, hash)) return found;
    if (!filter.may_hold(hash)) [[likely]] return nullptr;
    return find_in_overflow<Q>(key, hash);
  }

  template <class Q>
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE slot* find_in_bucket(const top* tops, slot* slots, const Q& key,
                                                            std::uint64_t hash) const {
    slot_bits match = bits::match(tops, hash);
    if (match == 0) return nullptr;
    __builtin_prefetch(slots + base::favourite(hash));
    do {
      slot* const candidate = nth(slots, first_of(match));
      if (candidate == nullptr) __builtin_unreachable();
      if (this->equal_(base::key_in(*candidate), key)) [[likely]] return candidate;
      match &= match - 1;
    } while (match != 0);
    return nullptr;
  }

  // slots + i, in 32 bits as far as they go: g++ would extend i by an instruction of its own.
  [[nodiscard]] static slot* nth(slot* slots, unsigned i) noexcept {
    return reinterpret_cast<slot*>(reinterpret_cast<std::byte*>(slots) + i * static_cast<unsigned>(sizeof(slot)));
  }

  // In the overflow buckets of the chain. About one lookup in fifty comes here.
  template <class Q>
  [[nodiscard]] HOLDFAST_NOINLINE slot* find_in_overflow(passed_key<Q> key, std::uint64_t hash) const {
    for (overflow_node* node = *this->home(hash).bucket.link; node != nullptr; node = node->link) {
      for (slot_bits match = bits::match(node->tops, hash); match != 0; match &= match - 1) {
        slot* const candidate = node->view().slots + first_of(match);
        if (this->equal_(base::key_in(*candidate), key)) return candidate;
      }
      if (bits::ends_chain(node->tops)) break;
    }
    return nullptr;
  }
};

}  // namespace holdfast::inline v0::table
