// Walking over all entries while others write, and finding many at once.
//
// A walk goes through the hashes, not through the buckets: in the order of their reversed bits. What one bucket
// holds is a run in that order, and a split cuts the run in two, so one number tells what has been visited,
// through any growth and through clear():
//
//   buckets 0 1 2 3         order   0  2  1  3
//   and of 0..7, later      order   0 4  2 6  1 5  3 7
//
// For each bucket: pin its entries inside a section, leave the section, call the user. So the callback may
// use the map in any way and take as long as it likes.
//
// inv hf.concurrent.walk-once: a walk shows no key twice, and shows each key that is there all the time.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <ranges>
#include <vector>

#include <holdfast/concurrent/sync_map_change.hpp>

namespace holdfast::inline v0::concurrent {

[[nodiscard]] constexpr std::uint64_t reversed(std::uint64_t word) noexcept {
  word = (word >> 1 & 0x5555'5555'5555'5555) | (word & 0x5555'5555'5555'5555) << 1;
  word = (word >> 2 & 0x3333'3333'3333'3333) | (word & 0x3333'3333'3333'3333) << 2;
  word = (word >> 4 & 0x0f0f'0f0f'0f0f'0f0f) | (word & 0x0f0f'0f0f'0f0f'0f0f) << 4;
  return __builtin_bswap64(word);
}

template <class Types>
class sync_walk : public sync_change<Types> {
 protected:
  using base = sync_change<Types>;
  using node = typename base::node;
  using pins = std::vector<reclaim::pin<const node>>;
  using base::base;

  // visit(const node&) -> whether to go on.
  template <class Visit>
  void walk(Visit&& visit) const {
    if (this->nothing_yet()) return;
    pins found;
    found.reserve(2 * main_slots);
    std::uint64_t cursor = 0;
    do {
      cursor = collect(cursor, found);
      for (const auto& entry : found) {
        if (!visit(*entry)) return;
      }
    } while (cursor != 0);
  }

  // Calls visit(const node&) for each of `keys` that is there; how many were. In groups, whose cache misses
  // overlap.
  template <class Keys, class AsKey, class Visit>
  std::size_t find_many(Keys&& keys, AsKey as_key, Visit&& visit) const {
    std::size_t count = 0;
    auto next = std::ranges::begin(keys);
    const auto end = std::ranges::end(keys);
    while (next != end) {
      const auto first = next;
      std::array<std::uint64_t, group> hashes;
      std::size_t size = 0;
      for (; size < group && next != end; ++size, ++next) hashes[size] = this->hash_of(as_key(*next));
      std::array<reclaim::pin<const node>, group> found;
      pin_group(first, as_key, hashes, size, found);
      for (std::size_t i = 0; i < size; ++i) {
        if (!found[i]) continue;
        ++count;
        visit(*found[i]);
      }
    }
    return count;
  }

 private:
  // As many as pins fit into a thread's record.
  static constexpr std::size_t group = 10;

  // Pins the entries of the bucket that `cursor` stands at; where to go on, 0 at the end.
  [[nodiscard]] std::uint64_t collect(std::uint64_t cursor, pins& found) const {
    while (true) {
      found.clear();
      std::size_t entries = 0;
      {
        reclaim::section inside(*this->domain_);
        const bucket_array& array = *this->current();
        const bucket_place place = array.place(reversed(cursor));
        entries = pin_all(inside, array.line(place.number), place, cursor, found);
        // acquire: pairs with the release in follow(), as in find().
        const bool is_whole = entries <= found.capacity() && array.place(reversed(cursor)).mask == place.mask &&
                              array.successor.load(std::memory_order_acquire) == nullptr;
        if (is_whole) return after(cursor, place);
      }
      if (entries > found.capacity()) found.reserve(2 * entries);
    }
  }

  [[nodiscard]] static std::uint64_t after(std::uint64_t cursor, bucket_place place) noexcept {
    if (place.mask == 0) return 0;
    const std::uint64_t run = std::uint64_t{1} << std::countl_zero(place.mask);
    return (cursor & ~(run - 1)) + run;
  }

  // How many entries there are that this bucket stands for; pins as many as there is room for.
  [[nodiscard]] std::size_t pin_all(reclaim::section& inside, const bucket_line& line, bucket_place place,
                                    std::uint64_t cursor, pins& found) const {
    std::size_t entries = 0;
    const auto pin_one = [&](std::uint64_t word) {
      const node* const entry = node_in<const node>(word);
      const std::uint64_t hash = entry->hash(this->hash_, this->seed_);
      // It belongs to the new bucket, which has been made known, and has not been taken out of here yet.
      if ((hash & place.mask) != place.number) return;
      // It has been visited: the array was made after clear() and its buckets hold more than the walk's did.
      if (reversed(hash) < cursor) return;
      if (has(found, entry)) return;
      if (++entries <= found.capacity()) found.push_back(inside.hand_off(entry, entry));
    };
    const std::uint64_t control = line.control.load(std::memory_order_acquire);
    for_each_word(line, pin_one);
    // As in find(): an entry that moved up meanwhile is met the second time.
    if (!this->is_unchanged(line, control)) for_each_word(line, pin_one);
    return entries;
  }

  // An entry can be met twice when its key was erased and stored again, or made room for a link, meanwhile.
  [[nodiscard]] bool has(const pins& found, const node* entry) const {
    for (const auto& other : found) {
      if (other.get() == entry || this->equal_(other->key(), entry->key())) return true;
    }
    return false;
  }

  template <class Iterator, class AsKey>
  void pin_group(Iterator key, AsKey as_key, const std::array<std::uint64_t, group>& hashes, std::size_t size,
                 std::array<reclaim::pin<const node>, group>& found) const {
    reclaim::section inside(*this->domain_);
    const bucket_array& array = *this->current();
    std::array<const bucket_line*, group> lines;
    for (std::size_t i = 0; i < size; ++i) {
      lines[i] = &array.line(array.place(hashes[i]).number);
      __builtin_prefetch(lines[i]);
    }
    for (std::size_t i = 0; i < size; ++i) prefetch_node(*lines[i], hash_marks(hashes[i]));
    for (std::size_t i = 0; i < size; ++i, ++key) {
      if (const node* const one = this->find(as_key(*key), hashes[i])) found[i] = inside.hand_off(one, one);
    }
  }

  static void prefetch_node(const bucket_line& line, hash_marks marks) noexcept {
    // relaxed: nothing is read through it.
    const tag_matches places(line.control.load(std::memory_order_relaxed), marks.tag, main_slots);
    if (!places) return;
    __builtin_prefetch(node_in<node>(line.words[places.first()].load(std::memory_order_relaxed)));
  }
};

}  // namespace holdfast::inline v0::concurrent
