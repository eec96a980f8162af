// A reference that may be absent: what a lookup answers.
//
// It owns nothing and copies like a pointer, but has no arithmetic, no ownership to wonder about, and
// an absent one cannot be used by `value()` without being told. Assigning to it rebinds; write through
// it with `*`.
#pragma once

#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include <holdfast/base/lang/config.hpp>
#include <holdfast/base/lang/raise.hpp>

namespace holdfast::inline v0 {

template <class T>
class optional_ref {
  static_assert(!std::is_reference_v<T> && !std::is_void_v<T>, "optional_ref<T> refers to an object of type T");

 public:
  using value_type = T;

  constexpr optional_ref() noexcept = default;
  constexpr optional_ref(std::nullopt_t) noexcept {}
  constexpr optional_ref(T& value HOLDFAST_LIFETIMEBOUND) noexcept : value_(std::addressof(value)) {}
  // A temporary would be gone before the reference is used.
  optional_ref(const std::remove_const_t<T>&&) = delete;

  // T to const T, never the other way and never derived to base.
  template <class U>
    requires(!std::is_same_v<U, T> && std::is_convertible_v<U (*)[], T (*)[]>)
  constexpr optional_ref(optional_ref<U> other) noexcept : value_(other.pointer()) {}

  // `present` may be null.
  [[nodiscard]] static constexpr optional_ref from_pointer(T* present) noexcept {
    optional_ref ref;
    ref.value_ = present;
    return ref;
  }

  [[nodiscard]] constexpr bool has_value() const noexcept { return value_ != nullptr; }
  constexpr explicit operator bool() const noexcept { return value_ != nullptr; }

  // Undefined when absent, as for a pointer.
  [[nodiscard]] constexpr T& operator*() const noexcept { return *value_; }
  [[nodiscard]] constexpr T* operator->() const noexcept { return value_; }
  // Null when absent.
  [[nodiscard]] constexpr T* pointer() const noexcept { return value_; }

  // Throws: std::bad_optional_access when absent.
  [[nodiscard]] constexpr T& value() const {
    if (value_ == nullptr) [[unlikely]] raise_bad_optional_access();
    return *value_;
  }

  template <class Default>
  [[nodiscard]] constexpr std::remove_cv_t<T> value_or(Default&& otherwise) const {
    if (value_ != nullptr) return *value_;
    return static_cast<std::remove_cv_t<T>>(std::forward<Default>(otherwise));
  }

  [[nodiscard]] friend constexpr bool operator==(optional_ref ref, std::nullopt_t) noexcept { return !ref; }

 private:
  T* value_ = nullptr;
};

}  // namespace holdfast::inline v0
