// An object that is not destroyed as long as this lives.
//
// Two words, move-only. It blocks one object and nothing else, so it may be held for as long as one likes,
// also while waiting for a lock or for the network; it may be released on another thread, and outlive the
// map it came from. A thread that holds more than eleven takes memory for further slots.
//
// inv hf.reclaim.pin-holds: while a pin lives its object is not destroyed.
#pragma once

#include <cstddef>
#include <utility>

#include <holdfast/base/reclaim/thread.hpp>

namespace holdfast::inline v0::reclaim {

// Holds what `held` holds once more, in a slot of this thread.
[[nodiscard]] HOLDFAST_NOINLINE slot& hold_again(const slot& held) noexcept;

template <class T>
class [[nodiscard]] pin {
 public:
  constexpr pin() noexcept = default;
  constexpr pin(std::nullptr_t) noexcept {}
  // For who fills the slot; see section::hand_off.
  HOLDFAST_ALWAYS_INLINE pin(T* object, slot& held) noexcept : object_(object), slot_(&held) {}
  pin(const pin&) = delete;
  pin& operator=(const pin&) = delete;
  HOLDFAST_ALWAYS_INLINE pin(pin&& other) noexcept
      : object_(std::exchange(other.object_, nullptr)), slot_(std::exchange(other.slot_, nullptr)) {}
  pin& operator=(pin&& other) noexcept {
    pin taken(std::move(other));
    std::swap(object_, taken.object_);
    std::swap(slot_, taken.slot_);
    return *this;
  }
  HOLDFAST_ALWAYS_INLINE ~pin() { reset(); }

  [[nodiscard]] T* get() const noexcept { return object_; }
  [[nodiscard]] T& operator*() const noexcept { return *object_; }
  [[nodiscard]] T* operator->() const noexcept { return object_; }
  [[nodiscard]] explicit operator bool() const noexcept { return slot_ != nullptr; }

  // A second pin on the same object. Costs about twice what the first one did.
  [[nodiscard]] pin dup() const noexcept { return slot_ == nullptr ? pin() : pin(object_, hold_again(*slot_)); }

  // Lets go. The object may be destroyed from now on.
  HOLDFAST_ALWAYS_INLINE void reset() noexcept {
    if (slot_ != nullptr) record::release(*slot_);
    object_ = nullptr;
    slot_ = nullptr;
  }

  // The same pin, seen as one on a part of the object, or on its base.
  template <class U>
  [[nodiscard]] pin<U> on(U* part) && noexcept {
    object_ = nullptr;
    return pin<U>(part, *std::exchange(slot_, nullptr));
  }

 private:
  T* object_ = nullptr;
  slot* slot_ = nullptr;
};

}  // namespace holdfast::inline v0::reclaim
