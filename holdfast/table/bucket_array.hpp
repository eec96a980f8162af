// The memory behind an array of primary buckets, able to double without moving where the system allows.
//
// Small arrays, and all arrays of a table with an allocator of its own, are one allocation. From
// `reserve_above` bytes on, a table with std::allocator sets a whole range of addresses aside and grows
// inside it: doubling then allocates nothing, copies nothing that stays and frees nothing, and each page
// is touched for the first time once in the life of the table.
//
//   allocation      | slots ........ | . filters | tops ... | links . |
//   reserved range  | slots ........ (room)  | (room) . filters | tops ... (room) | links . (room) |
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstring>
#include <memory>
#include <new>
#include <utility>

#include <holdfast/base/lang/raise.hpp>
#include <holdfast/base/memory/reserved_range.hpp>
#include <holdfast/table/bucket.hpp>
#include <holdfast/table/header.hpp>

namespace holdfast::inline v0::table {

struct alignas(64) cache_line {
  std::byte bytes[64];
};

// Arrays of at least this many bytes reserve a range, of at least that many bytes.
inline constexpr std::size_t reserve_above = std::size_t{1} << 18;
inline constexpr std::size_t reserve_at_least = std::size_t{1} << 30;
inline constexpr std::size_t reserve_factor = 1024;
// Growth has memory backed in pieces of about this size: some 23 us each, a tenth less than fault by fault; and
// prefetches of what is to be written do not fall on pages without memory.
inline constexpr std::size_t piece_bytes = std::size_t{1} << 16;

template <class Slot, unsigned Slots, unsigned InOverflow, class Allocator>
class bucket_array {
 public:
  using node = overflow_bucket<Slot, Slots, InOverflow>;
  static constexpr std::size_t slot_bytes = Slots * sizeof(Slot);  // of one bucket
  static constexpr std::size_t bucket_bytes = slot_bytes + sizeof(overflow_filter) + Slots * sizeof(top) + sizeof(node*);

  bucket_array() = default;
  bucket_array(bucket_array&& other) noexcept { swap(other); }
  bucket_array& operator=(bucket_array&& other) noexcept {
    swap(other);
    return *this;
  }
  bucket_array(const bucket_array&) = delete;
  ~bucket_array() = default;  // its owner has the allocator and must call release

  // Memory for `buckets` buckets (a power of two), all of them empty if `cleared`, else unwritten.
  void allocate(const Allocator& allocator, std::size_t buckets, bool cleared) {
    if (buckets > (std::size_t{1} << 46) / bucket_bytes) raise_length_error("holdfast: more buckets than memory can hold");
    if (!reserve(buckets)) obtain(allocator, buckets, cleared);
  }

  void release(const Allocator& allocator) noexcept {
    if (lines_ != nullptr) {
      line_allocator lines(allocator);
      std::allocator_traits<line_allocator>::deallocate(lines, lines_, line_count_);
    }
    range_ = memory::reserved_range();
    *this = bucket_array();
  }

  [[nodiscard]] explicit operator bool() const noexcept { return capacity_ != 0; }
  // How many buckets it can hold without moving.
  [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }
  [[nodiscard]] bool reserved() const noexcept { return static_cast<bool>(range_); }

  // The first `buckets` buckets, which are in use from now on.
  [[nodiscard]] array_view use(std::size_t buckets) noexcept {
    in_use_ = buckets;
    return {tops_, slots_, buckets - 1, links_};
  }
  [[nodiscard]] std::size_t in_use() const noexcept { return in_use_; }
  [[nodiscard]] const top* tops() const noexcept { return tops_; }

  // Growth in place is about to write the slots of bucket `number` for the first time, then those behind it.
  void expect(std::size_t number) noexcept {
    if (number % buckets_in_piece == 0) range_.populate(number * slot_bytes, buckets_in_piece * slot_bytes);
  }

  // Gives back the memory of old buckets [first, last), which must have moved elsewhere.
  void discard(std::size_t first, std::size_t last) noexcept {
    range_.discard(first * slot_bytes, (last - first) * slot_bytes);
  }

  [[nodiscard]] memory::huge_pages ask_for_huge_pages() noexcept {
    return range_.ask_for_huge_pages(in_use_ * slot_bytes);
  }

  void swap(bucket_array& other) noexcept {
    std::swap(slots_, other.slots_);
    std::swap(tops_, other.tops_);
    std::swap(links_, other.links_);
    std::swap(capacity_, other.capacity_);
    std::swap(in_use_, other.in_use_);
    std::swap(lines_, other.lines_);
    std::swap(line_count_, other.line_count_);
    std::swap(range_, other.range_);
  }

 private:
  using line_allocator = typename std::allocator_traits<Allocator>::template rebind_alloc<cache_line>;
  static constexpr std::size_t buckets_in_piece = std::max<std::size_t>(1, std::bit_floor(piece_bytes / slot_bytes));
  static constexpr bool is_standard = std::is_same_v<Allocator, std::allocator<typename Allocator::value_type>>;

  // Filters lie below the tops, which want to begin at a multiple of 16.
  [[nodiscard]] static constexpr std::size_t filter_bytes(std::size_t buckets) noexcept {
    return (buckets * sizeof(overflow_filter) + 15) & ~std::size_t{15};
  }
  [[nodiscard]] static constexpr std::size_t bytes_of(std::size_t buckets) noexcept {
    return buckets * (bucket_bytes - sizeof(overflow_filter)) + filter_bytes(buckets);
  }

  bool reserve(std::size_t buckets) noexcept {
    if constexpr (!is_standard || alignof(Slot) > 4096) return false;
    if (bytes_of(buckets) < reserve_above) return false;
    std::size_t room = std::bit_ceil(std::max(reserve_at_least / bucket_bytes, buckets * reserve_factor));
    for (; room >= 2 * buckets; room /= 8) {
      range_ = memory::reserved_range::reserve(bytes_of(room));
      if (range_) break;
    }
    if (range_) lay_out(range_.start(), room);
    return static_cast<bool>(range_);
  }

  void obtain(const Allocator& allocator, std::size_t buckets, bool cleared) {
    static_assert(alignof(Slot) <= alignof(cache_line), "over-aligned keys and values belong in a stable<> table");
    const std::size_t count = (bytes_of(buckets) + sizeof(cache_line) - 1) / sizeof(cache_line);
    line_allocator lines(allocator);
    lines_ = std::allocator_traits<line_allocator>::allocate(lines, count);
    line_count_ = count;
    lay_out(reinterpret_cast<std::byte*>(lines_), buckets);
    if (!cleared) return;
    std::memset(static_cast<void*>(tops_ - filter_bytes(buckets)), 0, filter_bytes(buckets) + buckets * Slots * sizeof(top));
    std::fill_n(links_, buckets, nullptr);
  }

  void lay_out(std::byte* start, std::size_t buckets) noexcept {
    capacity_ = buckets;
    slots_ = reinterpret_cast<Slot*>(start);
    tops_ = reinterpret_cast<top*>(start + buckets * slot_bytes + filter_bytes(buckets));
    links_ = reinterpret_cast<node**>(tops_ + buckets * Slots);
  }

  Slot* slots_ = nullptr;
  top* tops_ = nullptr;
  node** links_ = nullptr;
  std::size_t capacity_ = 0;
  std::size_t in_use_ = 0;
  cache_line* lines_ = nullptr;
  std::size_t line_count_ = 0;
  memory::reserved_range range_;
};

}  // namespace holdfast::inline v0::table
