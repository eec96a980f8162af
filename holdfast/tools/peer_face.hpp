// How a replay reaches a map that is shaped like std::unordered_map, with its memory counted.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "holdfast/tools/memory_ledger.hpp"
#include "holdfast/tools/replay_plan.hpp"

namespace holdfast::inline v0::tools {

template <class Stored>
using counted_pair = counting_allocator<std::pair<const Stored, const void*>>;

// Looks strings up by string_view, with the hash the standard library gives them.
struct std_text_hash {
  using is_transparent = void;
  [[nodiscard]] std::size_t operator()(std::string_view text) const noexcept {
    return std::hash<std::string_view>{}(text);
  }
};

// `Stored` is the key as the map holds it, made from the key of the trace on insertion only.
template <class Map, class Stored>
class peer_face {
 public:
  peer_face() : map_(typename Map::allocator_type(ledger_)) {}

  template <class Key>
  [[nodiscard]] const void* find(const Key& key) {
    const auto at = map_.find(key);
    return at == map_.end() ? nullptr : at->second;
  }

  template <class Key>
  void insert(const Key& key, const void* value) {
    map_.emplace(Stored(key), value);
  }

  template <class Key>
  [[nodiscard]] bool assign(const Key& key, const void* value) {
    if constexpr (std::is_same_v<Key, Stored>) {
      return map_.insert_or_assign(key, value).second;
    } else {
      const auto at = map_.find(key);
      if (at == map_.end()) {
        insert(key, value);
        return true;
      }
      value_at(at) = value;
      return false;
    }
  }

  template <class Key>
  [[nodiscard]] bool erase(const Key& key) {
    if constexpr (std::is_same_v<Key, Stored>) {
      return map_.erase(key) != 0;
    } else {
      const auto at = map_.find(key);
      if (at == map_.end()) return false;
      map_.erase(at);
      return true;
    }
  }

  // A growth shows as another number of buckets; the first allocation is none.
  void note_insert() {
    const auto buckets = map_.bucket_count();
    if (buckets != buckets_ && map_.size() > 1) ++memory_.growths;
    buckets_ = buckets;
    memory_.note(map_.size(), ledger_.live);
  }

  [[nodiscard]] std::size_t size() const { return map_.size(); }
  [[nodiscard]] table_memory memory() const {
    table_memory told = memory_;
    told.peak_bytes = ledger_.peak;
    return told;
  }

 private:
  template <class Iterator>
  [[nodiscard]] static const void*& value_at(Iterator at) {
    if constexpr (requires { at.value(); }) {
      return at.value();
    } else {
      return at->second;
    }
  }

  memory_ledger ledger_;
  Map map_;
  std::size_t buckets_ = 0;
  table_memory memory_;
};

}  // namespace holdfast::inline v0::tools
