// Where a sync_map keeps which array is its current one: in itself, or, if it gives references, in their home.
#pragma once

#include <atomic>
#include <cstdint>
#include <type_traits>

#include <holdfast/concurrent/sync_map_array.hpp>
#include <holdfast/concurrent/sync_map_home.hpp>

namespace holdfast::inline v0::concurrent {

template <class Line, class Owner>
class own_root {
 public:
  explicit own_root(const Owner&) noexcept {}

  // Read in each lookup, written when an array is followed or emptied.
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE std::atomic<bucket_array<Line>*>& current() noexcept { return current_; }
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE const std::atomic<bucket_array<Line>*>& current() const noexcept {
    return current_;
  }

 private:
  std::atomic<bucket_array<Line>*> current_{&empty_array<Line>()};
};

template <class Owner>
class shared_root {
 public:
  // Throws: what the allocator throws; then it has dropped the map's count of `from`.
  explicit shared_root(const Owner& from) : home_(nullptr) {
    struct undo {
      const Owner& from;
      bool done;
      ~undo() {
        if (!done) from.drop_block();
      }
    } guard{from, false};
    home_ = &owned_home<Owner>::make(from);
    guard.done = true;
  }
  shared_root(const shared_root&) = delete;
  shared_root& operator=(const shared_root&) = delete;
  ~shared_root() { home_->let_go(); }

  [[nodiscard]] HOLDFAST_ALWAYS_INLINE std::atomic<entry_home::array_base*>& current() const noexcept {
    return home_->current;
  }
  [[nodiscard]] entry_home& home() const noexcept { return *home_; }

 private:
  entry_home* home_;
};

template <class Types, class Line>
using array_root = std::conditional_t<Types::gives_references, shared_root<typename Types::owner>,
                                      own_root<Line, typename Types::owner>>;

}  // namespace holdfast::inline v0::concurrent
