// Caches of the same size with the two oldest policies, to hold a policy against. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <string_view>
#include <unordered_map>

#include <holdfast/concurrent/pointer_cache.hpp>

namespace holdfast::bench {

// Gives up the oldest entry; under LRU a use makes an entry young again.
template <bool UseMakesYoung>
class listed_cache {
 public:
  explicit listed_cache(std::size_t capacity) : capacity_(capacity) {}

  // Whether the key was there.
  bool look_up(std::uint64_t key) {
    const auto found = places_.find(key);
    if (found == places_.end()) return false;
    if constexpr (UseMakesYoung) keys_.splice(keys_.begin(), keys_, found->second);
    return true;
  }
  void store(std::uint64_t key) {
    if (places_.size() == capacity_) {
      places_.erase(keys_.back());
      keys_.pop_back();
    }
    keys_.push_front(key);
    places_.emplace(key, keys_.begin());
  }
  void erase(std::uint64_t key) {
    const auto found = places_.find(key);
    if (found == places_.end()) return;
    keys_.erase(found->second);
    places_.erase(found);
  }

 private:
  std::size_t capacity_;
  std::list<std::uint64_t> keys_;
  std::unordered_map<std::uint64_t, std::list<std::uint64_t>::iterator> places_;
};
using lru_cache = listed_cache<true>;
using fifo_cache = listed_cache<false>;

// The real thing, as users have it.
class sieve_cache {
 public:
  explicit sieve_cache(std::size_t capacity) : cache_(capacity) {}
  bool look_up(std::uint64_t key) { return static_cast<bool>(cache_.load(key)); }
  void store(std::uint64_t key) { cache_.store(key, 0); }
  void erase(std::uint64_t key) { cache_.erase(key); }

 private:
  pointer_cache<std::uint64_t, int> cache_;
};

}  // namespace holdfast::bench
