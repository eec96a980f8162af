// The entries that a split sends to the new bucket, packed before anybody can see them.
//
// Takes words one after the other: seven fit the main line, then the seventh moves into an overflow line, and
// so on. Works on memory of its own, so that a failed allocation leaves no trace in the map.
#pragma once

#include <atomic>
#include <cstdint>

#include <holdfast/concurrent/sync_map_bucket.hpp>

namespace holdfast::inline v0::concurrent {

template <class Owner>
class packed_bucket {
 public:
  using overflow = owned_overflow<Owner>;

  explicit packed_bucket(const Owner& from) noexcept : owner_(from) {}
  packed_bucket(const packed_bucket&) = delete;
  packed_bucket& operator=(const packed_bucket&) = delete;
  ~packed_bucket() {
    for (overflow_line* line = first_; line != nullptr;) {
      const std::uint64_t link = line->words[overflow_slots - 1].load(std::memory_order_relaxed);
      overflow::destroy(line);
      line = is_link(link) ? linked(link) : nullptr;
    }
  }

  HOLDFAST_ALWAYS_INLINE void add(std::uint64_t word, std::uint64_t tag) {
    if (count_ >= main_slots) [[unlikely]] return add_behind(word, tag);
    words_[count_] = word;
    tags_ |= tag << (8 * count_);
    ++count_;
  }
  // add() if `wanted`, without a branch: which entries go is random. Only while there is room in the main line.
  HOLDFAST_ALWAYS_INLINE void add_if(bool wanted, std::uint64_t word, std::uint64_t tag) noexcept {
    words_[count_] = word;
    tags_ |= (tag & -static_cast<std::uint64_t>(wanted)) << (8 * count_);
    count_ += wanted;
  }

  [[nodiscard]] std::uint64_t tags() const noexcept { return tags_; }

  // Writes the words to `line`, whose control is the caller's to write. Lets the overflow lines go.
  void write_to(line_of<main_slots>& line) noexcept {
    // relaxed: the new number of buckets publishes them.
    for (unsigned i = 0; i < main_slots; ++i)
      line.words[i].store(i < count_ ? words_[i] : 0, std::memory_order_relaxed);
    first_ = nullptr;
  }

 private:
  // relaxed, here and below: the lines are ours until write_to() publishes the link to them.
  void add_behind(std::uint64_t word, std::uint64_t tag) {
    if (last_ == nullptr) {
      push(words_[main_slots - 1], tags_ >> 8 * (main_slots - 1));
      words_[main_slots - 1] = link_to(first_ = last_);
      tags_ = with_tag(without_tag(tags_, main_slots - 1), main_slots - 1, link_tag);
    } else if (in_last_ == overflow_slots) {
      overflow_line* const full = last_;
      auto& end = full->words[overflow_slots - 1];
      const std::uint64_t tags = full->control.load(std::memory_order_relaxed);
      push(end.load(std::memory_order_relaxed), tags >> 8 * (overflow_slots - 1));
      end.store(link_to(last_), std::memory_order_relaxed);
      full->control.store(with_tag(without_tag(tags, overflow_slots - 1), overflow_slots - 1, link_tag),
                          std::memory_order_relaxed);
    }
    put(word, tag);
  }

  // A new last line with one entry.
  void push(std::uint64_t word, std::uint64_t tag) {
    last_ = overflow::make(owner_);
    in_last_ = 0;
    put(word, tag);
  }

  void put(std::uint64_t word, std::uint64_t tag) noexcept {
    last_->words[in_last_].store(word, std::memory_order_relaxed);
    last_->control.store(with_tag(last_->control.load(std::memory_order_relaxed), in_last_, tag), std::memory_order_relaxed);
    ++in_last_;
  }

  const Owner& owner_;
  std::uint64_t words_[main_slots + 1] = {};  // one more: add_if() writes before it knows
  std::uint64_t tags_ = 0;
  unsigned count_ = 0;
  unsigned in_last_ = 0;
  overflow_line* first_ = nullptr;
  overflow_line* last_ = nullptr;
};

}  // namespace holdfast::inline v0::concurrent
