// A pointer_cache as the suite of all maps for many threads asks it: its own words, with copies of the objects for
// answers instead of pins, and values to compare with instead of objects.
#pragma once

#include <chrono>
#include <concepts>
#include <optional>
#include <utility>

#include <holdfast/concurrent/pointer_cache.hpp>

namespace holdfast::tests {

template <class Key, class T, class Hash, class Equal, class Allocator, bool HasQueue>
class cache_of_values : public pointer_cache<Key, T, Hash, Equal, Allocator> {
  using pin_type = typename pointer_cache<Key, T, Hash, Equal, Allocator>::pin_type;

 public:
  using cache = pointer_cache<Key, T, Hash, Equal, Allocator>;

  // With a queue no entry leaves by itself in the time of a test.
  explicit cache_of_values(const Allocator& memory = Allocator())
      : cache(HasQueue ? typename cache::options{.capacity = 1'000'000, .time_to_live = std::chrono::hours(1)}
                       : typename cache::options(),
              memory) {}

  template <class Q = Key>
    requires std::copy_constructible<T>
  [[nodiscard]] std::optional<T> load(const Q& key) const {
    return copy_of(cache::load(key));
  }
  template <class Q = Key, class M = T>
  void store(const Q& key, M&& value) {
    cache::store(key, T(std::forward<M>(value)));
  }
  template <class Q = Key, class M = T>
    requires std::copy_constructible<T>
  load_or_store_result<T> load_or_store(const Q& key, M&& value) {
    const auto answer = cache::load_or_store(key, T(std::forward<M>(value)));
    return {*answer.value, answer.loaded};
  }
  template <class Q = Key, class Make>
    requires std::copy_constructible<T>
  load_or_store_result<T> load_or_make(const Q& key, Make&& make) {
    const auto answer = cache::load_or_make(key, std::forward<Make>(make));
    return {*answer.value, answer.loaded};
  }
  template <class Q = Key, class M = T>
    requires std::copy_constructible<T>
  [[nodiscard]] std::optional<T> exchange(const Q& key, M&& value) {
    return copy_of(cache::exchange(key, T(std::forward<M>(value))));
  }
  template <class Q = Key>
    requires std::copy_constructible<T>
  [[nodiscard]] std::optional<T> load_and_erase(const Q& key) {
    return copy_of(cache::load_and_erase(key));
  }
  template <class Q = Key, class M = T>
    requires std::equality_comparable<T>
  [[nodiscard]] bool compare_exchange(const Q& key, const T& expected, M&& desired) {
    while (true) {
      const pin_type there = cache::load(key);
      if (!there || !(*there == expected)) return false;
      if (cache::compare_exchange(key, there, T(desired))) return true;
    }
  }
  template <class Q = Key>
    requires std::equality_comparable<T>
  bool compare_erase(const Q& key, const T& expected) {
    while (true) {
      const pin_type there = cache::load(key);
      if (!there || !(*there == expected)) return false;
      if (cache::compare_erase(key, there)) return true;
    }
  }

 private:
  [[nodiscard]] static std::optional<T> copy_of(const pin_type& found) {
    return found ? std::optional<T>(*found) : std::nullopt;
  }
};

}  // namespace holdfast::tests
