// What counts as a pointer here: what is tested like one and followed like one.
//
// Raw and smart pointers, std::optional, optional_ref, pins, checked references; and what is followed by pinning
// it (weak) or by testing it (must_check).
#pragma once

#include <concepts>
#include <memory>
#include <type_traits>
#include <utility>

namespace holdfast::inline v0::lifetime {

template <class P>
concept pointer_like = !std::is_arithmetic_v<std::remove_cvref_t<P>> && requires(P& one) {
  static_cast<bool>(one);
  { *one } -> std::same_as<decltype(*one)>;
  requires std::is_lvalue_reference_v<decltype(*one)>;
};

template <class P>
concept pinnable = !pointer_like<P> && requires(const P& one) { *one.pin(); };

template <class P>
concept must_be_tested = !pointer_like<P> && requires(const P& one) { *one.checked(); };

// Its object lies elsewhere, so it may be moved without invalidating the address of what it points at. Not so
// std::optional.
template <class P>
concept points_elsewhere =
    pointer_like<P> &&
    (std::is_pointer_v<P> || requires(const P& one) { one.get(); } || requires(const P& one) { one.pointer(); });

template <pointer_like P>
using pointee = std::remove_reference_t<decltype(*std::declval<P&>())>;

// The address, or null.
template <pointer_like P>
[[nodiscard]] constexpr pointee<P>* address_in(P& one) {
  if constexpr (std::is_pointer_v<std::remove_cv_t<P>>) {
    return one;
  } else {
    return static_cast<bool>(one) ? std::addressof(*one) : nullptr;
  }
}

}  // namespace holdfast::inline v0::lifetime
