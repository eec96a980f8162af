// The line of a map whose entries are two words: two cache lines side by side, seven keys with their values.
//
//   control    seven tags and the lock
//   link       an overflow line, or null
//   pair 0..6  key, value                                16 bytes each, read and written as one
//
// A slot says by its tag alone whether an entry is there. What lies in a vacant slot is left over: a reader that
// goes by old tags may find it, and finds nothing that was not there when it read the tags, for a key and the
// value beside it come from one store. But a slot that is filled anew holds its pair before its tag is published;
// so a reader that found its key looks at the tag again, and if that is gone takes the slow way.
//
// inv hf.concurrent.pair-is-whole: key and value of an entry are read as one store wrote them.
// inv hf.concurrent.found-is-published: what a lookup finds had its tag published before the lookup ended.
#pragma once

#include <atomic>
#include <cstdint>

#include <holdfast/base/reclaim/retirable.hpp>
#include <holdfast/base/sync/atomic_pair.hpp>
#include <holdfast/concurrent/sync_map_line.hpp>

#if HOLDFAST_HAVE_ATOMIC_PAIR

namespace holdfast::inline v0::concurrent {

struct pair_overflow;

template <unsigned Slots>
struct pair_line_of {
  using cell = word_pair;
  static constexpr unsigned slots = Slots;

  // Control and link: stores that a reader may see are releases, loads of readers acquires; they pair with each
  // other, in the order in which writers store and readers load, as do the pairs.
  std::atomic<std::uint64_t> control{0};
  std::atomic<pair_overflow*> next{nullptr};
  atomic_pair pairs[Slots] = {};

  [[nodiscard]] cell read(unsigned place) const noexcept { return pairs[place].load(); }
  // Both where is_read_at_sight().
  [[nodiscard]] cell read_at_sight(unsigned place) const noexcept { return pairs[place].load_whole(); }
  void write_at_sight(unsigned place, cell what) noexcept { pairs[place].store_whole(what); }
  void write(unsigned place, cell what) noexcept { pairs[place].store(what); }
  // The tag goes with the next store of control, and that is the instant of it.
  void vacate(unsigned) noexcept {}
  void put(unsigned place, cell what, std::uint64_t tags) noexcept {
    write(place, what);
    control.store(tags, std::memory_order_release);
  }

  [[nodiscard]] pair_overflow* link() const noexcept { return next.load(std::memory_order_acquire); }
  [[nodiscard]] bool has_link(std::uint64_t) const noexcept { return link() != nullptr; }
  [[nodiscard]] static constexpr std::uint64_t entries_of(std::uint64_t tags) noexcept { return tags & all_tags; }

  [[nodiscard]] std::uint64_t add_link(pair_overflow& fresh, std::uint64_t tags) noexcept {
    next.store(&fresh, std::memory_order_release);
    return tags;
  }
  [[nodiscard]] std::uint64_t relink(pair_overflow* behind, std::uint64_t tags) noexcept {
    next.store(behind, std::memory_order_release);
    return tags;
  }
  void copy_from(const pair_line_of& other) noexcept {
    next.store(other.link(), std::memory_order_relaxed);
    for (unsigned i = 0; i < Slots; ++i) write(i, other.read(i));
  }
};

struct alignas(128) pair_line : pair_line_of<7> {
  [[nodiscard]] static bool is_read_at_sight() noexcept { return moves_pairs_whole; }
};
static_assert(sizeof(pair_line) == 128);

struct alignas(16) pair_overflow : reclaim::retirable, pair_line_of<6> {};
static_assert(sizeof(pair_overflow) == 128);

}  // namespace holdfast::inline v0::concurrent

#endif  // HOLDFAST_HAVE_ATOMIC_PAIR
