// A map and the lock that guards it, apart from every other in memory.
#pragma once

#include <cstddef>
#include <utility>

#include <holdfast/base/sync/rw_mutex.hpp>

namespace holdfast::inline v0::concurrent {

// Two cache lines: processors fetch them in pairs, and a reader's lock is a write.
inline constexpr std::size_t apart = 128;

template <class Map>
struct alignas(apart) lock_shard {
  template <class... Args>
  explicit lock_shard(Args&&... args) : map(std::forward<Args>(args)...) {}

  // Lock and header share a line: who has just fetched the one has the other.
  rw_mutex lock;
  Map map;
};

// A key on its way to the shard it belongs to, as that shard's map takes it.
template <class Shard, class Key>
struct routed {
  Shard& home;
  Key key;
  [[nodiscard]] Key&& take() noexcept { return static_cast<Key&&>(key); }
};

}  // namespace holdfast::inline v0::concurrent
