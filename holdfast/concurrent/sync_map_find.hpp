// Finding an entry: two lines of memory, no store to anything that another thread reads, no loop that
// another thread could keep going.
//
//   1. how many buckets there are -> the bucket          3. a word whose sign fits -> the node
//   2. its control -> the places whose tag fits          4. the node's key
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
#include <holdfast/concurrent/sync_map_node.hpp>

namespace holdfast::inline v0::concurrent {

// What of a hash is looked for in a line.
struct hash_marks {
  explicit hash_marks(std::uint64_t hash) noexcept : tag(tag_of(hash)), sign(sign_of(hash)) {}
  std::uint64_t tag;
  std::uint64_t sign;
};

template <class Types>
class sync_find {
 public:
  using node = sync_node<Types>;
  using hasher = typename Types::hasher;
  using key_equal = typename Types::key_equal;
  using owner = typename Types::owner;

  sync_find(const hasher& hash, const key_equal& equal, const owner& from, std::uint64_t seed, reclaim::domain& domain)
      : array_(&empty_array()), seed_(seed), domain_(&domain), hash_(hash), equal_(equal), owner_(from) {}
  sync_find(const sync_find&) = delete;
  sync_find& operator=(const sync_find&) = delete;

 protected:
  template <class Q>
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE std::uint64_t hash_of(const Q& key) const {
    return finished_hash(hash_, key, seed_);
  }

  // Inside a section. acquire: pairs with the release that made the array the current one.
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE bucket_array* current() const noexcept {
    return array_.load(std::memory_order_acquire);
  }

  // The node with `key`, or null. Inside a section, in which it stays good.
  template <class Q>
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE node* find(const Q& key, std::uint64_t hash) const {
    const bucket_array* const array = current();
    const std::uint64_t buckets = array->in_use();
    const bucket_line& line = array->line(place_of(hash, buckets).number);
    const std::uint64_t control = line.control.load(std::memory_order_acquire);
    if (node* const found = find_in(line, control, key, hash_marks(hash))) [[likely]] return found;
    if (is_unchanged(line, control) && array->in_use() == buckets && !is_followed(*array)) [[likely]] return nullptr;
    return find_further(*array, key, hash);
  }

  template <class Line, class Q>
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE node* find_in(const Line& line, std::uint64_t control, const Q& key,
                                                     hash_marks marks) const {
    tag_matches places(control, marks.tag, Line::slots);
    for (; places; places.drop_first()) {
      const std::uint64_t address = line.words[places.first()].load(std::memory_order_acquire) ^ marks.sign;
      // Not of this sign: another entry, a link, or vacant by now.
      if (address >> address_width != 0) [[unlikely]] continue;
      node* const candidate = node_in<node>(address);
      if (equal_(candidate->key(), key)) [[likely]] return candidate;
    }
    return nullptr;
  }

  // The same where a line was not enough, or something has moved meanwhile.
  template <class Q>
  [[nodiscard]] HOLDFAST_NOINLINE node* find_further(const bucket_array& from, const Q& key, std::uint64_t hash) const {
    const hash_marks marks(hash);
    for (const bucket_array* array = &from;;) {
      const bucket_place place = array->place(hash);
      const bucket_line& line = array->line(place.number);
      for (int round = 0; round < 2; ++round) {
        if (node* const found = find_in_all(line, key, marks)) return found;
      }
      if (array->place(hash).mask != place.mask) continue;
      // acquire: pairs with the release in follow(); what changed there is there to be seen.
      const bucket_array* const successor = array->successor.load(std::memory_order_acquire);
      if (successor == nullptr) return nullptr;
      array = successor;
    }
  }

  template <class Q>
  [[nodiscard]] node* find_in_all(const bucket_line& line, const Q& key, hash_marks marks) const {
    if (node* const found = find_in(line, line.control.load(std::memory_order_acquire), key, marks)) return found;
    for (std::uint64_t link = line.last_word(); is_link(link); link = linked(link)->last_word()) {
      const overflow_line& below = *linked(link);
      if (node* const found = find_in(below, below.control.load(std::memory_order_acquire), key, marks)) return found;
    }
    return nullptr;
  }

  // No chain, and no entry has come to this line since `control` was read.
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE static bool is_unchanged(const bucket_line& line, std::uint64_t control) noexcept {
    // relaxed suffices after the acquires of the search: coherence forbids an older value than was seen.
    const std::uint64_t now = line.control.load(std::memory_order_relaxed);
    const bool has_chain = is_link(line.last_word()) || (control >> 8 * (main_slots - 1) & 0xff) == link_tag;
    return !has_chain && ((now ^ control) & all_tags) == 0;
  }

  // acquire: pairs with the release in follow(); what changed in the successor is there to be seen.
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE static bool is_followed(const bucket_array& array) noexcept {
    return array.successor.load(std::memory_order_acquire) != nullptr;
  }

  // Read in each lookup, written when an array is followed or emptied.
  std::atomic<bucket_array*> array_;
  const std::uint64_t seed_;
  reclaim::domain* const domain_;
  HOLDFAST_NO_UNIQUE_ADDRESS hasher hash_;
  HOLDFAST_NO_UNIQUE_ADDRESS key_equal equal_;
  HOLDFAST_NO_UNIQUE_ADDRESS owner owner_;
};

}  // namespace holdfast::inline v0::concurrent
