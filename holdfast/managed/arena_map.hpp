// A map whose values live in an arena and end with it.
//
// Building it asks the heap for the table only; ending it is one reset of the arena. When the arena is reset the map
// becomes empty, so it never shows a value that has gone. A value erased earlier stays in the arena until then.
//
//   holdfast::arena arena;
//   holdfast::arena_map<std::string, order> orders(arena);
//   orders.make("ann", 17, "books");
//   arena.reset();                                          // orders.empty()
//
// To keep a value longer than the arena: escape(key), or copy it.
#pragma once

#include <cstddef>
#include <utility>

#include <holdfast/base/hash/hash.hpp>
#include <holdfast/base/lang/config.hpp>
#include <holdfast/base/lang/optional_ref.hpp>
#include <holdfast/base/memory/arena.hpp>
#include <holdfast/base/memory/escaped.hpp>
#include <holdfast/base/observe/stale_reference.hpp>
#include <holdfast/map/map.hpp>

namespace holdfast::inline v0 {

// Threads: one at a time, together with the arena.
template <class Key, class T, class Hash = holdfast::hash<Key>, class Equal = equal_to<Key>>
class arena_map : private memory::arena_listener {
 public:
  using table_type = holdfast::map<Key, T*, Hash, Equal>;
  struct made {
    T& value;
    bool inserted;  // false: the key had this value already, nothing was made
  };

  // The arena must live longer.
  explicit arena_map(holdfast::arena& values HOLDFAST_LIFETIMEBOUND) noexcept {
    forget = [](arena_listener& listener) noexcept { static_cast<arena_map&>(listener).table_.clear(); };
    values.link(*this);
  }
  arena_map(const arena_map&) = delete;
  arena_map& operator=(const arena_map&) = delete;
  ~arena_map() {
    if (arena != nullptr) arena->unlink(*this);
  }

  // The value under `key`, made from `arguments` in the arena if there was none.
  // Throws: arena_overflow, what key and value throw; the map is as before then.
  template <class Q, class... Arguments>
  made make(Q&& key, Arguments&&... arguments) {
    if (T** const found = pointer(key)) return {**found, false};
    T* const value = values().template make<T>(std::forward<Arguments>(arguments)...);
    table_.try_emplace(Key(std::forward<Q>(key)), value);
    return {*value, true};
  }

  // As make, but a value that is there is replaced; the former stays in the arena until its reset.
  template <class Q, class... Arguments>
  T& replace(Q&& key, Arguments&&... arguments) {
    T* const value = values().template make<T>(std::forward<Arguments>(arguments)...);
    table_.insert_or_assign(Key(std::forward<Q>(key)), value);
    return *value;
  }

  // Invalidates: nothing. The reference is valid until the arena is reset, whatever the map does.
  template <class Q>
  [[nodiscard]] optional_ref<T> get(const Q& key) HOLDFAST_LIFETIMEBOUND {
    T** const found = pointer(key);
    return found == nullptr ? optional_ref<T>() : optional_ref<T>(**found);
  }
  template <class Q>
  [[nodiscard]] optional_ref<const T> get(const Q& key) const HOLDFAST_LIFETIMEBOUND {
    const auto found = table_.get(key);
    return found ? optional_ref<const T>(**found) : optional_ref<const T>();
  }

  // A pointer that knows when the arena has been reset; null if the key is not there.
  template <class Q>
  [[nodiscard]] arena_ptr<T> ptr(const Q& key) {
    T** const found = pointer(key);
    return found == nullptr ? arena_ptr<T>() : values().ptr(*found);
  }

  // A handle for what outlives the arena, counted there; null if the key is not there.
  template <class Q>
  [[nodiscard]] escaped<T> escape(const Q& key) {
    T** const found = pointer(key);
    return found == nullptr ? escaped<T>() : escaped<T>(*arena, *found);
  }

  template <class Q>
  [[nodiscard]] bool contains(const Q& key) const {
    return table_.contains(key);
  }
  // Whether it was there. Its destructor runs when the arena is reset, not now.
  template <class Q>
  bool erase(const Q& key) {
    return table_.erase(key) != 0;
  }
  void clear() noexcept { table_.clear(); }
  void reserve(std::size_t entries) { table_.reserve(entries); }

  [[nodiscard]] std::size_t size() const noexcept { return table_.size(); }
  [[nodiscard]] bool empty() const noexcept { return table_.empty(); }

  // Calls visit(const Key&, T&) for each entry; `visit` must not change the map.
  template <class Visitor>
  void for_each(Visitor&& visit) {
    for (auto& [key, value] : table_) visit(key, *value);
  }

  // Where the values live. Fatal: the arena has ended; only an end and what changes nothing is left to the map then.
  [[nodiscard]] holdfast::arena& values() const noexcept {
    if (arena == nullptr) [[unlikely]]
      report_stale("the values of an arena_map", cause_record(cause::arena_destroyed, 0, 0));
    return *static_cast<holdfast::arena*>(arena);
  }

 private:
  template <class Q>
  [[nodiscard]] T** pointer(const Q& key) {
    const auto found = table_.get(key);
    return found ? &*found : nullptr;
  }

  table_type table_;
};

}  // namespace holdfast::inline v0
