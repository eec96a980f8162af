// Caches of the same size under other policies, to hold that of pointer_cache against. One thread, keys are numbers
// below a limit that is told, nothing is stored; each is as short as its authors' description.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <holdfast/concurrent/pointer_cache.hpp>

namespace holdfast::bench {

// Lists of keys: each key is in at most one, 0 to 4; list 0 is "nowhere".
class key_lists {
 public:
  key_lists(std::size_t keys) : keys_(keys) {}

  [[nodiscard]] std::size_t list_of(std::uint32_t key) const { return keys_[key].list; }
  [[nodiscard]] std::uint8_t& uses(std::uint32_t key) { return keys_[key].uses; }
  [[nodiscard]] std::size_t count(std::size_t list) const { return lists_[list].count; }
  [[nodiscard]] std::uint32_t oldest(std::size_t list) const { return lists_[list].oldest; }
  [[nodiscard]] std::uint32_t newer(std::uint32_t key) const { return keys_[key].newer; }

  // Out of the list where it is, to the newest end of another.
  void move(std::uint32_t key, std::size_t list) {
    remove(key);
    keys_[key].list = static_cast<std::uint8_t>(list);
    if (list == 0) return;
    ends& to = lists_[list];
    keys_[key].older = to.newest;
    keys_[key].newer = none;
    (to.count++ == 0 ? to.oldest : keys_[to.newest].newer) = key;
    to.newest = key;
  }

  static constexpr std::uint32_t none = ~std::uint32_t{0};

 private:
  struct place {
    std::uint32_t newer = none;
    std::uint32_t older = none;
    std::uint8_t list = 0;
    std::uint8_t uses = 0;
  };
  struct ends {
    std::uint32_t newest = none;
    std::uint32_t oldest = none;
    std::size_t count = 0;
  };

  void remove(std::uint32_t key) {
    const place& at = keys_[key];
    if (at.list == 0) return;
    ends& from = lists_[at.list];
    (at.newer == none ? from.newest : keys_[at.newer].older) = at.older;
    (at.older == none ? from.oldest : keys_[at.older].newer) = at.newer;
    --from.count;
  }

  std::vector<place> keys_;
  std::array<ends, 5> lists_{};
};

// look_up: whether the key is there. store: it is not, and comes in. erase: it is there, and goes.
class listed_policy {
 public:
  listed_policy(std::size_t capacity, std::size_t keys) : capacity_(capacity), lists_(keys) {}
  void erase(std::uint32_t key) { lists_.move(key, 0); }

 protected:
  std::size_t capacity_;
  key_lists lists_;
};

// Gives up the oldest entry; under LRU a use makes an entry young again.
template <bool UseMakesYoung>
class oldest_goes : public listed_policy {
 public:
  using listed_policy::listed_policy;
  bool look_up(std::uint32_t key) {
    if (lists_.list_of(key) == 0) return false;
    if constexpr (UseMakesYoung) lists_.move(key, 1);
    return true;
  }
  void store(std::uint32_t key) {
    if (lists_.count(1) == capacity_) lists_.move(lists_.oldest(1), 0);
    lists_.move(key, 1);
  }
};
using lru_cache = oldest_goes<true>;
using fifo_cache = oldest_goes<false>;

// Zhang et al., "SIEVE is simpler than LRU", NSDI 2024: a hand goes from old to new and spares what was used.
class sieve_cache : public listed_policy {
 public:
  using listed_policy::listed_policy;
  bool look_up(std::uint32_t key) {
    if (lists_.list_of(key) == 0) return false;
    lists_.uses(key) = 1;
    return true;
  }
  void store(std::uint32_t key) {
    if (lists_.count(1) == capacity_) {
      std::uint32_t at = at_hand();
      for (; lists_.uses(at) != 0; at = at_hand()) {
        lists_.uses(at) = 0;
        hand_ = lists_.newer(at);
      }
      erase(at);
    }
    lists_.uses(key) = 0;
    lists_.move(key, 1);
  }
  void erase(std::uint32_t key) {
    if (hand_ == key) hand_ = lists_.newer(key);
    lists_.move(key, 0);
  }

 private:
  [[nodiscard]] std::uint32_t at_hand() { return hand_ != key_lists::none ? hand_ : hand_ = lists_.oldest(1); }
  std::uint32_t hand_ = key_lists::none;
};

// Yang et al., "FIFO queues are all you need for cache eviction", SOSP 2023: small queue (1) of a tenth, main
// queue (2), ghosts (3). Out of the small queue goes what was not used twice.
class s3_fifo_cache : public listed_policy {
 public:
  using listed_policy::listed_policy;
  bool look_up(std::uint32_t key) {
    if (!is_in(key)) return false;
    lists_.uses(key) = std::min<std::uint8_t>(3, lists_.uses(key) + 1);
    return true;
  }
  void store(std::uint32_t key) {
    const bool came_back = lists_.list_of(key) == 3;
    while (lists_.count(1) + lists_.count(2) >= capacity_) evict();
    lists_.uses(key) = 0;
    lists_.move(key, came_back ? 2 : 1);
  }

 private:
  [[nodiscard]] bool is_in(std::uint32_t key) const { return lists_.list_of(key) == 1 || lists_.list_of(key) == 2; }
  void evict() {
    if (lists_.count(2) == 0 || lists_.count(1) >= std::max<std::size_t>(1, capacity_ / 10)) {
      const std::uint32_t at = lists_.oldest(1);
      const bool is_used = lists_.uses(at) > 1;
      lists_.uses(at) = 0;
      lists_.move(at, is_used ? 2 : 3);
      if (lists_.count(3) > capacity_ - capacity_ / 10) lists_.move(lists_.oldest(3), 0);
    } else {
      const std::uint32_t at = lists_.oldest(2);
      const bool is_used = lists_.uses(at) != 0;
      if (is_used) --lists_.uses(at);
      lists_.move(at, is_used ? 2 : 0);
    }
  }
};

// Megiddo and Modha, "ARC: a self-tuning, low overhead replacement cache", FAST 2003: seen once (1), seen again
// (2), ghosts of both (3, 4). A use moves a link.
class arc_cache : public listed_policy {
 public:
  using listed_policy::listed_policy;
  bool look_up(std::uint32_t key) {
    if (lists_.list_of(key) != 1 && lists_.list_of(key) != 2) return false;
    lists_.move(key, 2);
    return true;
  }
  void store(std::uint32_t key) {
    const std::size_t came_from = lists_.list_of(key);
    const std::size_t once = lists_.count(3);
    const std::size_t again = lists_.count(4);
    if (came_from == 3) target_ = std::min(capacity_, target_ + std::max<std::size_t>(1, again / once));
    if (came_from == 4) target_ -= std::min(target_, std::max<std::size_t>(1, once / again));
    if (came_from == 0) forget_ghosts();
    if (lists_.count(1) + lists_.count(2) >= capacity_) evict(came_from == 4);
    lists_.move(key, came_from == 0 ? 1 : 2);
  }

 private:
  void forget_ghosts() {
    const std::size_t seen_once = lists_.count(1) + lists_.count(3);
    const std::size_t all = seen_once + lists_.count(2) + lists_.count(4);
    if (seen_once >= capacity_) {
      lists_.move(lists_.oldest(lists_.count(3) != 0 ? 3 : 1), 0);
    } else if (all >= 2 * capacity_) {
      lists_.move(lists_.oldest(4), 0);
    }
  }
  void evict(bool prefers_once) {
    const std::size_t once = lists_.count(1);
    const bool takes_once = once != 0 && (once > target_ || (prefers_once && once == target_) || lists_.count(2) == 0);
    lists_.move(lists_.oldest(takes_once ? 1 : 2), takes_once ? 3 : 4);
  }
  std::size_t target_ = 0;
};

// The real thing, as users have it.
class real_cache {
 public:
  real_cache(std::size_t capacity, std::size_t) : cache_(capacity) {}
  bool look_up(std::uint32_t key) { return static_cast<bool>(cache_.load(key)); }
  void store(std::uint32_t key) { cache_.store(key, 0); }
  void erase(std::uint32_t key) { cache_.erase(key); }

 private:
  pointer_cache<std::uint32_t, int> cache_;
};

}  // namespace holdfast::bench
