// The default hash of a key and the default equality, and how any other hash joins them.
//
// `hash<K>` takes a seed beside the key, so that every map orders its keys in its own way and nobody
// outside can prepare keys that fall together. A hash that takes no seed (std::hash, a user's own) is
// finished with one multiplication under the map's seed; it need not be a good one.
//
// Floating point: +0 and -0 hash alike because they compare alike; each NaN hashes at random because it
// equals nothing, so that a million of them do not pile up in one bucket.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <holdfast/base/hash/bytes.hpp>
#include <holdfast/base/hash/mix.hpp>
#include <holdfast/base/hash/random.hpp>

namespace holdfast::inline v0 {

template <class Hash, class Q>
concept seeded_hash_for = requires(const Hash& hash, const Q& key, std::uint64_t seed) {
  { hash(key, seed) } -> std::same_as<std::uint64_t>;
};

template <class Hash, class Q>
[[nodiscard]] consteval bool hash_cannot_throw() {
  if constexpr (seeded_hash_for<Hash, Q>) {
    return noexcept(std::declval<const Hash&>()(std::declval<const Q&>(), std::uint64_t{}));
  } else {
    return noexcept(std::declval<const Hash&>()(std::declval<const Q&>()));
  }
}

// `key`'s hash under `seed`, all 64 bits usable, whatever kind of hash it is.
template <class Hash, class Q>
[[nodiscard]] inline std::uint64_t finished_hash(const Hash& hash, const Q& key,
                                                 std::uint64_t seed) noexcept(hash_cannot_throw<Hash, Q>()) {
  if constexpr (seeded_hash_for<Hash, Q>) {
    return hash(key, seed);
  } else {
    return mix_word(static_cast<std::uint64_t>(hash(key)), seed);
  }
}

// Any key std::hash knows.
template <class Key>
struct hash {
  [[nodiscard]] std::size_t operator()(const Key& key) const noexcept(noexcept(std::hash<Key>{}(key)))
    requires requires { std::hash<Key>{}(key); }
  {
    return std::hash<Key>{}(key);
  }
};

template <class Key>
  requires(std::integral<Key> || std::is_enum_v<Key> || std::is_pointer_v<Key>)
struct hash<Key> {
  [[nodiscard]] std::uint64_t operator()(Key key, std::uint64_t seed) const noexcept {
    if constexpr (std::is_pointer_v<Key>) {
      return mix_word(reinterpret_cast<std::uintptr_t>(key), seed);
    } else if constexpr (sizeof(Key) > sizeof(std::uint64_t)) {
      return mix_word(static_cast<std::uint64_t>(key >> 64), mix_word(static_cast<std::uint64_t>(key), seed));
    } else {
      return mix_word(static_cast<std::uint64_t>(key), seed);
    }
  }
  [[nodiscard]] std::size_t operator()(Key key) const noexcept { return (*this)(key, 0); }
};

template <std::floating_point Key>
struct hash<Key> {
  [[nodiscard]] std::uint64_t operator()(Key key, std::uint64_t seed) const noexcept {
    if (key != key) return random_word();
    return mix_word(std::hash<Key>{}(key), seed);
  }
  [[nodiscard]] std::size_t operator()(Key key) const noexcept { return (*this)(key, 0); }
};

// All spellings of one text hash alike, so a map of strings is searched with a view or a literal.
struct string_hash {
  using is_transparent = void;

  [[nodiscard]] std::uint64_t operator()(std::string_view text, std::uint64_t seed) const noexcept {
    return hash_bytes(text.data(), text.size(), seed);
  }
  [[nodiscard]] std::size_t operator()(std::string_view text) const noexcept { return (*this)(text, 0); }
};

template <class Traits, class Allocator>
struct hash<std::basic_string<char, Traits, Allocator>> : string_hash {};
template <class Traits>
struct hash<std::basic_string_view<char, Traits>> : string_hash {};

template <class Key>
struct equal_to {
  [[nodiscard]] constexpr bool operator()(const Key& a, const Key& b) const noexcept(noexcept(a == b))
    requires requires { { a == b } -> std::convertible_to<bool>; }
  {
    return a == b;
  }
};

struct string_equal {
  using is_transparent = void;

  [[nodiscard]] bool operator()(std::string_view a, std::string_view b) const noexcept {
    return a.size() == b.size() && equal_bytes(a.data(), b.data(), a.size());
  }
};

template <class Traits, class Allocator>
struct equal_to<std::basic_string<char, Traits, Allocator>> : string_equal {};
template <class Traits>
struct equal_to<std::basic_string_view<char, Traits>> : string_equal {};

}  // namespace holdfast::inline v0
