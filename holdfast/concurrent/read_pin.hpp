// A value that stays where it is because the lock of its map, or of its shard, is held for reading.
//
// It can be moved, also to another thread, and may be released there. While it lives every writer of that
// map or shard waits, and behind a waiting writer every reader. So keep it for the length of a few
// statements. The thread that holds it must not use the same map until it is released: not write, which
// waits for itself, and not read either, which waits behind a writer that waits for the pin. Where a
// value must be held for longer, take sync_map, whose pins block nobody.
#pragma once

#include <utility>

#include <holdfast/base/sync/rw_mutex.hpp>

namespace holdfast::inline v0::concurrent {

template <class T>
class [[nodiscard]] read_pin {
 public:
  using element_type = T;

  // Holds nothing.
  read_pin() noexcept = default;
  // Takes over one reader's share of `held`.
  read_pin(T* value, rw_mutex& held) noexcept : value_(value), held_(&held) {}

  read_pin(read_pin&& other) noexcept
      : value_(std::exchange(other.value_, nullptr)), held_(std::exchange(other.held_, nullptr)) {}
  read_pin& operator=(read_pin&& other) noexcept {
    read_pin taken(std::move(other));
    std::swap(value_, taken.value_);
    std::swap(held_, taken.held_);
    return *this;
  }
  ~read_pin() { reset(); }

  // Whether the key was there.
  explicit operator bool() const noexcept { return value_ != nullptr; }
  [[nodiscard]] T* get() const noexcept { return value_; }
  // Undefined when empty, as for a pointer.
  [[nodiscard]] T& operator*() const noexcept { return *value_; }
  [[nodiscard]] T* operator->() const noexcept { return value_; }

  void reset() noexcept {
    value_ = nullptr;
    if (held_ != nullptr) std::exchange(held_, nullptr)->unlock_shared();
  }

 private:
  T* value_ = nullptr;
  rw_mutex* held_ = nullptr;
};

}  // namespace holdfast::inline v0::concurrent
