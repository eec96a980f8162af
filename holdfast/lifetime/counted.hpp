// A shared object whose box counts its holders exactly, so that who writes to it can have it for himself first.
//
//   counted<settings> defaults(volume{5});
//   of_user["ann"] = defaults;                 // three holders, one object
//   of_user["bob"] = defaults;
//   of_user["ann"].write().volume = 11;        // ann has a copy now; bob and defaults do not change
//
//   box:  | holders | T |
//
// Readers get const; write() is the only way to change, and copies the object if others hold it. So keys may share an
// object, and none sees another's changes. Not a shared_ptr: no weak count, no custom deleter, no conversion to a base.
//
// Threads: as shared_ptr: different handles of one object may be used at once, one handle by one thread at a time.
#pragma once

#include <atomic>
#include <concepts>
#include <cstdint>
#include <type_traits>
#include <utility>

#include <holdfast/base/lang/config.hpp>

namespace holdfast::inline v0 {

template <class T>
class counted {
 public:
  using element_type = T;

  // Of no object.
  counted() noexcept = default;
  counted(std::nullptr_t) noexcept {}
  explicit counted(T object) : box_(new box(std::move(object))) {}
  template <class... Args>
    requires std::constructible_from<T, Args...>
  explicit counted(std::in_place_t, Args&&... args) : box_(new box(std::forward<Args>(args)...)) {}

  counted(const counted& other) noexcept : box_(other.box_) {
    // relaxed: who copies has a holder's share already, so the object cannot go.
    if (box_ != nullptr) box_->holders.fetch_add(1, std::memory_order_relaxed);
  }
  counted(counted&& other) noexcept : box_(std::exchange(other.box_, nullptr)) {}
  counted& operator=(counted other) noexcept {
    std::swap(box_, other.box_);
    return *this;
  }
  ~counted() {
    // release: pairs with the acquire in write() and with that of the last one here; what this holder read is read
    // before another one writes, or destroys.
    if (box_ != nullptr && box_->holders.fetch_sub(1, std::memory_order_acq_rel) == 1) delete box_;
  }

  [[nodiscard]] const T* get() const noexcept { return box_ == nullptr ? nullptr : &box_->object; }
  [[nodiscard]] const T& operator*() const noexcept HOLDFAST_LIFETIMEBOUND { return box_->object; }
  [[nodiscard]] const T* operator->() const noexcept HOLDFAST_LIFETIMEBOUND { return &box_->object; }
  [[nodiscard]] explicit operator bool() const noexcept { return box_ != nullptr; }

  // How many handles hold the object, this one too; 0 without one. Exact while no other thread copies or drops one.
  [[nodiscard]] std::uint32_t use_count() const noexcept {
    return box_ == nullptr ? 0 : box_->holders.load(std::memory_order_relaxed);
  }

  // The object, to be changed: this handle's own from now on until it is copied. There has to be one.
  // Throws: what copying throws; then nothing has changed.
  [[nodiscard]] T& write() HOLDFAST_LIFETIMEBOUND
    requires std::copy_constructible<T>
  {
    // acquire: pairs with the release of a holder that let go; what it read of the object is read.
    if (box_->holders.load(std::memory_order_acquire) != 1) *this = counted(std::as_const(box_->object));
    return box_->object;
  }

  // By object, not by value.
  [[nodiscard]] friend bool operator==(const counted&, const counted&) = default;

 private:
  struct box {
    template <class... Args>
    explicit box(Args&&... args) : object(std::forward<Args>(args)...) {}
    std::atomic<std::uint32_t> holders{1};
    T object;
  };

  box* box_ = nullptr;
};

}  // namespace holdfast::inline v0
