// Tells a maker that its key was erased while it was making.
//
// What a maker has read may be out of date when its key is erased meanwhile: that is what people erase keys
// of a cache for. So makers are on a list while they make, and who erases marks those of the key. A maker
// leaves the list after it has published its entry, which cannot be seen yet: either it finds the mark, or
// whoever marks too late finds the entry in the map.
//
// inv hf.cache.erase-beats-maker: an entry whose maker was marked is not to be seen.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>

#include <holdfast/base/sync/mutex.hpp>

namespace holdfast::inline v0::concurrent {

class cache_maker;

// Makers whose hashes have the last bits in common.
struct alignas(64) cache_maker_list {
  mutex lock;
  cache_maker* first = nullptr;
};

// On its list from construction to leave(), or to the end if the maker throws.
class [[nodiscard]] cache_maker {
 public:
  cache_maker(cache_maker_list& among, std::uint64_t hash) noexcept : list_(among), hash_(hash) {
    const std::lock_guard hold(list_.lock);
    next_ = list_.first;
    list_.first = this;
  }
  cache_maker(const cache_maker&) = delete;
  cache_maker& operator=(const cache_maker&) = delete;
  ~cache_maker() {
    if (is_listed_) (void)leave();
  }

  // Whether nobody has marked it.
  [[nodiscard]] bool leave() noexcept {
    const std::lock_guard hold(list_.lock);
    cache_maker** from = &list_.first;
    while (*from != this) from = &(*from)->next_;
    *from = next_;
    is_listed_ = false;
    return !is_marked_;
  }

 private:
  friend class cache_makers;

  cache_maker_list& list_;
  const std::uint64_t hash_;
  cache_maker* next_ = nullptr;
  bool is_listed_ = true;
  bool is_marked_ = false;  // guarded by the list's lock, as next_ is
};

class cache_makers {
 public:
  [[nodiscard]] cache_maker_list& list_of(std::uint64_t hash) noexcept { return lists_[hash % lists_.size()]; }

  // Before the key with this hash is erased.
  void mark(std::uint64_t hash) noexcept {
    cache_maker_list& list = list_of(hash);
    const std::lock_guard hold(list.lock);
    for (cache_maker* each = list.first; each != nullptr; each = each->next_) {
      if (each->hash_ == hash) each->is_marked_ = true;
    }
  }
  void mark_all() noexcept {
    for (cache_maker_list& list : lists_) {
      const std::lock_guard hold(list.lock);
      for (cache_maker* each = list.first; each != nullptr; each = each->next_) each->is_marked_ = true;
    }
  }

 private:
  std::array<cache_maker_list, 16> lists_;
};

}  // namespace holdfast::inline v0::concurrent
