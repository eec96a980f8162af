// Entries of two words: keys and values of at most eight bytes lie in the bucket itself.
//
// A lookup takes one memory latency instead of two, a store makes no node and retires none. What a user holds of such
// an entry is a copy: it stays as it was read, because it is his. So there is nothing to pin, and an entry is
// the same as before if its key and value are.
//
// The names are those of a form; see sync_map_node_form.hpp.
#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

#include <holdfast/base/hash/hash.hpp>
#include <holdfast/base/lang/config.hpp>
#include <holdfast/base/reclaim/domain.hpp>
#include <holdfast/concurrent/sync_map_pair_line.hpp>
#include <holdfast/concurrent/sync_map_types.hpp>

namespace holdfast::inline v0::concurrent {

// Keys that are equal just when their bytes are.
template <class Key, class Equal>
inline constexpr bool equal_as_word =
    (std::integral<Key> || std::is_enum_v<Key> || std::is_pointer_v<Key>) && sizeof(Key) <= sizeof(std::uint64_t) &&
    (std::same_as<Equal, equal_to<Key>> || std::same_as<Equal, std::equal_to<Key>>);

// Values that are no more than their bytes.
template <class T>
inline constexpr bool copied_as_word = std::is_trivially_copyable_v<T> && std::copy_constructible<T> &&
                                       sizeof(T) <= sizeof(std::uint64_t) && alignof(T) <= alignof(std::uint64_t);

template <class Key, class T, class Hash, class Equal>
inline constexpr bool fits_in_pair =
    have_atomic_pair && equal_as_word<Key, Equal> && copied_as_word<T> && hash_cannot_throw<Hash, Key>();

// A value that fits into a word, kept as one: the bytes beyond it are zero.
template <class T>
class value_word {
 public:
  value_word() noexcept = default;
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE static value_word from_word(std::uint64_t word) noexcept {
    value_word made;
    std::memcpy(made.bytes_, &word, sizeof word);
    return made;
  }
  [[nodiscard]] static value_word of(const T& value) noexcept {
    value_word made;
    std::memcpy(made.bytes_, std::addressof(value), sizeof value);
    return made;
  }

  // memcpy has made it.
  [[nodiscard]] const T& value() const noexcept { return *std::launder(reinterpret_cast<const T*>(bytes_)); }
  [[nodiscard]] std::uint64_t word() const noexcept {
    std::uint64_t all;
    std::memcpy(&all, bytes_, sizeof all);
    return all;
  }

 private:
  alignas(std::uint64_t) std::byte bytes_[sizeof(std::uint64_t)] = {};
};

// What reclaim::pin is to a value elsewhere: the value as it was read. It holds nothing up and nothing alive.
template <class T>
class [[nodiscard]] value_pin {
 public:
  constexpr value_pin() noexcept = default;
  constexpr value_pin(std::nullptr_t) noexcept {}
  explicit value_pin(value_word<std::remove_const_t<T>> value) noexcept : value_(value), has_value_(true) {}
  value_pin(const value_pin&) = delete;
  value_pin& operator=(const value_pin&) = delete;
  value_pin(value_pin&& other) noexcept : value_(other.value_), has_value_(std::exchange(other.has_value_, false)) {}
  value_pin& operator=(value_pin&& other) noexcept {
    value_ = other.value_;
    has_value_ = std::exchange(other.has_value_, false);
    return *this;
  }
  ~value_pin() = default;

  // Inside of this pin: it moves with it.
  [[nodiscard]] T* get() const noexcept { return has_value_ ? std::addressof(value_.value()) : nullptr; }
  [[nodiscard]] T& operator*() const noexcept { return value_.value(); }
  [[nodiscard]] T* operator->() const noexcept { return std::addressof(value_.value()); }
  [[nodiscard]] explicit operator bool() const noexcept { return has_value_; }

  [[nodiscard]] value_pin dup() const noexcept { return has_value_ ? value_pin(value_) : value_pin(); }
  void reset() noexcept { has_value_ = false; }

 private:
  value_word<std::remove_const_t<T>> value_;
  bool has_value_ = false;
};

#if HOLDFAST_HAVE_ATOMIC_PAIR

// An entry, or none.
template <class Key, class T>
class pair_entry {
 public:
  pair_entry() noexcept = default;
  pair_entry(const Key& key, value_word<T> value) noexcept : key_(key), value_(value), is_there_(true) {}

  [[nodiscard]] explicit operator bool() const noexcept { return is_there_; }
  [[nodiscard]] const Key& key() const noexcept { return key_; }
  [[nodiscard]] const T& value() const noexcept { return value_.value(); }
  [[nodiscard]] value_word<T> word() const noexcept { return value_; }

  // As a pin on a node has them.
  [[nodiscard]] const pair_entry* operator->() const noexcept { return this; }
  [[nodiscard]] const pair_entry& operator*() const noexcept { return *this; }
  [[nodiscard]] const pair_entry& get() const noexcept { return *this; }

 private:
  Key key_{};
  value_word<T> value_;
  bool is_there_ = false;
};

// An entry that is not in the map yet. Gets its key first, its value later.
template <class Types>
class own_pair {
  using Key = typename Types::key_type;
  using T = typename Types::mapped_type;

 public:
  own_pair() = default;
  template <class K>
  own_pair(const typename Types::owner&, std::uint64_t, K&& key) : key_(static_cast<Key>(std::forward<K>(key))), has_key_(true) {}

  // Throws: what the value's constructor throws; then there is still the old one.
  template <class... Arguments>
  void set_value(Arguments&&... arguments) {
    value_ = value_word<T>::of(T(std::forward<Arguments>(arguments)...));
  }
  template <class Make>
  void make_value(Make& make) {
    value_ = value_word<T>::of(T(make()));
  }

  [[nodiscard]] explicit operator bool() const noexcept { return has_key_; }
  [[nodiscard]] const own_pair* operator->() const noexcept { return this; }
  [[nodiscard]] const Key& key() const noexcept { return key_; }
  [[nodiscard]] const T& value() const noexcept { return value_.value(); }
  [[nodiscard]] pair_entry<Key, T> get() const noexcept { return {key_, value_}; }
  pair_entry<Key, T> release() noexcept { return get(); }

 private:
  Key key_{};
  value_word<T> value_;
  bool has_key_ = false;
};

template <class Types>
struct pair_form {
  using key_type = typename Types::key_type;
  using mapped_type = typename Types::mapped_type;
  using hasher = typename Types::hasher;

  using line = pair_line;
  using overflow_line = pair_overflow;
  using cell = word_pair;
  using found = pair_entry<key_type, mapped_type>;
  using held = found;
  using pin_type = value_pin<const mapped_type>;
  using fresh = own_pair<Types>;

  struct marks {
    explicit marks(std::uint64_t hash) noexcept : tag(tag_of(hash)) {}
    std::uint64_t tag;
  };

  static constexpr std::size_t bytes_beside_line = 0;

  // ---- reading ----------------------------------------------------------------------------------------------
  template <class Line, class Q, class Equal>
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE static found look(const Line& in, unsigned place, std::uint64_t control, marks,
                                                         const Q& key, const Equal&) {
    const cell seen = in.read(place);
    if (seen.first != word_of(key)) [[unlikely]] return {};
    // inv hf.concurrent.found-is-published. acquire: it must be read after the pair.
    const std::uint64_t now = in.control.load(std::memory_order_acquire);
    if (tag_at(now ^ control, place) != 0) [[unlikely]] return {};
    return {key, value_word<mapped_type>::from_word(seen.second)};
  }
  template <class Line, class Visit>
  static void for_each_in(const Line& in, Visit&& visit) {
    const std::uint64_t control = in.control.load(std::memory_order_acquire);
    for (unsigned i = 0; i < Line::slots; ++i) {
      const std::uint64_t tag = tag_at(control, i);
      if (!is_entry(tag)) continue;
      const cell seen = in.read(i);
      if (tag_at(in.control.load(std::memory_order_acquire), i) == tag) visit(entry_in(seen));
    }
  }

  // The half of the line that a lookup may need later.
  HOLDFAST_ALWAYS_INLINE static void prefetch_rest(const line& in) noexcept { __builtin_prefetch(&in.pairs[4]); }
  static void prefetch_entry(const line&, marks) noexcept {}

  [[nodiscard]] HOLDFAST_ALWAYS_INLINE static held hold(reclaim::section&, const found& entry) noexcept { return entry; }
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE static pin_type pin(reclaim::section&, const found& entry) noexcept {
    return pin_type(entry.word());
  }
  [[nodiscard]] static pin_type on_value(const held& entry) noexcept { return pin_type(entry.word()); }

  // ---- writing ----------------------------------------------------------------------------------------------
  [[nodiscard]] static cell cell_of(const found& entry, marks) noexcept {
    return {word_of(entry.key()), entry.word().word()};
  }
  [[nodiscard]] static found entry_in(cell from) noexcept {
    return {key_from(from.first), value_word<mapped_type>::from_word(from.second)};
  }
  // Nobody can tell an entry that was put back from one that has stayed.
  [[nodiscard]] static bool is_same(const found& a, const found& b) noexcept {
    if (!a || !b) return static_cast<bool>(a) == static_cast<bool>(b);
    return a.key() == b.key() && a.word().word() == b.word().word();
  }
  static void retire(reclaim::domain&, const found&) noexcept {}

  template <class Move>
  static auto with_direction(unsigned bit, const hasher& hash, std::uint64_t seed, Move&& move) {
    return move([&hash, bit, seed](cell of, std::uint64_t tag) {
      const std::uint64_t has_bit = finished_hash(hash, key_from(of.first), seed) >> bit & 1;
      return (has_bit & static_cast<std::uint64_t>(is_entry(tag))) != 0;
    });
  }
  static void vacate(line&, std::uint64_t) noexcept {}

  // ---- soundness --------------------------------------------------------------------------------------------
  [[nodiscard]] static const char* broken_marks(std::uint64_t tag, cell, std::uint64_t hash) noexcept {
    return tag_of(hash) != tag ? "hf.concurrent.tag-matches-node" : nullptr;
  }
  [[nodiscard]] static const char* broken_slot(std::uint64_t tag, cell, bool) noexcept {
    return tag == link_tag ? "hf.concurrent.sign-tells-node" : nullptr;
  }

 private:
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE static std::uint64_t word_of(const key_type& key) noexcept {
    std::uint64_t word = 0;
    std::memcpy(&word, &key, sizeof key);
    return word;
  }
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE static key_type key_from(std::uint64_t word) noexcept {
    key_type key;
    std::memcpy(&key, &word, sizeof key);
    return key;
  }
};

#endif  // HOLDFAST_HAVE_ATOMIC_PAIR

}  // namespace holdfast::inline v0::concurrent
