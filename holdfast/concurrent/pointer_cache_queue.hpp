// The order in which a full cache gives its entries up, and the search for those whose time is over.
//
// SIEVE (Zhang et al., NSDI 2024): one list by age of insertion, and a hand that goes from old to new. An
// entry that was used since the hand came by stays where it is and loses its mark; the first one without
// a mark goes. A use is therefore one mark in the entry, and no reader comes here.
//
//   newest ◀── newer ── entry ── older ──▶ oldest        hand ──▶ towards the newest, then the oldest again
//
// A second hand looks for entries that are over: at the oldest ones, where they gather if all have the same
// time to live, and at a few more in turn. So each write has a fixed amount to do, and what nobody asks
// for any more goes all the same, as long as anybody writes.
//
// inv hf.cache.queue-counts: count and weight are those of the linked items.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <holdfast/base/reclaim/pin.hpp>
#include <holdfast/base/sync/mutex.hpp>
#include <holdfast/concurrent/pointer_cache_item.hpp>

namespace holdfast::inline v0::concurrent {

// Items that the queue has given up, pinned; whoever gets them takes them out of the map. As few as fit
// into a thread's record beside what the user holds.
class cache_victims {
 public:
  static constexpr std::size_t most = 4;
  struct victim {
    reclaim::pin<cache_item> item;
    bool is_over = false;
  };

  [[nodiscard]] bool full() const noexcept { return count_ == most; }
  void add(cache_item& item, bool is_over) noexcept;
  void clear() noexcept {
    for (std::size_t i = 0; i < count_; ++i) all_[i].item.reset();
    count_ = 0;
  }
  [[nodiscard]] const victim* begin() const noexcept { return all_.data(); }
  [[nodiscard]] const victim* end() const noexcept { return all_.data() + count_; }

 private:
  std::array<victim, most> all_;
  std::size_t count_ = 0;
};

class cache_queue {
 public:
  struct bounds {
    std::size_t entries = 0;  // 0: none
    std::size_t weight = 0;   // 0: none
    cache_time idle = 0;      // 0: none
  };
  // The hand passes at most so many used entries in search of one to give up; then it takes what it is at.
  static constexpr std::size_t steps_at_most = 256;

  explicit cache_queue(const bounds& chosen) noexcept : bounds_(chosen) {}
  cache_queue(const cache_queue&) = delete;
  cache_queue& operator=(const cache_queue&) = delete;

  enum class answer : std::uint8_t { done, again, too_heavy };
  // `now_there` has been published, in the place of `before` if that is not null. Makes room for it; `again`:
  // there is more to make, take the victims out and come back. `too_heavy`: it is not kept itself.
  // Both are pinned or owned by the caller.
  [[nodiscard]] answer admit(cache_item& now_there, cache_item* before, cache_time now,
                             cache_victims& victims) noexcept;

  // `gone` has been taken out of the map.
  void remove(cache_item& gone) noexcept;

  // Looks at up to `steps` more items for such as are over. How many it looked at; less if the victims are full.
  [[nodiscard]] std::size_t sweep(std::size_t steps, cache_time now, cache_victims& victims) noexcept;

  struct figures {
    std::size_t entries;
    std::size_t weight;
  };
  [[nodiscard]] figures count() const noexcept;

 private:
  [[nodiscard]] bool is_too_heavy(const cache_item& item) const noexcept {
    return bounds_.weight != 0 && item.weight > bounds_.weight;
  }
  [[nodiscard]] bool has_room(std::size_t entries, std::size_t weight) const noexcept;
  void take_place_of(cache_item& now_there, cache_item& before) noexcept;
  void link(cache_item& item) noexcept;
  void unlink(cache_item& item) noexcept;
  void give_up(cache_item& item, bool is_over, cache_victims& victims) noexcept;
  void give_one_up(const cache_item& but_not, cache_time now, cache_victims& victims) noexcept;
  [[nodiscard]] cache_item* after(const cache_item* item) const noexcept;
  std::size_t sweep_locked(std::size_t steps, cache_time now, cache_victims& victims) noexcept;

  const bounds bounds_;
  mutable mutex lock_;
  cache_item* newest_ = nullptr;
  cache_item* oldest_ = nullptr;
  cache_item* hand_ = nullptr;   // null: at the oldest
  cache_item* sweep_ = nullptr;  // null: at the oldest
  std::size_t count_ = 0;
  std::size_t weight_ = 0;
};

}  // namespace holdfast::inline v0::concurrent
