// What a split does to the old bucket, whose lock is held: entries of the other bucket leave, those that stay
// in an overflow line move up into the places that became free.
//
// Readers look on, also ones that know the new number of buckets already. So an entry of the main line never
// moves; an entry of an overflow line appears in the main line, tag and all, before it disappears below. A
// reader that looks at the main line, then at the chain, and at both once more cannot miss it: an entry moves up
// once in a split, and a reader that sees two splits starts again.
//
// inv hf.concurrent.stays-in-sight: an entry that stays is in the main line or in the chain at any time.
#pragma once

#include <atomic>
#include <cstdint>

#include <holdfast/concurrent/sync_map_bucket.hpp>
#include <holdfast/concurrent/sync_map_packing.hpp>

namespace holdfast::inline v0::concurrent {

// `Goes`: bool(cell, tag), whether that is an entry that belongs to the new bucket.
template <class Form, class Owner, class Goes>
class old_bucket {
 public:
  using line_type = typename Form::line;
  using overflow_type = typename Form::overflow_line;
  using cell = typename Form::cell;

  // `tags` is the control of `line`, whose lock the caller holds.
  old_bucket(line_type& line, std::uint64_t tags, const Goes& goes) noexcept : line_(line), tags_(tags), goes_(goes) {}
  old_bucket(const old_bucket&) = delete;
  old_bucket& operator=(const old_bucket&) = delete;

  // What goes, into `packed`. Changes nothing here. Throws: what the allocator throws.
  HOLDFAST_ALWAYS_INLINE void pack(packed_bucket<Form, Owner>& packed) {
    leaving_ = line_type::is_read_at_sight() ? packed.template add_from<true>(line_, tags_, goes_)
                                             : packed.template add_from<false>(line_, tags_, goes_);
    for (const overflow_type* below = line_.link(); below != nullptr; below = below->link()) pack_line(*below, packed);
  }

  // Takes out what pack() has packed. The new tags, for who opens the lock. Lines that are no longer part of the bucket
  // come in front of `unlinked`.
  HOLDFAST_ALWAYS_INLINE std::uint64_t take_out(overflow_type* unlinked = nullptr) noexcept {
    unlinked_ = unlinked;
    Form::vacate(line_, leaving_);
    publish(tags_ & ~leaving_);
    if (line_.link() != nullptr) [[unlikely]] tidy_chain();
    return tags_;
  }

  // Overflow lines that are no longer part of the bucket, linked by next_retired, to be retired after the lock
  // has been opened.
  [[nodiscard]] overflow_type* unlinked() const noexcept { return unlinked_; }

 private:
  [[nodiscard]] static std::uint64_t read(const std::atomic<std::uint64_t>& from) noexcept {
    return from.load(std::memory_order_relaxed);  // nobody else writes here
  }
  // release: pairs with the acquires of readers, who by what they see see the new number of buckets, too.
  void publish(std::uint64_t tags) noexcept { line_.control.store((tags_ = tags) | lock_bit, std::memory_order_release); }

  HOLDFAST_NOINLINE void pack_line(const overflow_type& below, packed_bucket<Form, Owner>& packed) {
    for (unsigned i = 0; i < overflow_type::slots; ++i) {
      const std::uint64_t tag = tag_at(read(below.control), i);
      if (const cell what = below.read(i); is_entry(tag) && goes_(what, tag)) packed.add(what, tag);
    }
  }

  HOLDFAST_NOINLINE void tidy_chain() noexcept {
    for (overflow_type* below = line_.link(); below != nullptr; below = below->link()) {
      for (unsigned i = 0; i < overflow_type::slots; ++i) {
        const std::uint64_t tag = tag_at(read(below->control), i);
        if (!is_entry(tag)) continue;
        const cell what = below->read(i);
        if (!goes_(what, tag) && !move_up(what, tag)) continue;
        below->vacate(i);
        below->control.store(without_tag(read(below->control), i), std::memory_order_release);
      }
    }
    drop_empty_lines();
  }

  // False: the main line is full.
  bool move_up(cell what, std::uint64_t tag) noexcept {
    const tag_matches vacant(tags_, vacant_tag, line_type::slots);
    if (!vacant) return false;
    tags_ = with_tag(tags_, vacant.first(), tag);
    line_.put(vacant.first(), what, tags_ | lock_bit);
    return true;
  }

  // A reader that stands in a line that is dropped goes on from there as before.
  void drop_empty_lines() noexcept {
    overflow_type* before = nullptr;
    for (overflow_type* below = line_.link(); below != nullptr;) {
      overflow_type* const next = below->link();
      if (overflow_type::entries_of(read(below->control)) != 0) {
        before = below;
      } else {
        tags_ = unlink_line<Form>(line_, tags_, before, *below);
        below->next_retired = unlinked_;
        unlinked_ = below;
      }
      below = next;
    }
  }

  line_type& line_;
  std::uint64_t tags_;
  const Goes& goes_;
  std::uint64_t leaving_ = 0;  // 0xff for each place of the main line whose entry goes
  overflow_type* unlinked_ = nullptr;
};

}  // namespace holdfast::inline v0::concurrent
