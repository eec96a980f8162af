// All locks of a map at once, taken in the order of the shards and released when it goes.
//
// Everybody who takes more than one takes them in this order, so no two wait for each other.
#pragma once

#include <array>
#include <cstddef>

namespace holdfast::inline v0::concurrent {

// `Lock` is std::shared_lock or std::unique_lock.
template <class Layout, class Lock>
class [[nodiscard]] lock_sweep {
 public:
  explicit lock_sweep(const Layout& layout) {
    for (std::size_t number = 0; number < Layout::shard_count; ++number) held_[number] = Lock(layout.at(number).lock);
  }

 private:
  std::array<Lock, Layout::shard_count> held_;
};

}  // namespace holdfast::inline v0::concurrent
