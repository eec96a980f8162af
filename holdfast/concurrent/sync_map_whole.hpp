// What concerns the whole map: emptying it, one instant of it, its figures, its soundness, its end.
//
// clear() puts the empty array in the place of the current one: one store, and every lookup that begins now
// finds nothing. What was in the old array is retired afterwards, bucket by bucket; each bucket is locked
// for good, so a writer that was still in there has finished first, and took effect before clear().
//
// One instant of a map that is written to can only be had while all its buckets are locked: readers go on,
// writers wait.
//
// inv hf.concurrent.left-array-is-locked: an array that was emptied or followed has all its locks closed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <holdfast/concurrent/sync_map_walk.hpp>
#include <holdfast/table/fault.hpp>

namespace holdfast::inline v0::concurrent {

struct sync_map_stats {
  std::uint64_t entries = 0;
  std::uint64_t buckets = 0;
  std::uint64_t overflow_lines = 0;
  std::uint64_t longest_chain = 1;  // in lines
  std::uint64_t splits = 0;         // in the life of the array
  std::uint64_t bytes = 0;          // held for buckets, overflow lines and nodes
  bool in_place = false;            // the array grows inside a reserved range
  std::uint64_t seed = 0;
};

template <class Types>
class sync_whole : public sync_walk<Types> {
 protected:
  using base = sync_walk<Types>;
  using typename base::array_base;
  using typename base::form;
  using typename base::found;
  using typename base::line_type;
  using typename base::overflow_type;
  using array_type = typename base::array_type;
  using overflow = typename base::overflow;

  using base::base;
  ~sync_whole() {
    empty_it(cause::map_destroyed);
    this->owner_.drop_block();
  }

  void empty_it(cause what) noexcept {
    array_base* const array = this->lock_growth();
    if (array == nullptr) return;
    const parting<Types> all(this->root_, what);
    // release: pairs with current(). The growth lock of the old array stays closed.
    this->root_.current().store(&empty_array<line_type>(), std::memory_order_release);
    auto& old = static_cast<array_type&>(*array);
    const std::uint64_t buckets = old.in_use();
    for (std::uint64_t i = 0; i < buckets; ++i) {
      line_type& line = old.line(i);
      lock_for_certain(line.control);
      if constexpr (form::bytes_beside_line != 0) {
        for_each_entry<form>(line, [&](const found& entry) {
          all.tell(entry);
          this->retire(entry);
        });
      }
      overflow::retire_chain(*this->domain_, line.link());
    }
    old.discard_buckets();
    this->domain_->retire(old, static_cast<std::size_t>(old.bytes()), &array_type::destroy_retired);
  }

  // Holds all buckets' locks from construction to destruction. Not in a section.
  class all_locked {
   public:
    explicit all_locked(const sync_whole& map) noexcept
        : array_(map.lock_growth()), buckets_(array_ == nullptr ? 0 : array_->in_use()) {
      for (std::uint64_t i = 0; i < buckets_; ++i) lock_for_certain(array_->line(i).control);
    }
    all_locked(const all_locked&) = delete;
    all_locked& operator=(const all_locked&) = delete;
    ~all_locked() {
      for (std::uint64_t i = 0; i < buckets_; ++i) {
        std::atomic<std::uint64_t>& control = array_->line(i).control;
        unlock(control, control.load(std::memory_order_relaxed) & all_tags);
      }
      if (array_ != nullptr) sync_whole::unlock_growth(*array_);
    }

    [[nodiscard]] const array_base* array() const noexcept { return array_; }
    template <class Visit>
    void for_each_line(Visit&& visit) const {
      for (std::uint64_t i = 0; i < buckets_; ++i) visit(i, std::as_const(array_->line(i)));
    }
    [[nodiscard]] std::size_t entries() const noexcept { return array_ == nullptr ? 0 : array_->entries(); }

   private:
    array_base* array_;
    std::uint64_t buckets_;
  };

  [[nodiscard]] std::uint64_t count() const noexcept {
    reclaim::section inside(*this->domain_);
    return this->current()->entries();
  }

  [[nodiscard]] sync_map_stats figures() const {
    sync_map_stats all;
    all.seed = this->seed_;
    array_base* const array = this->lock_growth();
    if (array == nullptr) return all;
    const auto& whole = static_cast<const array_type&>(*array);
    all.entries = whole.entries();
    all.buckets = whole.in_use();
    all.splits = whole.growth.splits.load(std::memory_order_relaxed);
    all.in_place = whole.in_range();
    for (std::uint64_t i = 0; i < all.buckets; ++i) {
      const std::uint64_t lines = lines_of_chain(whole.line(i));
      all.overflow_lines += lines - 1;
      all.longest_chain = std::max(all.longest_chain, lines);
    }
    all.bytes = whole.bytes() + all.overflow_lines * sizeof(overflow) + all.entries * form::bytes_beside_line;
    this->unlock_growth(*array);
    return all;
  }

  [[nodiscard]] memory::huge_pages ask_for_huge_pages() noexcept {
    array_base* const array = this->lock_growth();
    if (array == nullptr) return memory::huge_pages::none;
    const memory::huge_pages had = static_cast<array_type&>(*array).ask_for_huge_pages();
    this->unlock_growth(*array);
    return had;
  }

  // The first broken invariant. Locks everything meanwhile.
  [[nodiscard]] std::optional<table::fault> first_fault() const {
    const all_locked all(*this);
    std::optional<table::fault> fault;
    std::uint64_t entries = 0;
    all.for_each_line([&](std::uint64_t number, const line_type& line) {
      if (!fault) fault = fault_in(all, number, line, entries);
    });
    if (!fault && entries != all.entries()) fault = {"hf.concurrent.counted", "the count is not the number of entries"};
    return fault;
  }

 private:
  std::uint64_t lines_of_chain(const line_type& line) const noexcept {
    reclaim::section inside(*this->domain_);
    std::uint64_t lines = 1;
    for (const overflow_type* below = line.link(); below != nullptr; below = below->link()) ++lines;
    return lines;
  }

  std::optional<table::fault> fault_in(const all_locked& all, std::uint64_t number, const line_type& line,
                                       std::uint64_t& entries) const {
    std::optional<table::fault> fault;
    const std::string where = "bucket " + std::to_string(number) + ": ";
    const auto look = [&](const auto& part) {
      const std::uint64_t tags = part.control.load(std::memory_order_relaxed);
      for (unsigned i = 0; i < part.slots; ++i) {
        const std::uint64_t tag = tag_at(tags, i);
        const auto cell = part.read(i);
        if (const char* broken = form::broken_slot(tag, cell, i + 1 == part.slots))
          fault = {broken, where + "slot " + std::to_string(i)};
        if (!is_entry(tag)) continue;
        ++entries;
        if (fault) continue;
        const found entry = form::entry_in(cell);
        const std::uint64_t hash = this->hash_of_entry(entry);
        if (all.array()->place(hash).number != number)
          fault = {"hf.concurrent.right-bucket", where + "holds an entry of another bucket"};
        if (const char* broken = form::broken_marks(tag, cell, hash)) fault = {broken, where + "slot " + std::to_string(i)};
        if (!form::is_same(this->find(entry->key(), hash), entry))
          fault = {"hf.concurrent.seen-while-moved", where + "an entry is not found by its key"};
      }
    };
    look(line);
    for (const overflow_type* below = line.link(); below != nullptr && !fault; below = below->link()) look(*below);
    return fault;
  }
};

}  // namespace holdfast::inline v0::concurrent
