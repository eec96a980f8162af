// Walking over all entries while others write, and finding many at once.
//
// A walk goes through the hashes, not through the buckets: in the order of their reversed bits. What one bucket
// holds is a run in that order, and a split cuts the run in two, so one number tells what has been visited,
// through any growth and through clear():
//
//   buckets 0 1 2 3         order   0  2  1  3
//   and of 0..7, later      order   0 4  2 6  1 5  3 7
//
// For each bucket: hold its entries inside a section, leave the section, call the user. So the callback may
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
  using typename base::array_base;
  using typename base::form;
  using typename base::found;
  using typename base::held_entry;
  using typename base::line_type;
  using typename base::marks;
  using entry_list = std::vector<held_entry>;
  using base::base;

  // visit(entry) -> whether to go on; an entry has key() and value().
  template <class Visit>
  void walk(Visit&& visit) const {
    if (this->nothing_yet()) return;
    entry_list there;
    there.reserve(2 * line_type::slots);
    std::uint64_t cursor = 0;
    do {
      cursor = collect(cursor, there);
      for (const auto& entry : there) {
        if (!visit(*entry)) return;
      }
    } while (cursor != 0);
  }

  // Calls visit(entry) for each of `keys` that is there; how many were. In groups, whose cache misses
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
      std::array<held_entry, group> there;
      hold_group(first, as_key, hashes, size, there);
      for (std::size_t i = 0; i < size; ++i) {
        if (!there[i]) continue;
        ++count;
        visit(*there[i]);
      }
    }
    return count;
  }

 private:
  // As many as pins fit into a thread's record.
  static constexpr std::size_t group = 10;
  static constexpr std::uint64_t buckets_ahead = 4;

  // Holds the entries of the bucket that `cursor` stands at; where to go on, 0 at the end.
  [[nodiscard]] std::uint64_t collect(std::uint64_t cursor, entry_list& there) const {
    while (true) {
      there.clear();
      std::size_t count = 0;
      {
        reclaim::section inside(*this->domain_);
        const array_base& array = last_array();
        const bucket_place place = array.place(reversed(cursor));
        count = hold_all(inside, array.line(place.number), place, cursor, there);
        const bool is_whole = count <= there.capacity() && array.place(reversed(cursor)).mask == place.mask &&
                              !this->is_followed(array);
        if (is_whole) {
          fetch_ahead(array, cursor, place);
          return after(cursor, place);
        }
      }
      if (count > there.capacity()) there.reserve(2 * count);
    }
  }

  // The current array or, while who has followed it has not made the next one current yet, that one: nobody waits for
  // him. Inside a section.
  [[nodiscard]] const array_base& last_array() const noexcept {
    const array_base* array = this->current();
    // acquire: pairs with the release in follow(); the copies are complete.
    while (const array_base* const successor = array->successor.load(std::memory_order_acquire)) array = successor;
    return *array;
  }

  // How much of the order a bucket stands for; 0: all of it.
  [[nodiscard]] static std::uint64_t run_of(bucket_place place) noexcept {
    return place.mask == 0 ? 0 : std::uint64_t{1} << std::countl_zero(place.mask);
  }
  [[nodiscard]] static std::uint64_t after(std::uint64_t cursor, bucket_place place) noexcept {
    const std::uint64_t run = run_of(place);
    return run == 0 ? 0 : (cursor & ~(run - 1)) + run;
  }

  // Neighbours in the order are far apart in memory: what comes a few buckets later is asked for now.
  static void fetch_ahead(const array_base& array, std::uint64_t cursor, bucket_place place) noexcept {
    const line_type& line = array.line(array.reach().number_of(reversed(cursor + buckets_ahead * run_of(place))));
    __builtin_prefetch(&line);
    form::prefetch_rest(line);
  }

  // How many entries there are that this bucket stands for; holds as many as there is room for.
  [[nodiscard]] std::size_t hold_all(reclaim::section& inside, const line_type& line, bucket_place place,
                                     std::uint64_t cursor, entry_list& there) const {
    std::size_t count = 0;
    std::uint64_t met = 0;  // a bit for the upper six of each hash
    const bool goes_on = (cursor & (run_of(place) - 1)) != 0;
    const auto hold_one = [&](const found& entry) {
      const std::uint64_t hash = this->hash_of_entry(entry);
      // It belongs to the new bucket, which has been made known, and has not been taken out of here yet.
      if ((hash & place.mask) != place.number) return;
      // It has been visited: the array was made after clear() and its buckets hold more than the walk's did.
      if (goes_on && reversed(hash) < cursor) return;
      const std::uint64_t bit = std::uint64_t{1} << (hash >> 58);
      if ((met & bit) != 0 && has(there, entry)) return;
      met |= bit;
      if (++count <= there.capacity()) there.push_back(form::hold(inside, entry));
    };
    // acquire: an entry of nodes whose tag is in here is seen where it is, or it would not be missed below.
    const std::uint64_t control = line.control.load(std::memory_order_acquire);
    for_each_entry<form>(line, hold_one);
    // As in find(): an entry that moved up meanwhile is met the second time.
    if (!this->is_unchanged(line, control)) for_each_entry<form>(line, hold_one);
    return count;
  }

  // An entry can be met twice when its key was erased and stored again, or made room for a link, meanwhile.
  [[nodiscard]] bool has(const entry_list& there, const found& entry) const {
    for (const auto& other : there) {
      if (form::is_same(other.get(), entry) || this->equal_(other->key(), entry->key())) return true;
    }
    return false;
  }

  template <class Iterator, class AsKey>
  void hold_group(Iterator key, AsKey as_key, const std::array<std::uint64_t, group>& hashes, std::size_t size,
                  std::array<held_entry, group>& there) const {
    reclaim::section inside(*this->domain_);
    const array_base& array = *this->current();
    std::array<const line_type*, group> lines;
    for (std::size_t i = 0; i < size; ++i) {
      lines[i] = &array.line(array.place(hashes[i]).number);
      __builtin_prefetch(lines[i]);
      form::prefetch_rest(*lines[i]);
    }
    for (std::size_t i = 0; i < size; ++i) form::prefetch_entry(*lines[i], marks(hashes[i]));
    for (std::size_t i = 0; i < size; ++i, ++key) {
      if (const found one = this->find(as_key(*key), hashes[i])) there[i] = form::hold(inside, one);
    }
  }
};

}  // namespace holdfast::inline v0::concurrent
