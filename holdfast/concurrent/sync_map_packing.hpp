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

  // The entries of an old main line for which goes(cell, tag) is true, before any other; without a branch, because which
  // ones go is random. 0xff for each place that one goes from.
  template <class Goes>
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE std::uint64_t add_from(const line_type& old, std::uint64_t tags, const Goes& goes) {
    std::uint64_t leaving = 0;
    std::uint64_t packed = 0;  // not the members: each store of a pair would have them written and read again
    unsigned count = 0;
    for (unsigned i = 0; i < line_type::slots; ++i) {
      const cell what = old.read(i);
      const std::uint64_t tag = tag_at(tags, i);
      const bool wanted = goes(what, tag);
      line_.write(count, what);
      packed |= (tag & -static_cast<std::uint64_t>(wanted)) << (8 * count);
      count += wanted;
      leaving |= std::uint64_t{wanted ? 0xffU : 0U} << (8 * i);
    }
    tags_ = packed;
    count_ = count;
    return leaving;
  }
  // An entry of an overflow line. Throws: what the allocator throws.
  void add(cell what, std::uint64_t tag) { tags_ = put_in_bucket<Form>(line_, tags_, what, tag, owner_); }

  [[nodiscard]] std::uint64_t tags() const noexcept { return tags_; }

  // Writes it all to `line`, whose control is the caller's to write.
  void write_to(line_type& line) noexcept {
    // What add_from() wrote last and was not wanted.
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
