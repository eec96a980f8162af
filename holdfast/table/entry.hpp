// What a slot holds: the entry itself, or a pointer to it where it must not or cannot be moved.
//
// An entry is kept inline only if growth can move it without being able to fail and without moving much:
// key and value at most 128 bytes each, both movable without throwing. Otherwise, and always in a
// `stable` table, the slot holds a pointer to a box. So moving an entry never throws.
//
//   inline_slot   | key | value |          boxed_slot   | pointer | --> | key | value |
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <type_traits>
#include <utility>

namespace holdfast::inline v0 {

// Types whose move followed by the destruction of the source is the same as copying the bytes. May be
// specialised for a type of your own that does not point into itself.
template <class T>
inline constexpr bool is_trivially_relocatable_v = std::is_trivially_copyable_v<T>;
template <class T, class U>
inline constexpr bool is_trivially_relocatable_v<std::pair<T, U>> =
    is_trivially_relocatable_v<std::remove_const_t<T>> && is_trivially_relocatable_v<std::remove_const_t<U>>;
template <class T>
inline constexpr bool is_trivially_relocatable_v<std::unique_ptr<T>> = true;
template <class T>
inline constexpr bool is_trivially_relocatable_v<std::shared_ptr<T>> = true;
template <class T>
inline constexpr bool is_trivially_relocatable_v<std::weak_ptr<T>> = true;

namespace table {

inline constexpr std::size_t largest_inline = 128;

template <class T>
inline constexpr bool fits_inline = sizeof(T) <= largest_inline && std::is_nothrow_move_constructible_v<T>;

// A map's entry: what users see is std::pair<const Key, T>.
template <class Key, class T>
struct map_entry {
  using key_type = Key;
  using value_type = std::pair<const Key, T>;
  static constexpr bool can_be_inline = fits_inline<Key> && fits_inline<T>;
  static constexpr bool has_no_state = std::is_empty_v<Key> && std::is_empty_v<T>;

  [[nodiscard]] static const Key& key(const value_type& value) noexcept { return value.first; }
  // What references to the entry refer to.
  [[nodiscard]] static void* referred(value_type& value) noexcept {
    return const_cast<std::remove_const_t<T>*>(std::addressof(value.second));
  }
  // Const keys are copied by a pair's own move constructor; here the source is about to be destroyed.
  template <class Construct>
  static void move(value_type& from, Construct construct) {
    construct(std::piecewise_construct, std::forward_as_tuple(std::move(const_cast<Key&>(from.first))),
              std::forward_as_tuple(std::move(from.second)));
  }
};

// A set's entry is the key.
template <class Key>
struct set_entry {
  using key_type = Key;
  using value_type = Key;
  static constexpr bool can_be_inline = fits_inline<Key>;
  static constexpr bool has_no_state = std::is_empty_v<Key>;

  [[nodiscard]] static const Key& key(const value_type& value) noexcept { return value; }
  [[nodiscard]] static void* referred(value_type& value) noexcept { return std::addressof(value); }
  template <class Construct>
  static void move(value_type& from, Construct construct) {
    construct(std::move(from));
  }
};

template <class Entry>
class inline_slot {
 public:
  using value_type = typename Entry::value_type;

  [[nodiscard]] value_type& value() noexcept { return *std::launder(reinterpret_cast<value_type*>(bytes_)); }
  [[nodiscard]] const value_type& value() const noexcept {
    return *std::launder(reinterpret_cast<const value_type*>(bytes_));
  }

  template <class Allocator, class... Args>
  void make(Allocator& allocator, Args&&... args) {
    std::allocator_traits<Allocator>::construct(allocator, reinterpret_cast<value_type*>(bytes_),
                                                std::forward<Args>(args)...);
  }
  template <class Allocator>
  void destroy(Allocator& allocator) noexcept {
    std::allocator_traits<Allocator>::destroy(allocator, &value());
  }
  // Takes the entry out of `from`, which then holds nothing.
  template <class Allocator>
  void take(Allocator& allocator, inline_slot& from) noexcept {
    if constexpr (is_trivially_relocatable_v<value_type> && Entry::has_no_state) {
      make(allocator, from.value());
    } else if constexpr (is_trivially_relocatable_v<value_type>) {
      std::memcpy(static_cast<void*>(bytes_), from.bytes_, sizeof bytes_);
    } else {
      Entry::move(from.value(), [&](auto&&... parts) { make(allocator, std::forward<decltype(parts)>(parts)...); });
      from.destroy(allocator);
    }
  }

 private:
  alignas(value_type) std::byte bytes_[sizeof(value_type)];
};

template <class Entry>
class boxed_slot {
 public:
  using value_type = typename Entry::value_type;

  [[nodiscard]] value_type& value() noexcept { return *box_; }
  [[nodiscard]] const value_type& value() const noexcept { return *box_; }

  template <class Allocator, class... Args>
  void make(Allocator& allocator, Args&&... args) {
    using traits = std::allocator_traits<Allocator>;
    static_assert(std::is_same_v<typename traits::value_type, value_type>);
    auto room = traits::allocate(allocator, 1);
    struct give_back {
      Allocator& allocator;
      decltype(room)& box;
      bool kept = false;
      ~give_back() {
        if (!kept) traits::deallocate(allocator, box, 1);
      }
    } guard{allocator, room};
    traits::construct(allocator, std::to_address(room), std::forward<Args>(args)...);
    guard.kept = true;
    box_ = room;
  }
  template <class Allocator>
  void destroy(Allocator& allocator) noexcept {
    using traits = std::allocator_traits<Allocator>;
    traits::destroy(allocator, std::to_address(box_));
    traits::deallocate(allocator, box_, 1);
  }
  template <class Allocator>
  void take(Allocator&, boxed_slot& from) noexcept {
    box_ = from.box_;
  }

 private:
  value_type* box_;
};

template <class Entry, class Policy>
using slot_of =
    std::conditional_t<Entry::can_be_inline && !Policy::boxed, inline_slot<Entry>, boxed_slot<Entry>>;

}  // namespace table
}  // namespace holdfast::inline v0
