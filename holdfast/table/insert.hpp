// Insertion: look the key up; if it is absent, do growth's share, then claim a slot and build in it.
//
// The slot's top is written last, after the entry was built, so that an exception from a constructor
// leaves nothing behind. The whole of it runs under the writer mark; the hash is computed before.
//
// inv hf.table.insert-strong: an insert that throws leaves the entries as they were.
#pragma once

#include <utility>

#include <holdfast/table/carried.hpp>
#include <holdfast/table/overflow.hpp>

namespace holdfast::inline v0::table {

template <class Types>
class insertion : public overflowing<Types> {
 public:
  using base = overflowing<Types>;
  using policy = typename base::policy;
  using typename base::bucket_view;
  using typename base::location;
  using typename base::overflow_node;
  using typename base::slot;
  static constexpr unsigned slots_per_bucket = base::slots_per_bucket;
  using base::base;

  struct carried : carried_entry<slot, typename base::allocator> {
    explicit carried(insertion& owner) noexcept : carried_entry<slot, typename base::allocator>(owner.memory_) {}
  };

  struct insertion_result {
    location where;
    bool inserted;
  };

  // The entry under `key`, after `present(slot)` has seen it; if there is none, `build(slot)` makes one.
  // Nine inserts in ten stay in here. What those store counts as much as what they load: in a table
  // beyond the caches stores queue up behind the one that misses.
  template <class Q, class Build, class Present>
  HOLDFAST_ALWAYS_INLINE insertion_result find_or_insert(const Q& key, Build build, Present present) {
    const std::uint64_t hash = this->hash_of(key);
    const typename base::writing section(*this, operation::insert);
    header& head = this->head_;
    // Growth is going on, or due.
    if (head.count >= head.grow_at) [[unlikely]] return find_or_insert_slowly(key, hash, build, present);
    const std::uint64_t first = hash & head.tops_mask;
    top* const tops = head.now.tops + first;
    slot* const slots = static_cast<slot*>(head.now.slots) + first;
    if (slot* const found = this->find_in_bucket(tops, slots, key, hash)) {
      present(*found);
      return {{found, first >> base::number_shift}, false};
    }
    // The chain ends in this bucket, which has room.
    const slot_bits rest = base::bits::match(tops, top::empty_rest);
    if (rest == 0) [[unlikely]] return find_or_insert_slowly(key, hash, build, present);
    const slot_bits vacant = policy::order == slot_order::first ? base::bits::vacant(tops) : rest;
    const unsigned i = choose<policy::order, slots_per_bucket>(vacant, base::favourite(hash));
    build(slots[i]);
    tops[i] = spread_top_of(hash);
    ++head.count;
    return {{slots + i, first >> base::number_shift}, true};
  }

  template <class Q, class Build>
  HOLDFAST_ALWAYS_INLINE insertion_result find_or_insert(const Q& key, Build build) {
    return find_or_insert(key, build, [](slot&) {});
  }

  // Adds an entry whose key is known to be absent.
  template <class Build>
  location insert_absent(std::uint64_t hash, Build&& build) {
    if (this->head_.count >= this->head_.grow_at) [[unlikely]] {
      carried made(*this);
      made.build_with(build);
      return insert_carried(hash, made);
    }
    const vacancy room = claim(hash);
    build(*room.place);
    return settle(room, hash);
  }

 protected:
  // Does growth's share last, because key and arguments may be parts of entries that it moves. Where the
  // entry at `found` is afterwards. The write is done by then, so the share is left to a later one where
  // it could fail: with a hash that may throw, and while walks might have to note down what is to come.
  location share_of_growth_around(location found, std::uint64_t hash) {
    if (!policy::every_write_moves || base::hash_may_throw || !this->growing()) return found;
    if (this->head_.walks.first != nullptr) return found;
    struct follower : walker {
      explicit follower(walker_list& walks) noexcept { walks.add(*this); }
      ~follower() { list->remove(*this); }
    } follow(this->head_.walks);
    follow.slot = found.found;
    follow.detached = true;  // it follows its entry and has nothing to visit
    this->share_of_growth();
    return {static_cast<slot*>(follow.slot), this->home(hash).number};
  }

 private:
  // The entry is built before growth moves anything, because it may be made of an entry of this table.
  // Inlined, so that what builds needs no address.
  template <class Q, class Build, class Present>
  HOLDFAST_ALWAYS_INLINE insertion_result find_or_insert_slowly(const Q& key, std::uint64_t hash, Build& build,
                                                                Present& present) {
    if (const location found = find_apart<Q>(key, hash)) {
      present(*found.found);
      return {share_of_growth_around(found, hash), false};
    }
    carried made(*this);
    made.build_with(build);
    return {insert_carried(hash, made), true};
  }
  template <class Q>
  [[nodiscard]] HOLDFAST_NOINLINE location find_apart(passed_key<Q> key, std::uint64_t hash) const {
    const auto at = this->home(hash);
    // Where the entry will most likely go, and what must be read before it goes into an overflow bucket: growth's
    // share comes between, and takes as long as a line takes to come.
    __builtin_prefetch(at.bucket.slots + base::favourite(hash), 1);
    __builtin_prefetch(at.bucket.link, 1);
    return {this->find_in_chain(at.bucket.tops, at.bucket.slots, *at.bucket.filter, key, hash), at.number};
  }

  struct vacancy {
    slot* place;
    top* mark;
    std::uint64_t number;
  };

  HOLDFAST_NOINLINE location insert_carried(std::uint64_t hash, carried& made) {
    if (this->head_.count >= this->head_.grow_at) this->prepare_growth();
    const vacancy room = claim(hash);
    made.give(*room.place);
    return settle(room, hash);
  }

  HOLDFAST_ALWAYS_INLINE location settle(const vacancy& room, std::uint64_t hash) noexcept {
    *room.mark = top_of(hash);
    ++this->head_.count;
    return {room.place, room.number};
  }

  [[nodiscard]] HOLDFAST_ALWAYS_INLINE vacancy claim(std::uint64_t hash) {
    const auto at = this->home(hash);
    if (this->may_take_back(at.bucket)) [[unlikely]] this->take_back(at.bucket);
    const slot_bits vacant = at.bucket.vacant();
    if (vacant == 0) [[unlikely]] return vacancy_in_overflow(at.bucket, at.number, hash);
    return vacancy_in(at.bucket.tops, at.bucket.slots, vacant, at.number, hash);
  }

  [[nodiscard]] static vacancy vacancy_in(top* tops, slot* slots, slot_bits vacant, std::uint64_t number,
                                          std::uint64_t hash) noexcept {
    const unsigned i = choose<policy::order, slots_per_bucket>(vacant, base::favourite(hash));
    return {slots + i, tops + i, number};
  }

  // In the first overflow bucket of the chain that has room, or in a new one. About one insert in fifty comes here.
  [[nodiscard]] HOLDFAST_NOINLINE vacancy vacancy_in_overflow(const bucket_view& first, std::uint64_t number,
                                                              std::uint64_t hash) {
    // An empty filter says that nothing follows, so that the link need not be waited for.
    overflow_node** link = first.link;
    for (overflow_node* node = first.filter->empty() ? nullptr : *link;; node = *link) {
      if (node == nullptr) node = append_overflow(link);
      if (const slot_bits vacant = node->view().vacant(); vacant != 0) {
        first.filter->add(hash);
        return vacancy_in(node->tops, node->view().slots, vacant, number, hash);
      }
      link = &node->link;
    }
  }

  overflow_node* append_overflow(overflow_node** link) {
    overflow_node* const node = this->new_node();
    *link = node;
    header& head = this->head_;
    if (!this->growing() && !head.paused && policy::crowded(head.overflow, bucket_count(head.now))) head.grow_at = 0;
    return node;
  }
};

}  // namespace holdfast::inline v0::table
