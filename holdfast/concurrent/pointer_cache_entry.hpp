// One entry of a pointer_cache: its key, and the object with whatever owns it.
//
// What is given decides who owns:
//
//   unique_ptr<U, D>    the entry, with that deleter; U is T or derives from it
//   shared_ptr<U>       the entry shares
//   what makes a T      the entry, which has the T inside: one allocation, and no step from entry to object
//   null, nullopt       nobody: the key is known to have no object
//
// The entry is retired when it has left the map, so object and owner live until the last pin is gone.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include <holdfast/base/lang/config.hpp>
#include <holdfast/concurrent/pointer_cache_item.hpp>

namespace holdfast::inline v0::concurrent {

template <class Key, class T>
class cache_entry : public cache_item {
 public:
  [[nodiscard]] const Key& key() const noexcept { return key_; }
  [[nodiscard]] const T* value() const noexcept { return static_cast<const T*>(object); }
  // Not for an entry whose object was given as const.
  [[nodiscard]] T* mutable_value() const noexcept { return const_cast<T*>(value()); }

 protected:
  template <class K>
  explicit cache_entry(K&& key) : key_(std::forward<K>(key)) {}
  ~cache_entry() = default;

 private:
  const Key key_;
};

// Of all things a caller may give, the owner that the entry keeps, and the object it owns.
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

// What a pointer_cache of T takes as a value.
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

template <class Key, class T, class Source>
class owning_entry final : public cache_entry<Key, T> {
  using owner = typename Source::type;

 public:
  template <class K, class V>
  owning_entry(K&& key, V&& value) : cache_entry<Key, T>(std::forward<K>(key)), owner_(std::forward<V>(value)) {
    this->object = Source::object(owner_);
    this->is_read_only = Source::is_const;
    this->is_by_pointer = Source::is_pointer;
    this->bytes = static_cast<std::uint32_t>(sizeof(owning_entry) + (std::same_as<owner, T> ? 0 : sizeof(T)));
    this->destroy = &destroy_retired;
  }

 private:
  static void destroy_retired(reclaim::retirable* item) noexcept { delete static_cast<owning_entry*>(item); }

  HOLDFAST_NO_UNIQUE_ADDRESS owner owner_;
};

// Says that a key has no object.
template <class Key, class T>
class absent_entry final : public cache_entry<Key, T> {
 public:
  template <class K>
  explicit absent_entry(K&& key) : cache_entry<Key, T>(std::forward<K>(key)) {
    this->bytes = sizeof(absent_entry);
    this->destroy = [](reclaim::retirable* item) noexcept { delete static_cast<absent_entry*>(item); };
  }
};

// An entry that nobody else can reach; destroyed with this unless it is let go.
struct entry_destroyer {
  void operator()(cache_item* item) const noexcept { item->destroy(item); }
};
template <class Key, class T>
using own_entry = std::unique_ptr<cache_entry<Key, T>, entry_destroyer>;

// An entry with `value`; without an object if `value` is null or empty.
template <class Key, class T, class K, class V>
[[nodiscard]] own_entry<Key, T> make_entry(K&& key, V&& value) {
  using own = own_entry<Key, T>;
  if constexpr (means_absent<V>) {
    return own(new absent_entry<Key, T>(std::forward<K>(key)));
  } else if constexpr (is_optional<V> && !std::same_as<std::remove_cvref_t<V>, T>) {
    if (!value) return own(new absent_entry<Key, T>(std::forward<K>(key)));
    return own(new owning_entry<Key, T, owner_of<typename std::remove_cvref_t<V>::value_type, T>>(
        std::forward<K>(key), *std::forward<V>(value)));
  } else {
    return own(new owning_entry<Key, T, owner_of<V, T>>(std::forward<K>(key), std::forward<V>(value)));
  }
}

// An entry with a copy of `from`.
template <class Key, class T>
[[nodiscard]] own_entry<Key, T> copy_entry(const Key& key, const T& from) {
  if constexpr (has_clone<T>) {
    own_entry<Key, T> copy = make_entry<Key, T>(key, std::unique_ptr<T>(from.clone()));
    copy->is_by_pointer = false;  // nobody else has it
    return copy;
  } else {
    return own_entry<Key, T>(new owning_entry<Key, T, owner_of<const T&, T>>(key, from));
  }
}

}  // namespace holdfast::inline v0::concurrent
