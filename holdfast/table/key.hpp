// What can be a key, said so that a compiler's refusal can be read.
#pragma once

#include <concepts>
#include <cstddef>
#include <type_traits>

#include <holdfast/base/hash/hash.hpp>

namespace holdfast::inline v0::table {

template <class Hash, class Key>
concept hashes = seeded_hash_for<Hash, Key> || requires(const Hash& hash, const Key& key) {
  { hash(key) } -> std::convertible_to<std::size_t>;
};

template <class Equal, class Key, class Q = Key>
concept compares = requires(const Equal& equal, const Key& key, const Q& q) {
  { equal(key, q) } -> std::convertible_to<bool>;
};

// A type can be a key if it can be hashed and compared for equality; a mutable container by value, a
// function or a lambda cannot. To make your own type one, give it operator== and a hash.
template <class Key, class Hash, class Equal>
concept key_type = std::is_object_v<Key> && !std::is_const_v<Key> && std::destructible<Key> &&
                   hashes<Hash, Key> && compares<Equal, Key>;

template <class Hash, class Equal>
concept transparent = requires {
  typename Hash::is_transparent;
  typename Equal::is_transparent;
};

// What a keyed member takes: the key itself, or anything the transparent hash and equality take.
template <class Q, class Key, class Hash, class Equal>
concept lookup_key_for = std::same_as<std::remove_cvref_t<Q>, Key> ||
                         (transparent<Hash, Equal> && hashes<Hash, std::remove_cvref_t<Q>> &&
                          compares<Equal, Key, std::remove_cvref_t<Q>>);

}  // namespace holdfast::inline v0::table
