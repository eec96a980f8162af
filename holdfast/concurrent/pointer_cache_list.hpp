// Cache items by the age of their entry into the list, and a hand that goes from old to new.
//
//   newest ◀── newer ── item ── older ──▶ oldest          hand ──▶ towards the newest
//
// An item that leaves takes the hand one further. Whoever uses a list guards it.
#pragma once

#include <atomic>
#include <cstddef>

#include <holdfast/concurrent/pointer_cache_item.hpp>

namespace holdfast::inline v0::concurrent {

class cache_list {
 public:
  [[nodiscard]] std::size_t count() const noexcept { return count_; }
  // Null if there is none.
  [[nodiscard]] cache_item* oldest() const noexcept { return oldest_; }

  void add_newest(cache_item& item) noexcept {
    join(newest_, &item);
    join(&item, nullptr);
    ++count_;
  }
  void remove(cache_item& item) noexcept {
    if (hand_ == &item) hand_ = newer_than(item);
    join(older_than(item), newer_than(item));
    --count_;
  }
  // `fresh` gets the age of `before`, which leaves.
  void replace(cache_item& before, cache_item& fresh) noexcept {
    cache_item* const newer = newer_than(before);
    join(older_than(before), &fresh);
    join(&fresh, newer);
    if (hand_ == &before) hand_ = &fresh;
  }

  // The one after `item`; null if it is the newest.
  [[nodiscard]] static cache_item* newer_than(const cache_item& item) noexcept {
    return item.newer.load(std::memory_order_relaxed);
  }
  [[nodiscard]] static cache_item* older_than(const cache_item& item) noexcept {
    return item.older.load(std::memory_order_relaxed);
  }

  // The item at the hand, which goes on; after the newest it begins with the oldest. There is an item.
  [[nodiscard]] cache_item& next_at_hand() noexcept {
    cache_item* const at = hand_ != nullptr ? hand_ : oldest_;
    hand_ = newer_than(*at);
    cache_item::ask_for(hand_);
    return *at;
  }
  [[nodiscard]] bool is_hand_at_start() const noexcept { return hand_ == nullptr; }

 private:
  // Neighbours from now on; null: the end of the list.
  void join(cache_item* older, cache_item* newer) noexcept {
    if (older != nullptr) older->newer.store(newer, std::memory_order_relaxed);
    else oldest_ = newer;
    if (newer != nullptr) newer->older.store(older, std::memory_order_relaxed);
    else newest_ = older;
  }

  cache_item* newest_ = nullptr;
  cache_item* oldest_ = nullptr;
  cache_item* hand_ = nullptr;  // null: at the oldest
  std::size_t count_ = 0;
};

}  // namespace holdfast::inline v0::concurrent
