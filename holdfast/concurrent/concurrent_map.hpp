// The vocabulary that every map for many threads speaks, as a concept, and what its members answer.
//
//   load(key)                          -> optional<T>        a copy; of a pointer_cache, as all its answers, a pin
//   pin(key)                           -> handle             const T, there as long as the handle is
//   visit(key, f)                      -> bool               f(const T&)
//   store(key, value)
//   load_or_store(key, value)          -> load_or_store_result<T>
//   load_or_make(key, make)            -> load_or_store_result<T>
//   exchange(key, value)               -> optional<T>        what was there before
//   compare_exchange(key, expected, desired) -> bool         of a pointer_cache by identity
//   compare_erase(key, expected)       -> bool
//   erase(key)                         -> bool
//   load_and_erase(key)                -> optional<T>
//   alter(key, f)                      -> bool               optional<T> f(const T*), atomic for the key
//   for_each(f), visit_many(keys, f)                         f(const Key&, const T&)
//   snapshot()                         -> vector<pair<Key, T>>
//   clear(), size(), empty(), stats(), reserve(n)
//
// Every member may be called by any number of threads at once. Each takes effect at one instant between
// its call and its return, except for_each and visit_many, where each entry has an instant of its own, and
// size, empty and stats, which may be rough while others write, unless a map says more.
// There are no iterators and no operator[]: both would answer with something that another thread may be
// taking away. `contains` is deleted for the same reason.
//
// A type that only moves can be stored, pinned, visited and altered; the members that copy it are not there.
// Maps whose values belong to nobody else give such a value away too (exchange, load_and_erase); one that
// pins without a lock cannot, because somebody may be reading it. The members that compare need operator==.
#pragma once

#include <concepts>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

namespace holdfast::inline v0 {

// What is under the key now, and whether it was there before.
template <class T>
struct load_or_store_result {
  T value;
  bool loaded;

  friend bool operator==(const load_or_store_result&, const load_or_store_result&) = default;
};

namespace concurrent {

// Callbacks to try a map's members with; never called.
template <class Key, class T>
struct example {
  static void see(const T&);
  static void see_entry(const Key&, const T&);
  static bool see_until(const Key&, const T&);
  static std::optional<T> change(const T*);
  static T make();
};

template <class Map, class Key = typename Map::key_type, class T = typename Map::mapped_type>
concept finds = requires(const Map& map, const Key& key, const std::vector<Key>& keys) {
  static_cast<bool>(map.pin(key));
  { *map.pin(key) } -> std::convertible_to<const T&>;
  { map.visit(key, &example<Key, T>::see) } -> std::same_as<bool>;
  map.for_each(&example<Key, T>::see_entry);
  map.for_each(&example<Key, T>::see_until);
  { map.visit_many(keys, &example<Key, T>::see_entry) } -> std::same_as<std::size_t>;
  { map.size() } -> std::same_as<std::size_t>;
  { map.empty() } -> std::same_as<bool>;
  map.stats();
};

template <class Map, class Key = typename Map::key_type, class T = typename Map::mapped_type>
concept changes = requires(Map& map, const Key& key, T&& value, std::size_t entries) {
  map.store(key, std::move(value));
  { map.erase(key) } -> std::same_as<bool>;
  { map.alter(key, &example<Key, T>::change) } -> std::same_as<bool>;
  map.clear();
  map.reserve(entries);
};

// A T or nothing: a copy, or a pin.
template <class Answer, class T>
concept maybe = requires(const Answer& answer) {
  static_cast<bool>(answer);
  { *answer } -> std::convertible_to<const T&>;
};
// What is there, and whether it was there before.
template <class Answer, class T>
concept loaded_or_not = requires(const Answer& answer) {
  { answer.loaded } -> std::convertible_to<bool>;
  requires std::convertible_to<decltype(answer.value), const T&> || maybe<decltype(answer.value), T>;
};

template <class Map, class Key = typename Map::key_type, class T = typename Map::mapped_type>
concept copies = requires(Map& map, const Map& same, const Key& key, const T& value) {
  { same.load(key) } -> maybe<T>;
  { map.exchange(key, value) } -> maybe<T>;
  { map.load_and_erase(key) } -> maybe<T>;
  { map.load_or_store(key, value) } -> loaded_or_not<T>;
  { map.load_or_make(key, &example<Key, T>::make) } -> loaded_or_not<T>;
} && (!std::copy_constructible<Key> || requires(const Map& same) {
  { same.snapshot() } -> std::same_as<std::vector<std::pair<Key, T>>>;
});

template <class Map, class Expected, class Key = typename Map::key_type, class T = typename Map::mapped_type>
concept compares_with = requires(Map& map, const Key& key, const Expected& expected, T&& desired) {
  { map.compare_exchange(key, expected, std::move(desired)) } -> std::same_as<bool>;
  { map.compare_erase(key, expected) } -> std::same_as<bool>;
};
// By value, or, where objects are pinned and replaced, by identity.
template <class Map>
concept compares = compares_with<Map, typename Map::mapped_type> || compares_with<Map, typename Map::pin_type>;

}  // namespace concurrent

// Whether `Map` speaks as much of the vocabulary as its values allow.
template <class Map>
concept concurrent_map =
    concurrent::finds<Map> && concurrent::changes<Map> &&
    (!std::copy_constructible<typename Map::mapped_type> || concurrent::copies<Map>) &&
    (!std::equality_comparable<typename Map::mapped_type> || concurrent::compares<Map>);

}  // namespace holdfast::inline v0
