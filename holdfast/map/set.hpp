// A hash set with the growth and the reports of `map` (map.hpp); its elements are constant.
#pragma once

#include <initializer_list>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include <holdfast/base/hash/hash.hpp>
#include <holdfast/map/container.hpp>

namespace holdfast::inline v0 {

template <class Key, class Hash, class Equal, class Allocator, class Policy>
using set_types = table::types<table::set_entry<Key>, Hash, Equal, Allocator, Policy>;

template <class Key, class Hash = hash<Key>, class Equal = equal_to<Key>, class Allocator = std::allocator<Key>,
          class Policy = fast_growth>
class set : public container<set_types<Key, Hash, Equal, Allocator, Policy>> {
  using base = container<set_types<Key, Hash, Equal, Allocator, Policy>>;
  using carried = typename base::carried;
  using slot = typename base::slot;
  using base::table_;

 public:
  using allocator_type = typename base::allocator_type;
  using const_iterator = typename base::const_iterator;
  using hasher = typename base::hasher;
  using iterator = typename base::iterator;
  using key_equal = typename base::key_equal;
  using key_type = typename base::key_type;
  using size_type = typename base::size_type;
  using value_type = typename base::value_type;

  set() : set(0) {}
  explicit set(const Allocator& memory) : set(0, Hash(), Equal(), memory) {}
  // Room for `entries`; 0 allocates nothing.
  explicit set(size_type entries, const Hash& hash = Hash(), const Equal& equal = Equal(),
               const Allocator& memory = Allocator())
      : base(entries, hash, equal, memory) {}
  set(size_type entries, const Allocator& memory) : set(entries, Hash(), Equal(), memory) {}
  template <std::input_iterator Iterator>
  set(Iterator first, Iterator last, size_type entries = 0, const Hash& hash = Hash(), const Equal& equal = Equal(),
      const Allocator& memory = Allocator())
      : set(entries, hash, equal, memory) {
    insert(first, last);
  }
  set(std::initializer_list<value_type> values, size_type entries = 0, const Hash& hash = Hash(),
      const Equal& equal = Equal(), const Allocator& memory = Allocator())
      : set(values.begin(), values.end(), entries, hash, equal, memory) {}
  set(size_type entries, const Hash& hash, const Allocator& memory) : set(entries, hash, Equal(), memory) {}
  template <std::input_iterator Iterator>
  set(Iterator first, Iterator last, size_type entries, const Allocator& memory)
      : set(first, last, entries, Hash(), Equal(), memory) {}
  template <std::input_iterator Iterator>
  set(Iterator first, Iterator last, size_type entries, const Hash& hash, const Allocator& memory)
      : set(first, last, entries, hash, Equal(), memory) {}
  set(std::initializer_list<value_type> values, size_type entries, const Allocator& memory)
      : set(values, entries, Hash(), Equal(), memory) {}
  set(std::initializer_list<value_type> values, size_type entries, const Hash& hash, const Allocator& memory)
      : set(values, entries, hash, Equal(), memory) {}
  set(const set& other) : base(other) {}
  set(const set& other, const std::type_identity_t<Allocator>& memory) : base(other, memory) {}
  set(set&& other) noexcept = default;
  set(set&& other, const std::type_identity_t<Allocator>& memory) : base(std::move(other), memory) {}
  set& operator=(const set& other) = default;
  set& operator=(set&& other) = default;
  set& operator=(std::initializer_list<value_type> values) {
    set fresh(values, 0, this->hash_function(), this->key_eq(), this->get_allocator());
    table_.assign(std::move(fresh.table_));
    return *this;
  }
  ~set() = default;

  [[nodiscard]] set clone() const { return *this; }
  void swap(set& other) noexcept { this->swap_with(other); }
  friend void swap(set& a, set& b) noexcept { a.swap(b); }

  // Invalidates, if the key is new: light iterators and, unless boxed, pointers to elements.
  template <class Q = Key>
    requires(key_for<Q, base> && std::constructible_from<Key, Q &&>)
  std::pair<iterator, bool> insert(Q&& key) {
    const auto result = table_.find_or_insert(base::as_key(key), [&](slot& room) {
      auto memory = table_.memory();
      room.make(memory, std::forward<Q>(key));
    });
    return {this->template light<iterator>(result.where), result.inserted};
  }
  template <class Q = Key>
    requires(key_for<Q, base> && std::constructible_from<Key, Q &&>)
  iterator insert(const_iterator, Q&& key) {
    return insert(std::forward<Q>(key)).first;
  }
  template <std::input_iterator Iterator>
  void insert(Iterator first, Iterator last) {
    for (; first != last; ++first) emplace(*first);
  }
  void insert(std::initializer_list<value_type> values) { insert(values.begin(), values.end()); }
  template <class... Args>
  std::pair<iterator, bool> emplace(Args&&... args) {
    carried made(table_);
    made.make(std::forward<Args>(args)...);
    const Key& key = made.content().value();
    const auto result = table_.find_or_insert(key, [&](slot& room) { made.give(room); });
    return {this->template light<iterator>(result.where), result.inserted};
  }
  template <class... Args>
  iterator emplace_hint(const_iterator, Args&&... args) {
    return emplace(std::forward<Args>(args)...).first;
  }

  // Erases `key` and returns it, or nothing.
  template <class Q = Key>
    requires key_for<Q, base>
  [[nodiscard]] std::optional<Key> take(const Q& key) {
    carried out(table_);
    if (!table_.extract(base::as_key(key), out)) return std::nullopt;
    return std::move(out.content().value());
  }

  [[nodiscard]] friend bool operator==(const set& a, const set& b) {
    if (a.size() != b.size()) return false;
    for (const auto& key : a) {
      if (!b.contains(key)) return false;
    }
    return true;
  }
};

template <std::input_iterator Iterator>
set(Iterator, Iterator) -> set<std::remove_const_t<std::iter_value_t<Iterator>>>;
template <class Key>
set(std::initializer_list<Key>) -> set<Key>;

}  // namespace holdfast::inline v0
