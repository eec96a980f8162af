// The new bucket of a split, filled before anybody can see it.
//
// Its line lies in the array already, behind the buckets in use, in memory that may hold anything. If filling it fails
// its overflow lines go, and it is begun anew the next time.
#pragma once

#include <atomic>
#include <cstdint>
#include <new>

#include <holdfast/concurrent/sync_map_overflow.hpp>

namespace holdfast::inline v0::concurrent {

template <class Form, class Owner>
class packed_bucket {
 public:
  using line_type = typename Form::line;
  using overflow_type = typename Form::overflow_line;
  using cell = typename Form::cell;

  packed_bucket() noexcept = default;
  packed_bucket(const packed_bucket&) = delete;
  packed_bucket& operator=(const packed_bucket&) = delete;
  ~packed_bucket() {
    if (line_ != nullptr) [[unlikely]] drop_chain();
  }

  // `room` is for a line that nobody sees yet. It stays where it is, as `from` does.
  packed_bucket& begin(line_type& room, const Owner& from) noexcept {
    line_ = ::new (static_cast<void*>(&room)) line_type();
    owner_ = &from;
    return *this;
  }

  // The entries of an old main line for which goes(cell, tag) is true, before any other; without a branch, because which
  // ones go is random. 0xff for each place that one goes from. `AtSight`: line_type::is_read_at_sight().
  template <bool AtSight, class Goes>
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE std::uint64_t add_from(const line_type& old, std::uint64_t tags, const Goes& goes) {
    std::uint64_t leaving = 0;
    std::uint64_t packed = 0;  // not the members: each store of a pair would have them written and read again
    unsigned count = 0;
    for (unsigned i = 0; i < line_type::slots; ++i) {
      const cell what = AtSight ? old.read_at_sight(i) : old.read(i);
      const std::uint64_t tag = tag_at(tags, i);
      const bool wanted = goes(what, tag);
      AtSight ? line_->write_at_sight(count, what) : line_->write(count, what);
      packed |= (tag & -static_cast<std::uint64_t>(wanted)) << (8 * count);
      count += wanted;
      leaving |= std::uint64_t{wanted ? 0xffU : 0U} << (8 * i);
    }
    tags_ = packed;
    count_ = count;
    return leaving;
  }
  // An entry of an overflow line. Throws: what the allocator throws.
  void add(cell what, std::uint64_t tag) { tags_ = put_in_bucket<Form>(*line_, tags_, what, tag, *owner_); }

  [[nodiscard]] std::uint64_t tags() const noexcept { return tags_; }

  // The bucket is whole and will be seen. Its lock is the caller's.
  void keep() noexcept {
    // What add_from() wrote last and was not wanted.
    if (count_ < line_type::slots && tag_at(tags_, count_) == vacant_tag) line_->vacate(count_);
    // relaxed: who makes the bucket known publishes it.
    line_->control.store(tags_ | lock_bit, std::memory_order_relaxed);
    line_ = nullptr;
  }

 private:
  HOLDFAST_NOINLINE void drop_chain() noexcept {
    for (overflow_type* line = line_->link(); line != nullptr;) {
      overflow_type* const next = line->link();
      owned_overflow<overflow_type, Owner>::destroy(line);
      line = next;
    }
  }

  line_type* line_ = nullptr;  // null: there is nothing to be undone
  const Owner* owner_ = nullptr;
  std::uint64_t tags_ = 0;
  unsigned count_ = 0;
};

}  // namespace holdfast::inline v0::concurrent
