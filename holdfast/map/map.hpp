// A hash map whose growth never pauses and whose misuse is reported.
//
// Use it where std::unordered_map is used, by one thread at a time or by many readers. Do not use it
// where several threads write (the maps of room `concurrent`), where entries must be ordered, or where
// plain pointers to values are kept for long: then take map<K, T, ..., stable<fast_growth>>, whose
// entries never move, or look the key up again.
//
// What an insert costs is bounded: at most one old bucket of 16 is moved, and nothing is ever allocated,
// cleared or freed in proportion to the size. Everything else is as std::unordered_map has it, with the
// differences listed in docs/compliance.md. Above all:
//   - only inserting a *new* key moves entries (std: none ever; open addressing: now and then, all);
//   - walks stay valid through everything but clear, shrink_to_fit, rehash and the end of the map;
//   - strings are looked up by std::string_view and literals without making a string.
#pragma once

#include <initializer_list>
#include <memory>
#include <tuple>
#include <type_traits>
#include <utility>

#include <holdfast/base/hash/hash.hpp>
#include <holdfast/base/lang/optional_ref.hpp>
#include <holdfast/base/lang/raise.hpp>
#include <holdfast/map/container.hpp>
#include <holdfast/map/ref.hpp>

namespace holdfast::inline v0 {

template <class Key, class T, class Hash, class Equal, class Allocator, class Policy>
using map_types = table::types<table::map_entry<Key, T>, Hash, Equal, Allocator, Policy>;

template <class Key, class T, class Hash = hash<Key>, class Equal = equal_to<Key>,
          class Allocator = std::allocator<std::pair<const Key, T>>, class Policy = fast_growth>
class map : public container<map_types<Key, T, Hash, Equal, Allocator, Policy>> {
  using base = container<map_types<Key, T, Hash, Equal, Allocator, Policy>>;
  using carried = typename base::carried;
  using location = typename base::location;
  using slot = typename base::slot;

 protected:
  using base::table_;

 public:
  using mapped_type = T;
  using allocator_type = typename base::allocator_type;
  using const_iterator = typename base::const_iterator;
  using hasher = typename base::hasher;
  using iterator = typename base::iterator;
  using key_equal = typename base::key_equal;
  using key_type = typename base::key_type;
  using size_type = typename base::size_type;
  using value_type = typename base::value_type;

  // ---- making and assigning ---------------------------------------------------------------------------
  map() : map(0) {}
  explicit map(const Allocator& memory) : map(0, Hash(), Equal(), memory) {}
  // Room for `entries`; 0 allocates nothing.
  explicit map(size_type entries, const Hash& hash = Hash(), const Equal& equal = Equal(),
               const Allocator& memory = Allocator())
      : base(entries, hash, equal, memory) {}
  map(size_type entries, const Allocator& memory) : map(entries, Hash(), Equal(), memory) {}
  map(size_type entries, const Hash& hash, const Allocator& memory) : map(entries, hash, Equal(), memory) {}

  template <std::input_iterator Iterator>
  map(Iterator first, Iterator last, size_type entries = 0, const Hash& hash = Hash(), const Equal& equal = Equal(),
      const Allocator& memory = Allocator())
      : map(entries, hash, equal, memory) {
    insert(first, last);
  }
  template <std::input_iterator Iterator>
  map(Iterator first, Iterator last, size_type entries, const Allocator& memory)
      : map(first, last, entries, Hash(), Equal(), memory) {}
  map(std::initializer_list<value_type> values, size_type entries = 0, const Hash& hash = Hash(),
      const Equal& equal = Equal(), const Allocator& memory = Allocator())
      : map(values.begin(), values.end(), entries, hash, equal, memory) {}
  template <std::input_iterator Iterator>
  map(Iterator first, Iterator last, size_type entries, const Hash& hash, const Allocator& memory)
      : map(first, last, entries, hash, Equal(), memory) {}
  map(std::initializer_list<value_type> values, size_type entries, const Allocator& memory)
      : map(values, entries, Hash(), Equal(), memory) {}
  map(std::initializer_list<value_type> values, size_type entries, const Hash& hash, const Allocator& memory)
      : map(values, entries, hash, Equal(), memory) {}

  map(const map& other) : base(other) {}
  map(const map& other, const std::type_identity_t<Allocator>& memory) : base(other, memory) {}
  map(map&& other) noexcept = default;
  map(map&& other, const std::type_identity_t<Allocator>& memory) : base(std::move(other), memory) {}
  map& operator=(const map& other) = default;
  map& operator=(map&& other) = default;
  map& operator=(std::initializer_list<value_type> values) {
    map fresh(values, 0, this->hash_function(), this->key_eq(), this->get_allocator());
    table_.assign(std::move(fresh.table_));
    return *this;
  }
  ~map() = default;

  [[nodiscard]] map clone() const { return *this; }
  void swap(map& other) noexcept { this->swap_with(other); }
  friend void swap(map& a, map& b) noexcept { a.swap(b); }

  // ---- lookup -----------------------------------------------------------------------------------------
  // The value under `key`, or nothing.
  //
  //   if (auto age = ages.get("ann")) *age += 1;
  template <class Q = Key>
    requires key_for<Q, base>
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE optional_ref<T> get(const Q& key) HOLDFAST_LIFETIMEBOUND {
    const location found = table_.find(base::as_key(key));
    if (!found) return {};
    return found.found->value().second;
  }
  template <class Q = Key>
    requires key_for<Q, base>
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE optional_ref<const T> get(const Q& key) const HOLDFAST_LIFETIMEBOUND {
    const location found = table_.find(base::as_key(key));
    if (!found) return {};
    return std::as_const(found.found->value().second);
  }
  // A reference to the value under `key` that knows what becomes of it; empty if it is not there. Of maps with a
  // checked<> policy only: see ref.hpp. Counts as a write. Throws: bad_alloc, and the map is as it was.
  template <class Q = Key>
    requires key_for<Q, base>
  [[nodiscard]] auto ref(const Q& key) {
    static_assert(table::is_checked_policy<Policy>,
                  "holdfast: map::ref needs a map that is checked: map<Key, T, Hash, Equal, Allocator, "
                  "checked<fast_growth>>, or checked_map<Key, T>");
    return holdfast::ref<T, Policy::rules>(table_.refer(base::as_key(key)));
  }
  // A copy of the value under `key`, or `otherwise`.
  template <class Q = Key, class Default = T>
    requires key_for<Q, base>
  [[nodiscard]] T get_or(const Q& key, Default&& otherwise) const {
    const location found = table_.find(base::as_key(key));
    return found ? std::as_const(found.found->value().second) : static_cast<T>(std::forward<Default>(otherwise));
  }
  // Calls `use(value)` if `key` is there; whether it was.
  template <class Q = Key, class Use>
    requires key_for<Q, base>
  bool visit(const Q& key, Use&& use) {
    const location found = table_.find(base::as_key(key));
    if (found) std::forward<Use>(use)(found.found->value().second);
    return static_cast<bool>(found);
  }
  template <class Q = Key, class Use>
    requires key_for<Q, base>
  bool visit(const Q& key, Use&& use) const {
    const location found = table_.find(base::as_key(key));
    if (found) std::forward<Use>(use)(std::as_const(found.found->value().second));
    return static_cast<bool>(found);
  }
  // Throws: std::out_of_range.
  template <class Q = Key>
    requires key_for<Q, base>
  [[nodiscard]] T& at(const Q& key) HOLDFAST_LIFETIMEBOUND {
    const location found = table_.find(base::as_key(key));
    if (!found) [[unlikely]] raise_out_of_range("holdfast::map::at: no such key");
    return found.found->value().second;
  }
  template <class Q = Key>
    requires key_for<Q, base>
  [[nodiscard]] const T& at(const Q& key) const HOLDFAST_LIFETIMEBOUND {
    return const_cast<map&>(*this).at(key);
  }

  // ---- insertion --------------------------------------------------------------------------------------
  // Invalidates, if the key is new: light iterators and, unless boxed, pointers to entries. A key that
  // is there moves nothing. The key that is there is kept.
  HOLDFAST_ALWAYS_INLINE T& operator[](const Key& key) HOLDFAST_LIFETIMEBOUND {
    return place(key, key).where.found->value().second;
  }
  HOLDFAST_ALWAYS_INLINE T& operator[](Key&& key) HOLDFAST_LIFETIMEBOUND {
    return place(key, std::move(key)).where.found->value().second;
  }
  template <class Q>
    requires(key_for<Q, base> && !std::same_as<std::remove_cvref_t<Q>, Key> && std::constructible_from<Key, Q &&>)
  HOLDFAST_ALWAYS_INLINE T& operator[](Q&& key) HOLDFAST_LIFETIMEBOUND {
    return place(key, std::forward<Q>(key)).where.found->value().second;
  }

  template <class... Args>
  HOLDFAST_ALWAYS_INLINE std::pair<iterator, bool> try_emplace(const Key& key, Args&&... args) {
    return told(place(key, key, std::forward<Args>(args)...));
  }
  template <class... Args>
  HOLDFAST_ALWAYS_INLINE std::pair<iterator, bool> try_emplace(Key&& key, Args&&... args) {
    return told(place(key, std::move(key), std::forward<Args>(args)...));
  }
  template <class Q, class... Args>
    requires(key_for<Q, base> && !std::same_as<std::remove_cvref_t<Q>, Key> && std::constructible_from<Key, Q &&> &&
             !std::convertible_to<Q &&, const_iterator>)
  HOLDFAST_ALWAYS_INLINE std::pair<iterator, bool> try_emplace(Q&& key, Args&&... args) {
    return told(place(key, std::forward<Q>(key), std::forward<Args>(args)...));
  }
  template <class Q, class... Args>
    requires(key_for<Q, base> && std::constructible_from<Key, Q &&>)
  iterator try_emplace(const_iterator, Q&& key, Args&&... args) {
    return try_emplace(std::forward<Q>(key), std::forward<Args>(args)...).first;
  }

  HOLDFAST_ALWAYS_INLINE std::pair<iterator, bool> insert(const value_type& value) { return try_emplace(value.first, value.second); }
  std::pair<iterator, bool> insert(value_type&& value) { return try_emplace(value.first, std::move(value.second)); }
  template <class P>
    requires std::constructible_from<value_type, P&&>
  std::pair<iterator, bool> insert(P&& value) {
    return emplace(std::forward<P>(value));
  }
  iterator insert(const_iterator, const value_type& value) { return insert(value).first; }
  iterator insert(const_iterator, value_type&& value) { return insert(std::move(value)).first; }
  template <class P>
    requires std::constructible_from<value_type, P&&>
  iterator insert(const_iterator, P&& value) {
    return insert(std::forward<P>(value)).first;
  }
  template <std::input_iterator Iterator>
  void insert(Iterator first, Iterator last) {
    for (; first != last; ++first) emplace(*first);
  }
  void insert(std::initializer_list<value_type> values) { insert(values.begin(), values.end()); }

  template <class... Args>
  std::pair<iterator, bool> emplace(Args&&... args) {
    if constexpr (starts_with_key<Args...>()) {
      return try_emplace(std::forward<Args>(args)...);
    } else {
      carried made(table_);
      made.make(std::forward<Args>(args)...);
      const Key& key = made.content().value().first;
      return told(table_.find_or_insert(key, [&](slot& room) { made.give(room); }));
    }
  }
  template <class... Args>
  iterator emplace_hint(const_iterator, Args&&... args) {
    return emplace(std::forward<Args>(args)...).first;
  }

  template <class Q = Key, class M = T>
    requires(key_for<Q, base> && std::constructible_from<Key, Q &&> && std::assignable_from<T&, M &&>)
  std::pair<iterator, bool> insert_or_assign(Q&& key, M&& value) {
    return told(table_.find_or_insert(
        base::as_key(key),
        [&](slot& room) { build(room, std::forward<Q>(key), std::forward<M>(value)); },
        [&](slot& present) {
          present.value().second = std::forward<M>(value);
          if constexpr (ends_overwritten<Policy>()) table_.tell_overwritten(present);
        }));
  }
  template <class Q = Key, class M = T>
    requires(key_for<Q, base> && std::constructible_from<Key, Q &&> && std::assignable_from<T&, M &&>)
  iterator insert_or_assign(const_iterator, Q&& key, M&& value) {
    return insert_or_assign(std::forward<Q>(key), std::forward<M>(value)).first;
  }

  // ---- erasure ----------------------------------------------------------------------------------------
  // Erases the entry under `key` and returns its value, or nothing.
  template <class Q = Key>
    requires key_for<Q, base>
  [[nodiscard]] std::optional<T> take(const Q& key) {
    carried out(table_);
    if (!table_.extract(base::as_key(key), out)) return std::nullopt;
    return std::move(out.content().value().second);
  }

  // The same keys with equal values, in whatever order.
  [[nodiscard]] friend bool operator==(const map& a, const map& b) {
    if (a.size() != b.size()) return false;
    for (const auto& [key, value] : a) {
      const auto other = b.get(key);
      if (!other || !(*other == value)) return false;
    }
    return true;
  }

 private:
  // Whether emplace's arguments are a key and one more, so that nothing need be built to look it up.
  template <class First = void, class... Rest>
  static consteval bool starts_with_key() {
    return std::same_as<std::remove_cvref_t<First>, Key> && sizeof...(Rest) == 1;
  }

  template <class P>
  static consteval bool ends_overwritten() {
    if constexpr (table::is_checked_policy<P>) return P::rules.overwritten == when_overwritten::ends;
    return false;
  }

  template <class Q, class... Args>
  void build(slot& room, Q&& key, Args&&... args) {
    auto memory = table_.memory();
    room.make(memory, std::piecewise_construct, std::forward_as_tuple(std::forward<Q>(key)),
              std::forward_as_tuple(std::forward<Args>(args)...));
  }
  template <class L, class Q, class... Args>
  HOLDFAST_ALWAYS_INLINE auto place(const L& key, Q&& made_of, Args&&... args) {
    return table_.find_or_insert(base::as_key(key), [&](slot& room) {
      build(room, std::forward<Q>(made_of), std::forward<Args>(args)...);
    });
  }
  template <class Result>
  std::pair<iterator, bool> told(const Result& result) const {
    return {this->template light<iterator>(result.where), result.inserted};
  }
};

// A map whose references know what has become of their entries.
template <class Key, class T, reference_rules Rules = reference_rules{}, class Hash = hash<Key>,
          class Equal = equal_to<Key>, class Allocator = std::allocator<std::pair<const Key, T>>>
using checked_map = map<Key, T, Hash, Equal, Allocator, checked<fast_growth, Rules>>;

template <std::input_iterator Iterator>
map(Iterator, Iterator) -> map<std::remove_const_t<typename std::iter_value_t<Iterator>::first_type>,
                               typename std::iter_value_t<Iterator>::second_type>;
template <class Key, class T>
map(std::initializer_list<std::pair<Key, T>>) -> map<std::remove_const_t<Key>, T>;

}  // namespace holdfast::inline v0
