// Finding an entry: two lines of memory, no store to anything that another thread reads, no loop that
// another thread could keep going.
//
//   1. how many buckets there are -> the bucket          3. a word whose sign fits -> the node
//   2. its control -> the places whose tag fits          4. the node's key
//
// Absent is said only after one more look at the number of buckets and at the successor of the array. A split
// makes the new bucket known before it takes anything out of the old one, so a reader that missed an entry
// which had just been moved sees that its bucket was split and starts again. One hash's bucket is split
// once for each bit of the hash and an array is followed at most five times, so a lookup ends after a fixed
// number of steps whatever others do.
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
    const bucket_array* array = current();
    const hash_marks marks(hash);
    while (true) {
      const std::uint64_t buckets = array->in_use();
      const bucket_place place = place_of(hash, buckets);
      const bucket_line& line = array->line(place.number);
      if (node* const found = find_in(line, key, marks)) [[likely]] return found;
      const std::uint64_t last = line.last_word();
      if (is_link(last)) [[unlikely]] {
        if (node* const found = find_in_overflow(last, key, marks)) return found;
      }
      // Both loads come after those of the line, which are acquires.
      const bool same_place = array->in_use() == buckets || array->place(hash).mask == place.mask;
      if (!same_place) continue;
      // acquire: pairs with the release in follow(); what changed there is there to be seen.
      const bucket_array* const successor = array->successor.load(std::memory_order_acquire);
      if (successor == nullptr) [[likely]] return nullptr;
      array = successor;
    }
  }

  template <class Line, class Q>
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE node* find_in(const Line& line, const Q& key, hash_marks marks) const {
    tag_matches places(line.control.load(std::memory_order_acquire), marks.tag, Line::slots);
    for (; places; places.drop_first()) {
      const std::uint64_t address = line.words[places.first()].load(std::memory_order_acquire) ^ marks.sign;
      // Not of this sign: another entry, a link, or vacant by now.
      if (address >> address_width != 0) [[unlikely]] continue;
      node* const candidate = node_in<node>(address);
      if (equal_(candidate->key(), key)) [[likely]] return candidate;
    }
    return nullptr;
  }

  template <class Q>
  [[nodiscard]] HOLDFAST_NOINLINE node* find_in_overflow(std::uint64_t link, const Q& key, hash_marks marks) const {
    while (is_link(link)) {
      const overflow_line& line = *linked(link);
      if (node* const found = find_in(line, key, marks)) return found;
      link = line.last_word();
    }
    return nullptr;
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
