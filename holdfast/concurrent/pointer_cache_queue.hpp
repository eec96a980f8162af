// The order in which a full cache gives its entries up, and the search for those whose time is over.
//
// Two lists by age, and a memory of what was given up. A new entry is *on trial*. When the oldest one on trial is
// met it is *proven* if it was used, and goes if not. A proven one that was used, when it is met, begins
// again as the newest; else it goes. An entry is therefore used by one mark in it, and no reader comes here.
//
//            new ──▶ [ on trial ] ── used ──▶ [ proven ] ◀─┐
//                         │ unused      unused │   └─ used ┘
//             come back   ▼                    ▼   come back: proven at once, and
//       more trial ◀── ghosts ············· ghosts ──▶ less trial
//
// How many there should be on trial is learnt: a key that comes back and had gone on trial says that the trial was
// too short; one that had been proven says that too few proven ones are kept. This is CAR (Bansal and Modha,
// "CAR: Clock with Adaptive Replacement", FAST 2004) with uses counted up to three for proven entries, as S3-FIFO
// does (Yang et al., SOSP 2023), with as many ghosts as entries, and with fingerprints for ghosts.
//
// A hand in each list looks for entries that are over: at the oldest ones, where they gather if all have the same
// time to live, and at a few more in turn. So each write has a fixed amount to do, and what nobody asks
// for any more goes all the same, as long as anybody writes.
//
// inv hf.cache.queue-counts: count and weight are those of the linked items, and each of them has a permit.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include <holdfast/base/reclaim/pin.hpp>
#include <holdfast/base/sync/mutex.hpp>
#include <holdfast/concurrent/pointer_cache_ghosts.hpp>
#include <holdfast/concurrent/pointer_cache_item.hpp>
#include <holdfast/concurrent/pointer_cache_list.hpp>
#include <holdfast/concurrent/pointer_cache_permits.hpp>

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

  [[nodiscard]] bool empty() const noexcept { return count_ == 0; }
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

class alignas(64) cache_queue {
 public:
  struct bounds {
    std::size_t entries = 0;  // 0: none
    std::size_t weight = 0;   // 0: none
    cache_time idle = 0;      // 0: none
  };
  // In search of one to give up so many used entries are spared at most; then the one it is at goes.
  static constexpr std::size_t steps_at_most = 256;

  // One of `queues` that share `permits`. Memory for ghosts comes from `memory`, with the queue's lock held.
  cache_queue(const bounds& chosen, std::size_t queues, cache_permits& permits, const zeroed_memory& memory) noexcept
      : bounds_(chosen), queues_(queues), permits_(permits), ghosts_(memory) {}
  cache_queue(const cache_queue&) = delete;
  cache_queue& operator=(const cache_queue&) = delete;

  enum class answer : std::uint8_t { done, again, elsewhere, too_heavy };
  // `now_there` has been published, in the place of `before` if that is not null. Makes room for it; `again`:
  // there is more to make, take the victims out and come back; `elsewhere`: and nothing here that could go.
  // `too_heavy`: it is not kept itself.
  // Both are pinned or owned by the caller.
  [[nodiscard]] answer admit(cache_item& now_there, cache_item* before, cache_time now,
                             cache_victims& victims) noexcept;

  // Gives one up for another queue. False: there is none here.
  [[nodiscard]] bool give_one(cache_time now, cache_victims& victims) noexcept;

  // An item with `fingerprint` will soon be admitted. What that needs to know comes from memory meanwhile.
  void expect(std::uint32_t fingerprint) const noexcept { ghosts_.ask_for(fingerprint); }

  // `gone` has been taken out of the map.
  void remove(cache_item& gone) noexcept;

  // Looks at up to `steps` more items for such as are over. How many it looked at; less if the victims are full.
  // 0 if none of them ever will be.
  [[nodiscard]] std::size_t sweep(std::size_t steps, cache_time now, cache_victims& victims) noexcept;

  struct figures {
    std::size_t entries;
    std::size_t weight;
    std::size_t bytes;  // of its own, beside the entries
  };
  [[nodiscard]] figures count() const noexcept;

 private:
  // What the next one to give something up will meet: the oldest item's memory and the item after it.
  struct oncoming {
    const cache_item* second = nullptr;
    std::uint32_t fingerprint = 0;
  };

  [[nodiscard]] answer admit_locked(cache_item& now_there, cache_item* before, cache_time now,
                                    cache_victims& victims) noexcept;
  [[nodiscard]] static oncoming oncoming_in(const cache_list& list) noexcept;
  [[nodiscard]] bool is_too_heavy(const cache_item& item) const noexcept {
    return bounds_.weight != 0 && item.weight > bounds_.weight;
  }
  // Whether any item can be over some time. Deadlines of linked items do not change.
  [[nodiscard]] bool may_expire() const noexcept { return bounds_.idle > 0 || deadlines_ != 0; }
  [[nodiscard]] bool has_room(bool for_one, std::size_t weight) noexcept;
  [[nodiscard]] std::size_t most_remembered() const noexcept;
  [[nodiscard]] std::size_t count_locked() const noexcept { return trial_.count() + proven_.count(); }
  [[nodiscard]] cache_list& list_of(const cache_item& item) noexcept {
    return item.queue_place == cache_item::place::proven ? proven_ : trial_;
  }
  [[nodiscard]] cache_ghosts::limits remembered() const noexcept { return {proven_.count(), trial_.count()}; }
  void take_place_of(cache_item& now_there, cache_item& before) noexcept;
  void link(cache_item& item) noexcept;
  void unlink(cache_item& item) noexcept;
  void give_up(cache_item& item, bool is_over, cache_victims& victims) noexcept;
  void give_one_up(const cache_item* but_not, cache_time now, cache_victims& victims) noexcept;
  void spare(cache_item& item) noexcept;
  void remember(const cache_item& item) noexcept;
  void leave_permits() noexcept { permits_.give_back(std::exchange(own_permits_, 0)); }
  void learn_from(cache_ghosts::from came_back) noexcept;
  void collect_oldest(const cache_list& list, const cache_item& but_not, cache_time now,
                      cache_victims& victims) noexcept;
  std::size_t sweep_locked(std::size_t steps, cache_time now, cache_victims& victims) noexcept;

  const bounds bounds_;
  const std::size_t queues_;
  cache_permits& permits_;
  mutable mutex lock_;
  cache_list trial_;
  cache_list proven_;
  cache_ghosts ghosts_;
  std::size_t wanted_on_trial_ = 0;
  std::size_t weight_ = 0;
  std::size_t own_permits_ = 0;       // left by items that went; none while the lock is free
  std::size_t deadlines_ = 0;        // those that linked items have
  cache_list* swept_ = &trial_;    // where the hand is that looks for entries that are over
  std::size_t left_to_sweep_ = 0;  // steps until it goes to the other list, however many come in meanwhile
};

}  // namespace holdfast::inline v0::concurrent
