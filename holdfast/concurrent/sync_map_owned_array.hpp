// The array of a sync_map together with the memory it lies in.
//
//   4 -> 16 -> 64 -> 256     one allocation; a full one is followed by a larger one
//   then                     a range of addresses, or segments; grows in place from here on
//
// Following costs a copy of at most 256 lines, once in the life of a map; nothing larger is ever copied.
#pragma once

#include <bit>
#include <cstddef>
#include <memory>
#include <new>

#include <holdfast/base/memory/reserved_range.hpp>
#include <holdfast/concurrent/block_owner.hpp>
#include <holdfast/concurrent/sync_map_array.hpp>

namespace holdfast::inline v0::concurrent {

inline constexpr std::uint64_t smallest_array = 4;
inline constexpr std::uint64_t largest_copied_array = 256;
inline constexpr std::uint64_t stripes_of_large = 16;

template <class Line, class Allocator>
class owned_array : public bucket_array<Line> {
 public:
  using array = bucket_array<Line>;
  using owner = block_owner<Allocator>;

  // The first array, or the one that follows `before`; nothing in its buckets is written yet but in_use of the
  // first one. Throws: what the allocator throws.
  [[nodiscard]] static owned_array* make_after(const owner& from, const array* before) {
    const std::uint64_t held = before == nullptr ? 0 : before->growth.capacity;
    if (held < largest_copied_array) return make_small(from, held == 0 ? smallest_array : held * 4);
    return make_large(from, held);
  }

  // For an array that nobody can reach. Its entries are none of its business.
  static void destroy(owned_array* array) noexcept {
    const owner from = array->owner_;
    array->~owned_array();
    give_room<owned_array>(array, from);
  }
  static void destroy_retired(reclaim::retirable* array) noexcept { destroy(static_cast<owned_array*>(array)); }

  // Sees to it that bucket `number`, the next one, has room; a range has memory put behind it in pieces, some 20 us
  // each, so that prefetches of what is to be written do not fall on pages without. False: there is no room in this
  // array, it must be followed. Throws: what the allocator throws.
  [[nodiscard]] bool extend_to(std::uint64_t number) {
    if (number < this->growth.capacity) {
      if (range_ && number % lines_in_piece == 0) range_.populate(number * sizeof(Line), lines_in_piece * sizeof(Line));
      return true;
    }
    if (this->segments == nullptr || array::segment_of(number) >= segments_at_most) return false;
    add_segment(array::segment_of(number));
    return true;
  }

  // Gives the memory behind the buckets back, in slices, for an array that has been emptied and left. What
  // a late reader sees then is an empty bucket; a late writer finds out that the array was left.
  void discard_buckets() noexcept {
    constexpr std::size_t slice = std::size_t{1} << 20;
    const std::size_t bytes = this->in_use() * sizeof(Line);
    for (std::size_t done = 0; range_ && done < bytes; done += slice) range_.discard(done, std::min(slice, bytes - done));
  }

  [[nodiscard]] memory::huge_pages ask_for_huge_pages() noexcept {
    return range_.ask_for_huge_pages(this->in_use() * sizeof(Line));
  }

  // Bytes held for buckets; of a range, the part in use.
  [[nodiscard]] std::uint64_t bytes() const noexcept {
    return (range_ ? this->in_use() : this->growth.capacity) * sizeof(Line) + sizeof(*this) +
           this->stripe_mask * sizeof(count_stripe);
  }
  [[nodiscard]] bool in_range() const noexcept { return static_cast<bool>(range_); }

 private:
  using line_allocator = typename std::allocator_traits<Allocator>::template rebind_alloc<Line>;
  using line_traits = std::allocator_traits<line_allocator>;
  static constexpr std::uint64_t lines_in_piece = (std::uint64_t{64} << 10) / sizeof(Line);
  struct segment_list {
    std::atomic<Line*> first[segments_at_most] = {};
  };
  struct stripe_list {
    count_stripe each[stripes_of_large];
  };

  owned_array(const owner& from, memory::reserved_range range, Line* first, std::uint64_t room) noexcept
      : array(first, 0, room, Line::is_read_at_sight() ? first : nullptr), owner_(from), range_(std::move(range)) {}

  ~owned_array() {
    if (this->segments != nullptr) {
      for (unsigned i = 0; i < segments_at_most; ++i) {
        if (auto* const segment = this->segments[i].load(std::memory_order_relaxed)) give_lines(segment, lines_in(i));
      }
      give_room<segment_list>(this->segments, owner_);
    } else if (!range_ && this->lines != nullptr) {
      give_lines(this->lines, this->growth.capacity);
    }
    if (this->stripes != &this->first_stripe) give_room<stripe_list>(this->stripes, owner_);
  }

  // Destroys what has been built so far, should a further allocation fail.
  struct destroyer {
    void operator()(owned_array* array) const noexcept { destroy(array); }
  };
  using unfinished = std::unique_ptr<owned_array, destroyer>;

  static owned_array* build(const owner& from, memory::reserved_range range, Line* lines, std::uint64_t capacity) {
    return ::new (take_room<owned_array>(from)) owned_array(from, std::move(range), lines, capacity);
  }

  static owned_array* make_small(const owner& from, std::uint64_t capacity) {
    line_allocator memory(from.allocator());
    Line* const lines = std::to_address(line_traits::allocate(memory, capacity));
    struct guard {
      line_allocator& memory;
      Line* lines;
      std::uint64_t capacity;
      ~guard() {
        if (lines != nullptr) line_traits::deallocate(memory, pointer_to(lines), capacity);
      }
    } kept{memory, lines, capacity};
    owned_array* const made = build(from, {}, lines, capacity);
    kept.lines = nullptr;
    from.add_block();  // for the lines
    for (std::uint64_t i = 0; i < capacity; ++i) ::new (static_cast<void*>(lines + i)) Line();
    return made;
  }

  static owned_array* make_large(const owner& from, std::uint64_t at_least) {
    memory::reserved_range range = reserve();
    auto* const lines = reinterpret_cast<Line*>(range.start());
    const std::uint64_t capacity = range.size() / sizeof(Line);
    unfinished made(build(from, std::move(range), lines, capacity));
    if (lines == nullptr) {
      made->segments = (::new (take_room<segment_list>(from)) segment_list)->first;
      for (unsigned i = 0; made->growth.capacity < at_least; ++i) made->add_segment(i);
    }
    made->stripes = (::new (take_room<stripe_list>(from)) stripe_list)->each;
    made->stripe_mask = stripes_of_large - 1;
    return made.release();
  }

  static memory::reserved_range reserve() noexcept {
    if constexpr (!is_standard_allocator<Allocator>) return {};
    const std::uint64_t wish = bytes_for_buckets();
    for (std::uint64_t bytes = wish; bytes >= wish / 8; bytes /= 2) {
      if (auto range = memory::reserved_range::reserve(bytes)) return range;
    }
    return {};
  }

  void add_segment(unsigned which) {
    line_allocator memory(owner_.allocator());
    Line* const fresh = std::to_address(line_traits::allocate(memory, lines_in(which)));
    owner_.add_block();
    // relaxed: published by the number of buckets, which is made known later and read with acquire.
    this->segments[which].store(fresh, std::memory_order_relaxed);
    this->growth.capacity = array::first_in(which + 1);
  }

  void give_lines(Line* first, std::uint64_t count) noexcept {
    line_allocator memory(owner_.allocator());
    line_traits::deallocate(memory, pointer_to(first), count);
    owner_.drop_block();
  }

  static typename line_traits::pointer pointer_to(Line* first) noexcept {
    return std::pointer_traits<typename line_traits::pointer>::pointer_to(*first);
  }
  static constexpr std::uint64_t lines_in(unsigned segment) noexcept { return array::first_in(segment + 1) - array::first_in(segment); }

  HOLDFAST_NO_UNIQUE_ADDRESS owner owner_;
  memory::reserved_range range_;
};

}  // namespace holdfast::inline v0::concurrent
