// Growth: a few buckets at a time, strictly in order, by whoever inserts.
//
//   buckets 0 .. N-1 are in use; the next split is of bucket  N - 2^k  (2^k the largest power up to N) into
//   itself and bucket N, by bit k of the hash
//
//   1. lock up to four old buckets, neighbours; pack the entries that go; allocate what they need
//   2. fill as many new ones, their locks closed                        nobody can see them
//   3. the number of buckets becomes so much larger                     readers go to either, writers wait
//   4. take out of the old buckets what has gone                        a late reader looks again
//   5. open all locks; retire overflow lines that became empty
//
// What a slot holds moves, nodes stay. One thread splits at a time; whoever finds another at it goes on with its
// own work, and owes the split. So no writer waits for growth, but for its bucket, while that and three neighbours at most
// are split.
//
// A small array that is full is followed by a larger one: all its buckets, at most 256, are locked, copied
// and left locked; a writer that waited there finds that the array is no longer the current one.
//
// inv hf.concurrent.split-shows-first: the number of buckets is stored before anything leaves the old bucket.
// inv hf.concurrent.few-splits-a-write: a write splits at most four buckets.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <optional>

#include <holdfast/base/sync/thread_id.hpp>
#include <holdfast/concurrent/sync_map_find.hpp>
#include <holdfast/concurrent/sync_map_owned_array.hpp>
#include <holdfast/concurrent/sync_map_split.hpp>

namespace holdfast::inline v0::concurrent {

// Growth is thought of once in so many inserts of a stripe.
inline constexpr std::uint32_t inserts_per_look = 8;
inline constexpr std::uint64_t owed_at_most = 16;
// At once, so that threads that insert together do not hand the number of buckets to and fro for each one.
inline constexpr std::uint32_t splits_a_write = 4;

// How many buckets that many entries want.
template <class Form>
[[nodiscard]] constexpr std::uint64_t buckets_for(std::uint64_t entries) noexcept {
  constexpr std::uint64_t full = Form::entries_per_two_buckets;
  return entries / full * 2 + entries % full * 2 / full;
}

template <class Types>
class sync_growth : public sync_find<Types> {
 protected:
  using base = sync_find<Types>;
  using typename base::array_base;
  using typename base::form;
  using typename base::line_type;
  using typename base::overflow_type;
  using typename base::owner;
  using array_type = owned_array<line_type, typename Types::allocator>;
  using overflow = owned_overflow<overflow_type, owner>;

  using base::base;

  [[nodiscard]] static count_stripe& stripe_of(array_base& array) noexcept {
    return array.stripes[this_thread_id() & array.stripe_mask];
  }

  // Under the lock of the bucket the entry went to, so that who has locked all buckets has the sum.
  // relaxed: the counts publish nothing.
  static void count_insert(array_base& array) noexcept {
    count_stripe& stripe = stripe_of(array);
    stripe.entries.fetch_add(1, std::memory_order_relaxed);
    const std::uint32_t inserts = stripe.inserts.load(std::memory_order_relaxed) + 1;
    stripe.inserts.store(inserts, std::memory_order_relaxed);
    if (inserts % inserts_per_look == 0) [[unlikely]] think_of_growth(array, stripe);
  }
  static void count_erase(array_base& array) noexcept {
    stripe_of(array).entries.fetch_sub(1, std::memory_order_relaxed);
  }

  // Whether this thread owes splits. relaxed: who sees it late pays later.
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE static bool owes_splits(array_base& array) noexcept {
    return stripe_of(array).owed.load(std::memory_order_relaxed) != 0;
  }

  // Splits buckets that this thread owes. Before the write itself: what it may throw finds nothing changed. Not in a
  // section.
  HOLDFAST_NOINLINE void pay() {
    array_base* array = nullptr;
    {
      reclaim::section inside(*this->domain_);
      array = this->current();
      if (array->is_nobodys() || !got_lock(try_lock(array->growth.lock))) return;
    }
    count_stripe& stripe = stripe_of(*array);
    const std::uint32_t owed = stripe.owed.load(std::memory_order_relaxed);
    const bool wanted = array->in_use() < array->growth.target.load(std::memory_order_relaxed);
    const std::uint32_t now = std::min(owed, splits_a_write);
    stripe.owed.store(wanted ? owed - now : 0, std::memory_order_relaxed);
    if (wanted && now != 0) grow_by(*array, now);
    else unlock_growth(*array);
  }

  // Has the line of the bucket that `hash` leads to fetched while the caller makes a node, which it does at once.
  HOLDFAST_ALWAYS_INLINE void fetch_bucket(std::uint64_t hash) const noexcept {
    if constexpr (form::bytes_beside_line != 0) {
      reclaim::section inside(*this->domain_);
      const array_base& array = *this->current();
      __builtin_prefetch(&array.line(array.reach().number_of(hash)), 1);
    }
  }

  // Makes the first array if there is none. Not in a section.
  HOLDFAST_COLD void make_first_array() {
    array_type* const first = array_type::make_after(this->owner_, nullptr);
    first->buckets.begin_with(smallest_array);
    if constexpr (Types::gives_references) first->growth.era = this->root_.home().next_era();
    array_base* expected = &empty_array<line_type>();
    // release: pairs with the acquire in current().
    if (!this->root_.current().compare_exchange_strong(expected, first, std::memory_order_release,
                                                       std::memory_order_relaxed))
      array_type::destroy(first);
  }

  // The current array with its growth lock, which keeps it the current one; null if it is the empty one. Waits
  // for a split at most. Not in a section.
  [[nodiscard]] array_base* lock_growth() const noexcept {
    for (back_off patience;; patience.wait()) {
      reclaim::section inside(*this->domain_);
      array_base* const array = this->current();
      if (array->is_nobodys()) return nullptr;
      // An array that was left stays locked: whoever gets the lock has the current one.
      if (got_lock(lock_soon(array->growth.lock))) return array;
    }
  }
  static void unlock_growth(array_base& array) noexcept { unlock(array.growth.lock, 0); }

  // Splits until there are `buckets`, one at a time, others in between. Throws: what the allocator throws.
  void grow_to(std::uint64_t buckets) {
    for (back_off patience;;) {
      array_base* const array = lock_growth();
      if (array == nullptr) {
        make_first_array();
        continue;
      }
      if (array->in_use() >= buckets) return unlock_growth(*array);
      if (!grow_by(*array, 1)) patience.wait();
    }
  }

 private:
  HOLDFAST_NOINLINE static void think_of_growth(array_base& array, count_stripe& stripe) noexcept {
    const std::uint64_t wanted = buckets_for<form>(array.entries());
    const std::uint64_t buckets = array.in_use();
    if (wanted <= buckets) return;
    array.growth.target.store(wanted, std::memory_order_relaxed);
    stripe.owed.store(static_cast<std::uint32_t>(std::min(wanted - buckets, owed_at_most)), std::memory_order_relaxed);
  }

  // Splits `most` buckets, at most splits_a_write, with the growth lock of `array`, which it gives back. False: a
  // bucket's lock was not to be had.
  bool grow_by(array_base& array, std::uint32_t most) {
    // Destroyed in the opposite order: nothing is retired under the lock.
    struct retiring {
      reclaim::domain& domain;
      overflow_type* lines = nullptr;
      ~retiring() { overflow::retire_list(domain, lines); }
    } unlinked{*this->domain_};
    struct unlocking {
      array_base* array;
      ~unlocking() {
        if (array != nullptr) unlock_growth(*array);
      }
    } held{&array};
    auto& whole = static_cast<array_type&>(array);
    fetch_parents(array, most);
    while (most != 0) {
      const std::uint64_t number = array.in_use();
      if (!whole.extend_to(number)) {
        follow(whole);
        held.array = nullptr;  // for good
        this->domain_->retire(whole, static_cast<std::size_t>(whole.bytes()), &array_type::destroy_retired);
        return true;
      }
      const std::uint32_t done = split(whole, number, most, unlinked.lines);
      if (done == 0) return false;
      most -= done;
    }
    return true;
  }

  // Neighbours that are split together: their locks, which are opened at the end, and what they say then.
  struct parents {
    array_base& array;
    std::uint64_t first;
    std::uint32_t count = 0;
    std::uint64_t tags[splits_a_write] = {};

    [[nodiscard]] line_type& line(std::uint32_t which) const noexcept { return array.line(first + which); }
    // False: that lock was not to be had, the holder was preempted, and somebody will try again.
    [[nodiscard]] bool lock_next() noexcept {
      const std::uint64_t seen = lock_soon(line(count).control);
      if (got_lock(seen)) tags[count++] = seen;
      return got_lock(seen);
    }
    ~parents() {
      for (std::uint32_t i = 0; i < count; ++i) unlock(line(i).control, tags[i]);
    }
  };

  // Splits the parents of bucket `number`, which has room, and of up to `most` - 1 behind it; puts overflow lines that
  // are left over in front of `unlinked`. How many have been split. Throws: what the allocator throws; then none.
  std::uint32_t split(array_type& array, std::uint64_t number, std::uint32_t most, overflow_type*& unlinked) {
    const unsigned bit = static_cast<unsigned>(std::bit_width(number)) - 1;
    parents old{array, number ^ std::uint64_t{1} << bit};
    while (old.lock_next()) {
      const std::uint64_t next = number + old.count;
      if (old.count == most || std::has_single_bit(next) || !array.extend_to(next)) break;
    }
    if (old.count == 0) return 0;
    form::with_direction(bit, this->hash_, this->seed_,
                         [&](const auto& goes) { move(array, number, old, goes, unlinked); });
    array.growth.splits.store(array.growth.splits.load(std::memory_order_relaxed) + old.count,
                              std::memory_order_relaxed);
    return old.count;
  }

  template <class Goes>
  void move(array_base& array, std::uint64_t number, parents& old, const Goes& goes, overflow_type*& unlinked) {
    packed_bucket<form, owner> packed[splits_a_write];
    std::optional<old_bucket<form, owner, Goes>> from[splits_a_write];
    for (std::uint32_t i = 0; i < old.count; ++i) {
      from[i].emplace(old.line(i), old.tags[i], goes).pack(packed[i].begin(array.line(number + i), this->owner_));
    }
    for (std::uint32_t i = 0; i < old.count; ++i) packed[i].keep();
    array.buckets.make_known(number + old.count - 1);
    for (std::uint32_t i = 0; i < old.count; ++i) {
      old.tags[i] = from[i]->take_out(unlinked);
      unlinked = from[i]->unlinked();
      unlock(array.line(number + i).control, packed[i].tags());
    }
  }

  // Has the buckets that the next splits part fetched, then what lies behind them: all at once, or each split would
  // wait for its own.
  static void fetch_parents(const array_base& array, std::uint32_t splits) noexcept {
    if (array.lines == nullptr) return;  // in segments: each bucket has to be looked for
    const std::uint64_t first = array.in_use();
    const auto parent = [&](std::uint64_t number) -> const line_type& {
      return array.lines[number ^ std::bit_floor(number)];
    };
    for (std::uint64_t n = first; n < first + splits; ++n) fetch(parent(n));
    for (std::uint64_t n = first; n < first + splits; ++n) {
      if (const overflow_type* const below = parent(n).link()) fetch(*below);
    }
  }
  template <class Line>
  HOLDFAST_ALWAYS_INLINE static void fetch(const Line& line) noexcept {
    for (std::size_t at = 0; at < sizeof line; at += 64)
      __builtin_prefetch(reinterpret_cast<const char*>(&line) + at, 1);
  }

  // Moves everything to a larger array. All locks of `array` stay closed.
  void follow(array_type& array) {
    array_type& next = *array_type::make_after(this->owner_, &array);
    const std::uint64_t buckets = array.in_use();
    for (std::uint64_t i = 0; i < buckets; ++i) {
      const line_type& from = array.line(i);
      line_type& to = *::new (static_cast<void*>(&next.line(i))) line_type();
      const std::uint64_t tags = lock_for_certain(array.line(i).control);
      to.copy_from(from);
      to.control.store(tags, std::memory_order_relaxed);
    }
    next.buckets.begin_with(buckets);
    next.stripes[0].entries.store(static_cast<std::int64_t>(array.entries()), std::memory_order_relaxed);
    next.growth.splits.store(array.growth.splits.load(std::memory_order_relaxed), std::memory_order_relaxed);
    next.growth.target.store(array.growth.target.load(std::memory_order_relaxed), std::memory_order_relaxed);
    if constexpr (Types::gives_references) next.growth.era = array.growth.era;
    // release, both: pair with find() and with current(); the copies are complete.
    array.successor.store(&next, std::memory_order_release);
    this->root_.current().store(&next, std::memory_order_release);
  }
};

}  // namespace holdfast::inline v0::concurrent
