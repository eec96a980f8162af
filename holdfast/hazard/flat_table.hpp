// The table that most people write first: open addressing, linear probing, all slots in one array that
// is replaced by one twice as large. It is correct for one thread that keeps no reference, no iterator
// and no place in it; the naive programs do keep one.
//
//   slots_  | key value used | key value used | ...     power of two, at most 3/4 full
//
// Its array vanishes when it is replaced (vanishing_allocator.hpp), as that of a table on pages would.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include <holdfast/hazard/vanishing_allocator.hpp>

namespace holdfast::inline v0::hazard {

class flat_table {
 public:
  struct slot {
    std::uint64_t key = 0;
    std::uint64_t value = 0;
    bool used = false;
  };

  // Something that happens while this thread is between two steps; a real scheduler picks the moment
  // by chance.
  using meanwhile = std::function<void()>;

  class iterator {
   public:
    iterator(slot* at, slot* end) noexcept : at_(at), end_(end) { skip_unused(); }
    slot& operator*() const noexcept { return *at_; }
    [[gnu::noinline]] iterator& operator++() noexcept {
      ++at_;
      skip_unused();
      return *this;
    }
    bool operator==(const iterator& other) const noexcept { return at_ == other.at_; }

   private:
    void skip_unused() noexcept {
      while (at_ != end_ && !at_->used) ++at_;
    }
    slot* at_;
    slot* end_;
  };

  flat_table() : slots_(32) {}

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] std::size_t capacity() const noexcept { return slots_.size(); }
  [[nodiscard]] std::size_t home(std::uint64_t key) const noexcept {
    return static_cast<std::size_t>((key * 0x9e3779b97f4a7c15U) >> 40) & (slots_.size() - 1);
  }
  // The next insertion will grow.
  [[nodiscard]] bool full() const noexcept { return size_ * 4 >= slots_.size() * 3; }

  std::uint64_t& operator[](std::uint64_t key) {
    put(key, 0, {}, false);
    return probe(key).value;
  }

  // `other` runs after the slot was chosen and before it is written.
  [[gnu::noinline]] void put(std::uint64_t key, std::uint64_t value, const meanwhile& other = {}, bool overwrite = true) {
    if (full()) grow();
    slot& chosen = probe(key);
    if (other) other();
    if (!chosen.used) ++size_;
    if (!chosen.used || overwrite) chosen = {key, value, true};
  }

  // `other` runs after the slot was found and before it is read..
  [[gnu::noinline]] std::uint64_t value_of(std::uint64_t key, const meanwhile& other = {}) {
    const slot& found = probe(key);
    if (other) other();
    return found.value;
  }
  [[nodiscard]] bool contains(std::uint64_t key) { return probe(key).used; }

  // By number, as many a loop does; `visit` may find that the array is another one afterwards.
  template <class Visit>
  void for_each(Visit visit) {
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      if (slots_[i].used) visit(slots_[i].key);
    }
  }

  [[nodiscard]] iterator begin() noexcept { return {slots_.data(), slots_.data() + slots_.size()}; }
  [[nodiscard]] iterator end() noexcept { return {slots_.data() + slots_.size(), slots_.data() + slots_.size()}; }

  // The slot that has `key`, or the free one where it would go.
  [[nodiscard]] slot& probe(std::uint64_t key) {
    std::size_t i = home(key);
    while (slots_[i].used && slots_[i].key != key) i = (i + 1) & (slots_.size() - 1);
    return slots_[i];
  }

 private:
  using array = std::vector<slot, vanishing_allocator<slot>>;

  void grow() {
    array old(slots_.size() * 2);
    old.swap(slots_);
    for (const slot& one : old) {
      if (one.used) probe(one.key) = one;
    }
  }

  array slots_;
  std::size_t size_ = 0;
};

}  // namespace holdfast::inline v0::hazard
