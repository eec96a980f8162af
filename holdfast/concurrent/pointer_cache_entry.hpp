// One entry of a pointer_cache: its key, and the object with whatever owns it.
//
// What is given decides who owns (object_owner.hpp); null or nullopt: the key is known to have no object. The entry is
// retired when it has left the map, so object and owner live until the last pin is gone. It lies in a block of the
// cache's allocator, and knows the way back.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include <holdfast/base/lang/config.hpp>
#include <holdfast/concurrent/block_owner.hpp>
#include <holdfast/concurrent/object_owner.hpp>
#include <holdfast/concurrent/pointer_cache_item.hpp>

namespace holdfast::inline v0::concurrent {

template <class Key, class T, class Allocator>
class cache_entry : public cache_item {
 public:
  using owner_type = block_owner<Allocator>;
  using traits = std::allocator_traits<Allocator>;

  [[nodiscard]] const Key& key() const noexcept { return key_; }
  [[nodiscard]] const T* value() const noexcept { return static_cast<const T*>(object); }
  // Not for an entry whose object was given as const.
  [[nodiscard]] T* mutable_value() const noexcept { return const_cast<T*>(value()); }

 protected:
  template <class K>
  cache_entry(const owner_type& from, K&& key) : block_(from) {
    auto memory = allocator();
    traits::construct(memory, std::addressof(key_), std::forward<K>(key));
  }
  ~cache_entry() {
    auto memory = allocator();
    traits::destroy(memory, std::addressof(key_));
  }

  [[nodiscard]] Allocator allocator() const noexcept { return block_.allocator(); }
  template <class Entry>
  static void destroy_retired(reclaim::retirable* item) noexcept {
    auto* const gone = static_cast<Entry*>(item);
    destroy_in_room(gone, gone->block_);
  }

 private:
  HOLDFAST_NO_UNIQUE_ADDRESS owner_type block_;
  union {
    Key key_;
  };
};

template <class Key, class T, class Allocator, class Source>
class owning_entry final : public cache_entry<Key, T, Allocator> {
  using base = cache_entry<Key, T, Allocator>;
  using typename base::owner_type;
  using typename base::traits;
  using keeper = typename Source::type;  // of the object: itself, or a pointer that owns it

 public:
  template <class K, class V>
  owning_entry(const owner_type& from, K&& key, V&& value) : base(from, std::forward<K>(key)) {
    auto memory = this->allocator();
    traits::construct(memory, std::addressof(keeper_), std::forward<V>(value));
    this->object = Source::object(keeper_);
    this->is_read_only = Source::is_const;
    this->is_by_pointer = Source::is_pointer;
    this->bytes = static_cast<std::uint32_t>(sizeof(owning_entry) + (std::same_as<keeper, T> ? 0 : sizeof(T)));
    this->destroy = &base::template destroy_retired<owning_entry>;
  }
  ~owning_entry() {
    auto memory = this->allocator();
    traits::destroy(memory, std::addressof(keeper_));
  }

 private:
  union {
    keeper keeper_;
  };
};

// Says that a key has no object.
template <class Key, class T, class Allocator>
class absent_entry final : public cache_entry<Key, T, Allocator> {
  using base = cache_entry<Key, T, Allocator>;

 public:
  template <class K>
  absent_entry(const typename base::owner_type& from, K&& key) : base(from, std::forward<K>(key)) {
    this->bytes = sizeof(absent_entry);
    this->destroy = &base::template destroy_retired<absent_entry>;
  }
};

// An entry that nobody else can reach; destroyed with this unless it is let go.
struct entry_destroyer {
  void operator()(cache_item* item) const noexcept { item->destroy(item); }
};
template <class Key, class T, class Allocator>
using own_entry = std::unique_ptr<cache_entry<Key, T, Allocator>, entry_destroyer>;

// An entry with `value`; without an object if `value` is null or empty.
template <class Key, class T, class Allocator, class K, class V>
[[nodiscard]] own_entry<Key, T, Allocator> make_entry(const block_owner<Allocator>& from, K&& key, V&& value) {
  using own = own_entry<Key, T, Allocator>;
  using absent = absent_entry<Key, T, Allocator>;
  if constexpr (means_absent<V>) {
    return own(make_in_room<absent>(from, std::forward<K>(key)));
  } else if constexpr (is_optional<V> && !std::same_as<std::remove_cvref_t<V>, T>) {
    if (!value) return own(make_in_room<absent>(from, std::forward<K>(key)));
    using source = owner_of<typename std::remove_cvref_t<V>::value_type, T>;
    return own(
        make_in_room<owning_entry<Key, T, Allocator, source>>(from, std::forward<K>(key), *std::forward<V>(value)));
  } else {
    using source = owner_of<V, T>;
    return own(
        make_in_room<owning_entry<Key, T, Allocator, source>>(from, std::forward<K>(key), std::forward<V>(value)));
  }
}

// An entry with a copy of `object`.
template <class Key, class T, class Allocator>
[[nodiscard]] own_entry<Key, T, Allocator> copy_entry(const block_owner<Allocator>& from, const Key& key,
                                                      const T& object) {
  if constexpr (has_clone<T>) {
    auto copy = make_entry<Key, T>(from, key, std::unique_ptr<T>(object.clone()));
    copy->is_by_pointer = false;  // nobody else has it
    return copy;
  } else {
    return make_entry<Key, T>(from, key, object);
  }
}

}  // namespace holdfast::inline v0::concurrent
