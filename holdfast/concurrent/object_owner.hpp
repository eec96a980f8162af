// Who owns an object that is handed over to be shared: what a pointer_cache and a sync_cell take.
//
//   unique_ptr<U, D>    they own it, with that deleter; U is T or derives from it
//   shared_ptr<U>       they share it
//   what makes a T      they have the T inside: one allocation, and no step from owner to object
#pragma once

#include <concepts>
#include <cstddef>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace holdfast::inline v0::concurrent {

// The owner that is kept of what a caller gave, and the object it owns.
template <class V, class T>
struct owner_of {
  // Made in place.
  using type = T;
  static constexpr bool fits = std::constructible_from<T, V&&>;
  static constexpr bool is_pointer = false;
  static constexpr bool may_be_elsewhere = false;
  static constexpr bool is_const = false;
  static const T* object(const T& owner) noexcept { return std::addressof(owner); }
};

template <class V, class T, class U>
struct pointer_owner {
  using type = std::remove_cvref_t<V>;
  static constexpr bool fits = std::convertible_to<U*, const T*> && std::constructible_from<type, V&&>;
  static constexpr bool is_pointer = true;
  static constexpr bool is_const = std::is_const_v<U>;
  static const T* object(const type& owner) noexcept { return owner.get(); }
};

template <class V, class T, class U>
  requires std::convertible_to<U*, const T*>
struct shared_owner : pointer_owner<V, T, U> {
  static constexpr bool may_be_elsewhere = true;
};
template <class V, class T, class U, class D>
  requires std::convertible_to<U*, const T*>
struct unique_owner : pointer_owner<V, T, U> {
  // A deleter of the user's may delete nothing, and then others may have the pointer too.
  static constexpr bool may_be_elsewhere = !std::same_as<D, std::default_delete<U>>;
};

template <class V, class T>
  requires(std::same_as<std::remove_cvref_t<V>, std::shared_ptr<typename std::remove_cvref_t<V>::element_type>> &&
           std::convertible_to<typename std::remove_cvref_t<V>::element_type*, const T*>)
struct owner_of<V, T> : shared_owner<V, T, typename std::remove_cvref_t<V>::element_type> {};

template <class V, class T>
  requires(std::same_as<std::remove_cvref_t<V>, std::unique_ptr<typename std::remove_cvref_t<V>::element_type,
                                                                typename std::remove_cvref_t<V>::deleter_type>> &&
           std::convertible_to<typename std::remove_cvref_t<V>::element_type*, const T*>)
struct owner_of<V, T>
    : unique_owner<V, T, typename std::remove_cvref_t<V>::element_type, typename std::remove_cvref_t<V>::deleter_type> {
};

// Nothing that could be owned.
template <class V>
concept means_absent =
    std::same_as<std::remove_cvref_t<V>, std::nullptr_t> || std::same_as<std::remove_cvref_t<V>, std::nullopt_t>;

template <class V>
concept is_optional = requires(std::remove_cvref_t<V>& value) {
  requires std::same_as<std::remove_cvref_t<V>, std::optional<typename std::remove_cvref_t<V>::value_type>>;
};

template <class V, class T>
inline constexpr bool can_be_cached = [] {
  if constexpr (means_absent<V>) {
    return true;
  } else if constexpr (is_optional<V> && !std::same_as<std::remove_cvref_t<V>, T>) {
    return std::constructible_from<T, typename std::remove_cvref_t<V>::value_type&&>;
  } else {
    return owner_of<V, T>::fits;
  }
}();

// What is taken as a value of T, or as none.
template <class V, class T>
concept cacheable = can_be_cached<V, T>;

template <class T>
concept has_clone = requires(const T& object) {
  { object.clone() } -> std::convertible_to<std::unique_ptr<T>>;
};
// A copy of what may be of a derived class would be a copy of half of it, unless it can clone itself.
template <class T>
concept copies_whole =
    has_clone<T> || (std::copy_constructible<T> && (!std::is_polymorphic_v<T> || std::is_final_v<T>));

}  // namespace holdfast::inline v0::concurrent
