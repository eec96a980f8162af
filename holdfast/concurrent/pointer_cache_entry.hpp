// One entry of a pointer_cache: its key, and the object with whatever owns it.
//
// What is given decides who owns (object_owner.hpp); null or nullopt: the key is known to have no object. The entry is
// retired when it has left the map, so object and owner live until the last pin is gone.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include <holdfast/base/lang/config.hpp>
#include <holdfast/concurrent/object_owner.hpp>
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
