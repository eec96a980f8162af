// Which memory a value of a map refers to: where it begins, how long it is, how many hold it.
//
//   T*                            address, sizeof(T)
//   anything with get()           the same of what get() returns; use_count(), where there is one
//   unmanaged<T*>                 that of its pointer
//   string_view, span             what they look at
//   object_extent                 itself: what a projection returns that knows better
//
// A size is what is known of it: that of the static type, not of a larger object behind a pointer to its base.
#pragma once

#include <cstddef>
#include <memory>
#include <ranges>
#include <type_traits>
#include <utility>

#include <malloc.h>

namespace holdfast::inline v0 {

struct object_extent {
  const void* address = nullptr;  // null: no object
  std::size_t bytes = 0;          // 0: not known
  long holders = 0;               // 0: not known

  [[nodiscard]] bool is_where(const object_extent& other) const noexcept {
    return address == other.address && bytes == other.bytes;
  }
};

// Whose word is taken for the size of an object.
//   nobody      only equal addresses count
//   type        sizeof, where the type is complete
//   allocation  malloc_usable_size. Each pointer must be the beginning of a living block of malloc's, or the
//               behaviour is undefined: not for arenas, make_shared, pools or members
enum class extent_from : std::uint8_t { nobody, type, allocation };

// Objects that may be shared by any number of keys: interned, or without anything to change.
//   template <> inline constexpr bool holdfast::shareable<icon> = true;
template <class T>
inline constexpr bool shareable = false;

// The projection for maps that show the objects themselves, as pointer_cache does.
struct by_address {
  template <class T>
  [[nodiscard]] object_extent operator()(const T& object) const noexcept {
    return {std::addressof(object), sizeof(T), 0};
  }
};

namespace lifetime {

template <class T>
concept has_get = requires(const T& value) {
  { value.get() };
  requires std::is_pointer_v<std::remove_cvref_t<decltype(value.get())>>;
};

template <class T>
concept wraps_pointer = !has_get<T> && requires(const T& value) {
  requires std::is_pointer_v<std::remove_cvref_t<decltype(value.pointer)>>;
};

template <class T>
concept views_memory =
    std::ranges::contiguous_range<const T> && std::ranges::sized_range<const T> && std::ranges::borrowed_range<T>;

template <class T>
concept refers =
    std::is_same_v<T, object_extent> || std::is_pointer_v<T> || has_get<T> || wraps_pointer<T> || views_memory<T>;

template <class T>
struct referred {
  using type = T;
};
template <class T>
struct referred<T*> {
  using type = std::remove_cv_t<T>;
};
template <has_get T>
  requires(!std::is_pointer_v<T>)
struct referred<T> : referred<std::remove_cvref_t<decltype(std::declval<const T&>().get())>> {};
template <wraps_pointer T>
struct referred<T> : referred<std::remove_cvref_t<decltype(std::declval<const T&>().pointer)>> {};

template <class T>
[[nodiscard]] std::size_t bytes_of(const T* object, extent_from source) noexcept {
  if (source == extent_from::allocation && object != nullptr) {
    return malloc_usable_size(const_cast<void*>(static_cast<const void*>(object)));
  }
  if constexpr (requires { sizeof(T); } && !std::is_void_v<T> && !std::is_function_v<T>) {
    if (source == extent_from::type) return sizeof(T);
  }
  return 0;
}

// Where `source` is not `type`, a view still has its own length: it is a part of the value.
template <refers Value>
[[nodiscard]] object_extent extent_of(const Value& value, extent_from source) noexcept {
  if constexpr (std::is_same_v<Value, object_extent>) {
    return value;
  } else if constexpr (std::is_pointer_v<Value>) {
    return {value, bytes_of(value, source), 0};
  } else if constexpr (has_get<Value>) {
    object_extent extent = extent_of(value.get(), source);
    if constexpr (requires { static_cast<long>(value.use_count()); }) {
      if (extent.address != nullptr) extent.holders = static_cast<long>(value.use_count());
    }
    return extent;
  } else if constexpr (wraps_pointer<Value>) {
    return extent_of(value.pointer, source);
  } else {
    const std::size_t bytes = std::ranges::size(value) * sizeof(*std::ranges::data(value));
    return {bytes == 0 ? nullptr : std::ranges::data(value), bytes, 0};
  }
}

}  // namespace lifetime
}  // namespace holdfast::inline v0
