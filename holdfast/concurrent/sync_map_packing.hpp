// The entries that a split sends to the new bucket, packed before anybody can see them.
//
// Works on memory of its own, so that a failed allocation leaves no trace in the map.
#pragma once

#include <atomic>
#include <cstdint>

#include <holdfast/concurrent/sync_map_overflow.hpp>

namespace holdfast::inline v0::concurrent {

template <class Form, class Owner>
class packed_bucket {
 public:
  using line_type = typename Form::line;
  using overflow_type = typename Form::overflow_line;
  using cell = typename Form::cell;

  explicit packed_bucket(const Owner& from) noexcept : owner_(from) {}
  packed_bucket(const packed_bucket&) = delete;
  packed_bucket& operator=(const packed_bucket&) = delete;
  ~packed_bucket() {
    for (overflow_type* line = written_ ? nullptr : line_.link(); line != nullptr;) {
      overflow_type* const next = line->link();
      owned_overflow<overflow_type, Owner>::destroy(line);
      line = next;
    }
  }

  // An entry of the main line if `wanted`, without a branch: which ones go is random.
  HOLDFAST_ALWAYS_INLINE void add_if(bool wanted, cell what, std::uint64_t tag) noexcept {
    line_.write(count_, what);
    tags_ |= (tag & -static_cast<std::uint64_t>(wanted)) << (8 * count_);
    count_ += wanted;
  }
  // An entry of an overflow line. Throws: what the allocator throws.
  void add(cell what, std::uint64_t tag) { tags_ = put_in_bucket<Form>(line_, tags_, what, tag, owner_); }

  [[nodiscard]] std::uint64_t tags() const noexcept { return tags_; }

  // Writes it all to `line`, whose control is the caller's to write.
  void write_to(line_type& line) noexcept {
    // What add_if() wrote last and was not wanted.
    if (count_ < line_type::slots && tag_at(tags_, count_) == vacant_tag) line_.vacate(count_);
    line.copy_from(line_);
    written_ = true;
  }

 private:
  const Owner& owner_;
  line_type line_;
  std::uint64_t tags_ = 0;
  unsigned count_ = 0;
  bool written_ = false;
};

}  // namespace holdfast::inline v0::concurrent
