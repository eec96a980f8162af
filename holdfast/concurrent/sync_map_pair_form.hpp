// Entries of two words: keys and values of at most eight bytes lie in the bucket itself.
//
// A lookup takes one memory latency instead of two, a store makes no node and retires none. What a user holds of such
// an entry is a copy: it stays as it was read, because it is his. So there is nothing to pin, and an entry is
// the same as before if its key and value are.
//
// The names are those of a form; see sync_map_node_form.hpp.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <type_traits>
#include <utility>

#include <holdfast/base/hash/hash.hpp>
#include <holdfast/base/lang/config.hpp>
#include <holdfast/base/reclaim/domain.hpp>
#include <holdfast/concurrent/sync_map_pair_line.hpp>
#include <holdfast/concurrent/sync_map_types.hpp>
#include <holdfast/concurrent/sync_map_word.hpp>

namespace holdfast::inline v0::concurrent {

// Keys that are equal just when their bytes are; of enumerations see fits_in_pair.
template <class Key, class Equal>
inline constexpr bool equal_as_word =
    (std::integral<Key> || std::is_enum_v<Key> || std::is_pointer_v<Key>) && sizeof(Key) <= sizeof(std::uint64_t) &&
    (std::same_as<Equal, equal_to<Key>> || std::same_as<Equal, std::equal_to<Key>>);

// An enumeration may have an operator== of its own. With the default hash it cannot mean more than equal bytes; with
// another hash it may.
template <class Key, class T, class Hash, class Equal>
inline constexpr bool fits_in_pair =
    have_atomic_pair && equal_as_word<Key, Equal> && copied_as_word<T> && hash_cannot_throw<Hash, Key>() &&
    (!std::is_enum_v<Key> || std::same_as<Hash, hash<Key>>);

#if HOLDFAST_HAVE_ATOMIC_PAIR

// An entry, or none. Words, so that it stays in registers.
template <class Key, class T>
class pair_entry {
 public:
  pair_entry() noexcept = default;
  explicit pair_entry(word_pair words) noexcept : key_(words.first), value_(words.second), is_there_(1) {}

  [[nodiscard]] explicit operator bool() const noexcept { return is_there_ != 0; }
  [[nodiscard]] Key key() const noexcept { return from_word<Key>(key_); }
  [[nodiscard]] T value() const noexcept { return from_word<T>(value_); }
  [[nodiscard]] word_pair words() const noexcept { return {key_, value_}; }

  // As a pin on a node has them.
  [[nodiscard]] const pair_entry* operator->() const noexcept { return this; }
  [[nodiscard]] const pair_entry& operator*() const noexcept { return *this; }
  [[nodiscard]] const pair_entry& get() const noexcept { return *this; }

 private:
  std::uint64_t key_ = 0;
  std::uint64_t value_ = 0;
  std::uint64_t is_there_ = 0;
};

// An entry that is not in the map yet. Gets its key first, its value later.
template <class Types>
class own_pair {
  using Key = typename Types::key_type;
  using T = typename Types::mapped_type;

 public:
  own_pair() = default;
  template <class K>
  own_pair(const typename Types::owner&, std::uint64_t, K&& key)
      : key_(static_cast<Key>(std::forward<K>(key))), has_key_(true) {}

  // Throws: what the value's constructor throws; then there is still the old one.
  template <class... Arguments>
  void set_value(Arguments&&... arguments) {
    value_ = as_word<T>(T(std::forward<Arguments>(arguments)...));
  }
  template <class Make>
  void make_value(Make& make) {
    value_ = as_word<T>(T(make()));
  }

  [[nodiscard]] explicit operator bool() const noexcept { return has_key_; }
  [[nodiscard]] const own_pair* operator->() const noexcept { return this; }
  [[nodiscard]] const Key& key() const noexcept { return key_; }
  [[nodiscard]] T value() const noexcept { return from_word<T>(value_); }
  [[nodiscard]] pair_entry<Key, T> get() const noexcept { return pair_entry<Key, T>({as_word(key_), value_}); }
  pair_entry<Key, T> release() noexcept { return get(); }

 private:
  Key key_{};
  std::uint64_t value_ = 0;
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
  struct answer {
    std::uint64_t value = 0;
    bool is_there = false;
  };
  using held = found;
  using pin_type = value_pin<const mapped_type>;
  using fresh = own_pair<Types>;

  struct marks {
    explicit marks(std::uint64_t hash) noexcept : tags(tags_of(hash)) {}
    [[nodiscard]] std::uint64_t tag() const noexcept { return tags & 0xff; }
    std::uint64_t tags;  // seven times over
  };

  static constexpr bool node_stays = false;  // there is none
  static constexpr std::size_t bytes_beside_line = 0;
  static constexpr bool ends_unseen = has_no_state<typename Types::allocator>;
  // One bucket in fifteen has an overflow line. Fewer entries make a larger table, more of them chains: from 7 to 10
  // lookups of a million entries are the same within the noise.
  static constexpr std::uint64_t entries_per_two_buckets = 8;

  // ---- reading ----------------------------------------------------------------------------------------------
  template <bool AtSight = false, class Line, class Q, class Equal>
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE static found look(const Line& in, unsigned place, std::uint64_t control, marks,
                                                         const Q& key, const Equal&) {
    const cell seen = AtSight ? in.read_at_sight(place) : in.read(place);
    if (seen.first != as_word<key_type>(key)) [[unlikely]] return {};
    // inv hf.concurrent.found-is-published. After the pair, by the acquire of that. acquire: who finds the tag gone sees
    // where the entry went, and that its bucket was split.
    const std::uint64_t now = in.control.load(std::memory_order_acquire);
    if (now == control || tag_at(now ^ control, place) == 0) [[likely]] return found(seen);
    return {};
  }
  [[nodiscard]] static answer to_answer(const found& entry) noexcept {
    return {entry.words().second, static_cast<bool>(entry)};
  }
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE static found from_answer(const key_type& key, answer given) noexcept {
    return given.is_there ? found({as_word(key), given.value}) : found{};
  }
  template <class Line, class Visit>
  static void for_each_in(const Line& in, Visit&& visit) {
    const std::uint64_t control = in.control.load(std::memory_order_acquire);
    for (unsigned i = 0; i < Line::slots; ++i) {
      const std::uint64_t tag = tag_at(control, i);
      if (!is_entry(tag)) continue;
      const cell seen = in.read(i);
      // acquire: as in look().
      if (tag_at(in.control.load(std::memory_order_acquire), i) == tag) visit(entry_in(seen));
    }
  }

  // The half of the line that a lookup may need later.
  HOLDFAST_ALWAYS_INLINE static void prefetch_rest(const line& in) noexcept { __builtin_prefetch(&in.pairs[4]); }
  static void prefetch_entry(const line&, marks) noexcept {}

  [[nodiscard]] HOLDFAST_ALWAYS_INLINE static held hold(reclaim::section&, const found& entry) noexcept { return entry; }
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE static pin_type pin(reclaim::section&, const found& entry) noexcept {
    return pin_type(entry.value());
  }
  [[nodiscard]] static pin_type on_value(const held& entry) noexcept { return pin_type(entry.value()); }

  // ---- writing ----------------------------------------------------------------------------------------------
  [[nodiscard]] static cell cell_of(const found& entry, marks) noexcept { return entry.words(); }
  [[nodiscard]] static found entry_in(cell from) noexcept { return found(from); }
  // Nobody can tell an entry that was put back from one that has stayed.
  [[nodiscard]] static bool is_same(const found& a, const found& b) noexcept {
    return static_cast<bool>(a) == static_cast<bool>(b) && a.words() == b.words();
  }
  template <class Line>
  [[nodiscard]] static found replace(Line& in, unsigned place, fresh& from, marks) noexcept {
    in.write(place, from.get().words());
    return {};
  }
  static void retire(reclaim::domain&, const found&) noexcept {}

  template <class Move>
  static auto with_direction(unsigned bit, const hasher& hash, std::uint64_t seed, Move&& move) {
    return move([&hash, bit, seed](cell of, std::uint64_t tag) {
      const std::uint64_t has_bit = finished_hash(hash, from_word<key_type>(of.first), seed) >> bit & 1;
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
};

#endif  // HOLDFAST_HAVE_ATOMIC_PAIR

}  // namespace holdfast::inline v0::concurrent
