// Go's map, to the letter: one word, shared by copying, nil until made.
//
//   auto m = go::make_map<std::string, int>();
//   m["ann"] += 1;                     // from zero
//   auto [age, ok] = m.lookup("bob");  // 0, false
//   auto n = m;                        // the same map; growth by one is seen by the other
//   go::map<std::string, int> nil;     // reads as empty; an assignment throws go::runtime_error
//
// Differs from `map` in what Go decides differently: lookups return copies, and a zero value for what
// is absent; an assignment replaces the key where equal keys can look different (+0 and -0, strings);
// every write does its share of growth; growth points and numbers are those of Go 1.0 to 1.23.
//
// Threads: as `map`. What Go can recover from is an exception with Go's text, what it cannot is fatal.
#pragma once

#include <atomic>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include <holdfast/map/go_any.hpp>
#include <holdfast/map/go_error.hpp>
#include <holdfast/map/go_ptr.hpp>
#include <holdfast/map/map.hpp>

namespace holdfast::inline v0::go {

// What a comma-ok lookup gives.
template <class V>
struct found {
  V value;
  bool ok;
};

// The three addresses of a map: of the variable, of the header it points at, of the buckets.
struct map_addresses {
  const void* variable;
  const void* header;
  const void* buckets;
};

// Whether equal keys can differ in representation, so that an assignment must replace the key.
template <class K>
inline constexpr bool replaces_key =
    !(std::integral<K> || std::is_enum_v<K> || std::is_pointer_v<K> || std::is_empty_v<K>);

template <class K, class V, class Policy = go_growth>
class map {
  using table_map = holdfast::map<K, V, hash<K>, equal_to<K>, std::allocator<std::pair<const K, V>>, Policy>;
  struct shared : table_map {
    using table_map::name_as;
    using table_map::table_;
    explicit shared(std::size_t entries) : table_map(entries) {}
    explicit shared(const table_map& other) : table_map(other) {}
    // relaxed on the way up, acquire-release on the way down: pairs with itself; the last one out must
    // see all that the others wrote before it destroys.
    std::atomic<std::uint64_t> handles{1};
  };

 public:
  using key_type = K;
  using mapped_type = V;

  // Keeps the map it walks over alive, whatever becomes of the variable it was taken from.
  class const_iterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = typename table_map::value_type;
    using difference_type = std::ptrdiff_t;
    using reference = const value_type&;
    using pointer = const value_type*;

    const_iterator() = default;
    [[nodiscard]] reference operator*() const { return *at_; }
    [[nodiscard]] pointer operator->() const { return at_.operator->(); }
    const_iterator& operator++() {
      ++at_;
      return *this;
    }
    const_iterator operator++(int) {
      const_iterator before = *this;
      ++at_;
      return before;
    }
    [[nodiscard]] friend bool operator==(const const_iterator& a, const const_iterator& b) noexcept { return a.at_ == b.at_; }

   private:
    friend class map;
    explicit const_iterator(const map& over) : over_(over), at_(over.map_->cbegin()) {}
    map over_;
    typename table_map::const_iterator at_;
  };

  map() = default;
  map(std::nullptr_t) noexcept {}
  map(const map& other) noexcept : map_(other.map_) {
    if (map_ != nullptr) map_->handles.fetch_add(1, std::memory_order_relaxed);
  }
  map(map&& other) noexcept : map_(std::exchange(other.map_, nullptr)) {}
  map& operator=(map other) noexcept {
    std::swap(map_, other.map_);
    return *this;
  }
  ~map() {
    if (map_ != nullptr && map_->handles.fetch_sub(1, std::memory_order_acq_rel) == 1) delete map_;
  }

  // A negative or absurd hint counts as none, as in Go.
  [[nodiscard]] static map make(std::int64_t hint) {
    map made;
    const bool sensible = hint > 0 && static_cast<std::uint64_t>(hint) <= most_hinted;
    made.map_ = new shared(sensible ? static_cast<std::size_t>(hint) : 0);
    return made;
  }

  // A map compares with nil only.
  [[nodiscard]] friend bool operator==(const map& m, std::nullptr_t) noexcept { return m.map_ == nullptr; }
  friend bool operator==(const map&, const map&) = delete;

  [[nodiscard]] std::size_t len() const noexcept { return map_ == nullptr ? 0 : map_->size(); }
  [[nodiscard]] friend std::size_t len(const map& m) noexcept { return m.len(); }

  // The value under `key`, zero if there is none. Throws: runtime_error for a key that cannot be hashed.
  [[nodiscard]] V get(const K& key) const { return lookup(key).value; }
  [[nodiscard]] found<V> lookup(const K& key) const {
    if (map_ == nullptr || map_->empty()) {
      refuse_unhashable(key);
      return {V(), false};
    }
    if (auto value = std::as_const(*map_).get(key)) return {*value, true};
    return {V(), false};
  }

  // Throws: runtime_error on a nil map, before the key is hashed.
  void set(const K& key, V value) {
    update(key, [&](V& present) { present = std::move(value); });
  }
  // m[key] op= x: `change` gets the value, zero if there was none.
  template <class Change>
  void update(const K& key, Change change) {
    if (map_ == nullptr) panic_nil_map();
    auto& table = map_->table_;
    table.find_or_insert(
        key,
        [&](auto& room) {
          V value = V();
          change(value);
          auto memory = table.memory();
          room.make(memory, key, std::move(value));
        },
        [&](auto& present) {
          if constexpr (replaces_key<K> && std::is_copy_assignable_v<K>) const_cast<K&>(present.value().first) = key;
          change(present.value().second);
        });
  }

  // m[key] in an expression: reads as the value, writes through.
  class element {
   public:
    operator V() const { return map_.get(key_); }
    element& operator=(V value) {
      map_.set(key_, std::move(value));
      return *this;
    }
    element& operator=(const element& other) { return *this = static_cast<V>(other); }
    element(const element&) = default;
    element& operator+=(const V& x) { return change([&](V& v) { v += x; }); }
    element& operator-=(const V& x) { return change([&](V& v) { v -= x; }); }
    element& operator*=(const V& x) { return change([&](V& v) { v *= x; }); }
    element& operator/=(const V& x) { return change([&](V& v) { v /= x; }); }
    element& operator%=(const V& x) { return change([&](V& v) { v %= x; }); }
    element& operator++() { return change([](V& v) { ++v; }); }
    element& operator--() { return change([](V& v) { --v; }); }
    void operator++(int) { ++*this; }  // statements in Go, without a value
    void operator--(int) { --*this; }

   private:
    friend class map;
    element(map& owner, K key) : map_(owner), key_(std::move(key)) {}
    template <class Change>
    element& change(Change by) {
      map_.update(key_, by);
      return *this;
    }
    map map_;
    K key_;
  };
  [[nodiscard]] element operator[](K key) { return element(*this, std::move(key)); }
  [[nodiscard]] V operator[](const K& key) const { return get(key); }

  // No effect on what is absent and on a nil map. Throws: runtime_error for a key that cannot be hashed.
  void erase(const K& key) {
    if (map_ == nullptr || map_->empty()) return refuse_unhashable(key);
    map_->erase(key);
  }
  void clear() noexcept {
    if (map_ != nullptr) map_->clear();
  }
  // nil gives nil; else a map of its own with the same values.
  [[nodiscard]] map clone() const {
    map copy;
    if (map_ != nullptr) copy.map_ = new shared(static_cast<const table_map&>(*map_));
    return copy;
  }

  // Go's range: random order; entries may be added and erased on the way (table/walk.hpp).
  [[nodiscard]] const_iterator begin() const { return map_ == nullptr ? const_iterator() : const_iterator(*this); }
  [[nodiscard]] const_iterator end() const noexcept { return {}; }

  [[nodiscard]] std::optional<table::fault> audit() const {
    return map_ == nullptr ? std::nullopt : map_->audit();
  }
  [[nodiscard]] table::stats stats() const { return map_ == nullptr ? table::stats() : map_->stats(); }
  [[nodiscard]] std::string dump_text() const { return map_ == nullptr ? "nil map\n" : map_->dump_text(); }
  [[nodiscard]] std::string dump_dot() const { return map_ == nullptr ? "digraph table {}\n" : map_->dump_dot(); }
  [[nodiscard]] map_addresses addresses() const noexcept {
    if (map_ == nullptr) return {this, nullptr, nullptr};
    return {this, &map_->header(), map_->header().now.slots};
  }
  // Throws: runtime_error on a nil map.
  void name(std::string_view name) {
    if (map_ == nullptr) panic_nil_map();
    map_->name_as(name, observe::live_kind::go_map);
  }
  void step_growth(std::size_t buckets) {
    if (map_ != nullptr) map_->step_growth(buckets);
  }

 private:
  static constexpr std::uint64_t most_hinted = std::uint64_t{1} << 40;

  // Also an empty or nil map panics for a key that has no hash.
  static void refuse_unhashable(const K& key) {
    if constexpr (!hash_cannot_throw<hash<K>, K>()) {
      static_cast<void>(finished_hash(hash<K>{}, key, 0));
    }
  }

  shared* map_ = nullptr;
};

template <class K, class V, class Policy = go_growth>
[[nodiscard]] map<K, V, Policy> make_map(std::int64_t hint = 0) {
  return map<K, V, Policy>::make(hint);
}

static_assert(sizeof(map<int, int>) == sizeof(void*));

}  // namespace holdfast::inline v0::go
