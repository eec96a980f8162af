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

// `Goes`: bool(word), whether the node that the word leads to belongs to the new bucket.
template <class Owner, class Goes>
class old_bucket {
 public:
  // `tags` is the control of `line`, whose lock the caller holds.
  old_bucket(bucket_line& line, std::uint64_t tags, const Goes& goes) noexcept : line_(line), tags_(tags), goes_(goes) {}
  old_bucket(const old_bucket&) = delete;
  old_bucket& operator=(const old_bucket&) = delete;

  // What goes, into `packed`. Changes nothing here. Throws: what the allocator throws.
  HOLDFAST_ALWAYS_INLINE void pack(packed_bucket<Owner>& packed) {
    for (unsigned i = 0; i < main_slots; ++i) {
      const std::uint64_t word = read(line_.words[i]);
      const bool goes = goes_(word);
      packed.add_if(goes, word, tags_ >> (8 * i) & 0xff);
      leaving_ |= std::uint64_t{goes ? 0xffU : 0U} << (8 * i);
    }
    for_each_line([&](const overflow_line& below) {
      for (unsigned i = 0; i < overflow_slots; ++i) {
        const std::uint64_t word = read(below.words[i]);
        if (goes_(word)) packed.add(word, read(below.control) >> (8 * i) & 0xff);
      }
    });
  }

  // Takes out what pack() has packed. The new tags, for who opens the lock.
  HOLDFAST_ALWAYS_INLINE std::uint64_t take_out() noexcept {
    for (unsigned i = 0; i < main_slots; ++i) {
      const std::uint64_t kept = (leaving_ >> (8 * i) & 1) - 1;  // all bits if it stays
      write(line_.words[i], read(line_.words[i]) & kept);
    }
    tags_ &= ~leaving_;
    if (is_link(read(line_.words[main_slots - 1]))) [[unlikely]] tidy_chain();
    return tags_;
  }

  // Overflow lines that are no longer part of the bucket, linked by next_retired, to be retired after the lock
  // has been opened.
  [[nodiscard]] overflow_line* unlinked() const noexcept { return unlinked_; }

 private:
  [[nodiscard]] static std::uint64_t read(const std::atomic<std::uint64_t>& from) noexcept {
    return from.load(std::memory_order_relaxed);  // nobody else writes here
  }
  // release: pairs with the acquires of readers, who by what they see see the new number of buckets, too.
  static void write(std::atomic<std::uint64_t>& to, std::uint64_t what) noexcept {
    to.store(what, std::memory_order_release);
  }

  template <class Visit>
  void for_each_line(Visit&& visit) {
    for (std::uint64_t link = read(line_.words[main_slots - 1]); is_link(link);) {
      overflow_line& below = *linked(link);
      link = read(below.words[overflow_slots - 1]);
      visit(below);
    }
  }

  HOLDFAST_NOINLINE void tidy_chain() noexcept {
    write(line_.control, tags_ | lock_bit);
    for_each_line([&](overflow_line& below) {
      for (unsigned i = 0; i < overflow_slots; ++i) {
        const std::uint64_t word = read(below.words[i]);
        if (leads_to_node(word) && (goes_(word) || move_up(word, read(below.control) >> (8 * i) & 0xff))) {
          write(below.words[i], 0);
          write(below.control, without_tag(read(below.control), i));
        }
      }
    });
    drop_empty_lines();
  }

  // False: the main line is full.
  bool move_up(std::uint64_t word, std::uint64_t tag) noexcept {
    const tag_matches vacant(tags_, vacant_tag, main_slots);
    if (!vacant) return false;
    write(line_.words[vacant.first()], word);
    tags_ = with_tag(tags_, vacant.first(), tag);
    write(line_.control, tags_ | lock_bit);
    return true;
  }

  // A reader that stands in a line that is dropped goes on from there as before.
  void drop_empty_lines() noexcept {
    std::atomic<std::uint64_t>* from = &line_.words[main_slots - 1];
    overflow_line* before = nullptr;
    for_each_line([&](overflow_line& below) {
      const std::uint64_t next = read(below.words[overflow_slots - 1]);
      const std::uint64_t tags = read(below.control);
      const bool has_entry = is_link(next) ? without_tag(tags, overflow_slots - 1) != 0 : tags != 0;
      if (has_entry) {
        before = &below;
        from = &below.words[overflow_slots - 1];
        return;
      }
      write(*from, is_link(next) ? next : 0);
      if (!is_link(next)) clear_link_tag(before);
      below.next_retired = unlinked_;
      unlinked_ = &below;
    });
  }

  // The last word of `before`, or of the main line, is no link any more.
  void clear_link_tag(overflow_line* before) noexcept {
    if (before == nullptr) tags_ = without_tag(tags_, main_slots - 1);
    else write(before->control, without_tag(read(before->control), overflow_slots - 1));
  }

  bucket_line& line_;
  std::uint64_t tags_;
  const Goes& goes_;
  std::uint64_t leaving_ = 0;  // 0xff for each place of the main line whose entry goes
  overflow_line* unlinked_ = nullptr;
};

}  // namespace holdfast::inline v0::concurrent
