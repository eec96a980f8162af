// Cache items by the age of their entry into the list, and a hand that goes from old to new.
//
//   newest ◀── newer ── item ── older ──▶ oldest          hand ──▶ towards the newest
//
// An item that leaves takes the hand one further. Whoever uses a list guards it.
#pragma once

#include <cstddef>

#include <holdfast/concurrent/pointer_cache_item.hpp>

namespace holdfast::inline v0::concurrent {

class cache_list {
 public:
  [[nodiscard]] std::size_t count() const noexcept { return count_; }
  // Null if there is none.
  [[nodiscard]] cache_item* oldest() const noexcept { return oldest_; }

  void add_newest(cache_item& item) noexcept {
    item.newer = nullptr;
    item.older = newest_;
    (newest_ == nullptr ? oldest_ : newest_->newer) = &item;
    newest_ = &item;
    ++count_;
  }
  void remove(cache_item& item) noexcept {
    (item.newer == nullptr ? newest_ : item.newer->older) = item.older;
    (item.older == nullptr ? oldest_ : item.older->newer) = item.newer;
    if (hand_ == &item) hand_ = item.newer;
    --count_;
  }
  // `fresh` gets the age of `before`, which leaves.
  void replace(cache_item& before, cache_item& fresh) noexcept {
    fresh.newer = before.newer;
    fresh.older = before.older;
    (before.newer == nullptr ? newest_ : before.newer->older) = &fresh;
    (before.older == nullptr ? oldest_ : before.older->newer) = &fresh;
    if (hand_ == &before) hand_ = &fresh;
  }

  // The item at the hand, which goes on; after the newest it begins with the oldest. There is an item.
  [[nodiscard]] cache_item& next_at_hand() noexcept {
    cache_item* const at = hand_ != nullptr ? hand_ : oldest_;
    hand_ = at->newer;
    return *at;
  }
  [[nodiscard]] bool is_hand_at_start() const noexcept { return hand_ == nullptr; }

 private:
  cache_item* newest_ = nullptr;
  cache_item* oldest_ = nullptr;
  cache_item* hand_ = nullptr;  // null: at the oldest
  std::size_t count_ = 0;
};

}  // namespace holdfast::inline v0::concurrent
