// A key with its hash beside it, so that a sharded map hashes once: for the shard and inside the shard.
//
// The maps in the shards get a hash that knows the sharded map's seed, takes a hashed key's word for it,
// and leaves their own seed alone.
#pragma once

#include <concepts>
#include <cstdint>
#include <utility>

#include <holdfast/base/hash/hash.hpp>
#include <holdfast/base/lang/config.hpp>
#include <holdfast/table/key.hpp>

namespace holdfast::inline v0::concurrent {

// `Q` as a forwarding reference deduces it. Becomes a `Key` where an entry is made of it.
template <class Key, class Q>
struct hashed_key {
  Q&& given;
  std::uint64_t hash;

  operator Key() &&
    requires std::constructible_from<Key, Q&&>
  {
    return Key(std::forward<Q>(given));
  }
};

template <class Hash>
struct shard_hash {
  using is_transparent = void;

  template <class Q>
    requires table::hashes<Hash, Q>
  [[nodiscard]] std::uint64_t operator()(const Q& key, std::uint64_t) const noexcept(hash_cannot_throw<Hash, Q>()) {
    return finished_hash(hash, key, seed);
  }
  template <class Key, class Q>
  [[nodiscard]] std::uint64_t operator()(const hashed_key<Key, Q>& key, std::uint64_t) const noexcept {
    return key.hash;
  }

  HOLDFAST_NO_UNIQUE_ADDRESS Hash hash;
  std::uint64_t seed;
};

template <class Equal>
struct shard_equal {
  using is_transparent = void;

  template <class Key, class Q>
    requires table::compares<Equal, Key, Q>
  [[nodiscard]] bool operator()(const Key& a, const Q& b) const noexcept(noexcept(std::declval<const Equal&>()(a, b))) {
    return equal(a, b);
  }
  template <class Key, class Q>
    requires table::compares<Equal, Key, std::remove_cvref_t<Q>>
  [[nodiscard]] bool operator()(const Key& a, const hashed_key<Key, Q>& b) const
      noexcept(noexcept(std::declval<const Equal&>()(a, b.given))) {
    return equal(a, b.given);
  }

  HOLDFAST_NO_UNIQUE_ADDRESS Equal equal;
};

}  // namespace holdfast::inline v0::concurrent
