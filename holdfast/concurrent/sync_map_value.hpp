// The value inside a node: an object with a life of its own, or a word that is written in place.
//
// A node has its key first and its value later, so both begin without one.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>

#include <holdfast/base/lang/config.hpp>
#include <holdfast/concurrent/sync_map_word.hpp>

namespace holdfast::inline v0::concurrent {

// An object: never changed while the node can be reached.
template <class T>
class object_value {
 public:
  object_value() noexcept {}
  ~object_value() {}  // the node's allocator ends it
  object_value(const object_value&) = delete;
  object_value& operator=(const object_value&) = delete;

  [[nodiscard]] const T& get() const noexcept { return value_; }

  // Throws: what the constructor throws.
  template <class Allocator, class... Arguments>
  void begin(Allocator memory, Arguments&&... arguments) {
    std::allocator_traits<Allocator>::construct(memory, std::addressof(value_), std::forward<Arguments>(arguments)...);
  }
  // What `make` returns, built in its place: it need not be movable.
  template <class Make>
  void begin_made(Make& make) {
    ::new (static_cast<void*>(std::addressof(value_))) T(make());
  }
  template <class Allocator>
  void end(Allocator memory) noexcept {
    std::allocator_traits<Allocator>::destroy(memory, std::addressof(value_));
  }

 private:
  union {
    T value_;
  };
};

// A word: written by who holds the bucket's lock, read by anybody.
template <class T>
class word_value {
 public:
  [[nodiscard]] T get() const noexcept { return from_word<T>(word()); }
  // acquire: pairs with the release in set(); what a pointer leads to is there to be seen.
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE std::uint64_t word() const noexcept { return word_.load(std::memory_order_acquire); }
  void set(std::uint64_t word) noexcept { word_.store(word, std::memory_order_release); }

  template <class Allocator, class... Arguments>
  void begin(const Allocator&, Arguments&&... arguments) {
    set(as_word<T>(T(std::forward<Arguments>(arguments)...)));
  }
  template <class Make>
  void begin_made(Make& make) {
    set(as_word<T>(T(make())));
  }
  template <class Allocator>
  void end(const Allocator&) noexcept {}

 private:
  std::atomic<std::uint64_t> word_{0};
};

// References are to an object that stays as it is.
template <class Types>
inline constexpr bool has_word_value = copied_as_word<typename Types::mapped_type> && !Types::gives_references;

template <class Types>
using value_in_node = std::conditional_t<has_word_value<Types>, word_value<typename Types::mapped_type>,
                                         object_value<typename Types::mapped_type>>;

}  // namespace holdfast::inline v0::concurrent
