// Finding an entry: no store to anything that another thread reads, no loop that another thread could keep going.
//
//   1. how many buckets there are -> the bucket          3. what lies there -> its key
//   2. its control -> the places whose tag fits          4. the entry, as its form has it
//
// Absent is said at once only of a bucket without a chain whose control has not changed meanwhile, while neither
// the number of buckets nor the array has. Otherwise the slow way decides:
//
//   - main line, chain, main line, chain: an entry that moves up in a split is met in one of them
//   - a split makes the new bucket known before it takes anything out of the old one; so a reader that missed
//     an entry which had just gone sees that its bucket was split, and starts again
//   - an array that was followed says by which one
//
// One hash's bucket is split once for each bit of the hash and an array is followed at most five times, so a
// lookup ends after a fixed number of steps, whatever others do.
//
// inv hf.concurrent.absent-is-checked: a lookup that finds nothing saw the bucket unsplit afterwards.
#pragma once

#include <atomic>
#include <cstdint>

#include <holdfast/base/lang/config.hpp>
#include <holdfast/base/reclaim/domain.hpp>
#include <holdfast/concurrent/sync_map_array.hpp>
#include <holdfast/concurrent/sync_map_form.hpp>
#include <holdfast/concurrent/sync_map_root.hpp>

namespace holdfast::inline v0::concurrent {

template <class Types>
class sync_find {
 public:
  using form = sync_form<Types>;
  using line_type = typename form::line;
  using overflow_type = typename form::overflow_line;
  using array_base = bucket_array<line_type>;
  using found = typename form::found;
  using marks = typename form::marks;
  using hasher = typename Types::hasher;
  using key_equal = typename Types::key_equal;
  using owner = typename Types::owner;

  sync_find(const hasher& hash, const key_equal& equal, const owner& from, std::uint64_t seed, reclaim::domain& domain)
      : root_(from), seed_(seed), domain_(&domain), hash_(hash), equal_(equal), owner_(from) {}
  sync_find(const sync_find&) = delete;
  sync_find& operator=(const sync_find&) = delete;

 protected:
  template <class Q>
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE std::uint64_t hash_of(const Q& key) const {
    return finished_hash(hash_, key, seed_);
  }

  // Of an entry of this map.
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE std::uint64_t hash_of_entry(const found& entry) const {
    if constexpr (requires { entry->hash(hash_, seed_); }) return entry->hash(hash_, seed_);
    else return hash_of(entry->key());
  }

  // Inside a section. acquire: pairs with the release that made the array the current one.
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE array_base* current() const noexcept {
    return root_.current().load(std::memory_order_acquire);
  }

  // The entry with `key`, or none. Inside a section, in which it stays good.
  template <class Q>
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE found find(const Q& key, std::uint64_t hash) const {
    const array_base* const array = current();
    const bucket_reach seen = array->reach();
    if (const line_type* const lines = array->lines_at_sight; lines != nullptr) [[likely]] {
      const line_type& line = lines[seen.number_of(hash)];
      form::prefetch_rest(line);  // or it is asked for only when the tags have come
      const std::uint64_t control = line.control.load(std::memory_order_acquire);
      if (const found entry = find_in<true>(line, control, key, marks(hash))) [[likely]] return entry;
      if (is_unchanged(line, control) && is_unsplit(*array, hash, line, seen.buckets) && !is_followed(*array)) [[likely]]
        return found{};
    }
    return form::from_answer(key, find_further(*array, key, hash));
  }

  // AtSight: of an array whose lines may be read so.
  template <bool AtSight = false, class Line, class Q>
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE found find_in(const Line& line, std::uint64_t control, const Q& key, marks wanted) const {
    for (tag_matches places(control, wanted.tags, Line::slots); places; places.drop_first()) {
      if (const found entry = form::template look<AtSight>(line, places.first(), control, wanted, key, equal_)) [[likely]] return entry;
    }
    return found{};
  }

  // The same where a line was not enough, or something has moved meanwhile.
  template <class Q>
  [[nodiscard]] HOLDFAST_NOINLINE typename form::answer find_further(const array_base& from, const Q& key, std::uint64_t hash) const {
    const marks wanted(hash);
    for (const array_base* array = &from;;) {
      const bucket_place place = array->place(hash);
      const line_type& line = array->line(place.number);
      for (int round = 0; round < 2; ++round) {
        if (const found entry = find_in_all(line, key, wanted)) return form::to_answer(entry);
      }
      if (array->place(hash).mask != place.mask) continue;
      // acquire: pairs with the release in follow(); what changed there is there to be seen.
      const array_base* const successor = array->successor.load(std::memory_order_acquire);
      if (successor == nullptr) return form::to_answer(found{});
      array = successor;
    }
  }

  template <class Q>
  [[nodiscard]] found find_in_all(const line_type& line, const Q& key, marks wanted) const {
    if (const found entry = find_in(line, line.control.load(std::memory_order_acquire), key, wanted)) return entry;
    for (const overflow_type* below = line.link(); below != nullptr; below = below->link()) {
      if (const found entry = find_in(*below, below->control.load(std::memory_order_acquire), key, wanted)) return entry;
    }
    return found{};
  }

  // No chain, and no entry has come to this line since `control` was read. In this order: what moves up from a chain is
  // in the line, tag and all, before the chain goes.
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE static bool is_unchanged(const line_type& line, std::uint64_t control) noexcept {
    if (line.has_link(control)) return false;
    // relaxed suffices after the acquire of the link, and coherence forbids an older value than was seen.
    return ((line.control.load(std::memory_order_relaxed) ^ control) & all_tags) == 0;
  }

  // Whether `hash` leads to `line`.
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE static bool leads_to(const line_type& line, const array_base& array,
                                                            std::uint64_t hash, bucket_reach now) noexcept {
    return &array.line(now.number_of(hash)) == &line;
  }

  // Whether it does, and has all the time since there were `buckets`. Where the mask was too old for that number, the
  // one that is read here is not, and leads elsewhere.
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE static bool is_unsplit(const array_base& array, std::uint64_t hash,
                                                              const line_type& line, std::uint64_t buckets) noexcept {
    const bucket_reach now = array.reach();
    return now.buckets == buckets && leads_to(line, array, hash, now);
  }

  // relaxed: who finds a successor asks for it again, in find_further(); and who knows of anything that was done there
  // cannot find none.
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE static bool is_followed(const array_base& array) noexcept {
    return array.successor.load(std::memory_order_relaxed) != nullptr;
  }

  array_root<Types, line_type> root_;
  const std::uint64_t seed_;
  reclaim::domain* const domain_;
  HOLDFAST_NO_UNIQUE_ADDRESS hasher hash_;
  HOLDFAST_NO_UNIQUE_ADDRESS key_equal equal_;
  HOLDFAST_NO_UNIQUE_ADDRESS owner owner_;
};

}  // namespace holdfast::inline v0::concurrent
