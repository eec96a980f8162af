// A stream of map operations, made at random, and a model that says what each must answer.
//
// NaN equals nothing, so std::unordered_map cannot hold the model of a map that has NaN keys. The model
// keeps those entries apart: by value, in a multiset.
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include <rapidcheck.h>

namespace holdfast::tests {

struct map_operation {
  std::uint8_t kind;
  std::uint16_t key;
  std::uint32_t value;
};

// Repetition makes streams long enough to grow a map; a short list of distinct keys makes them collide.
[[nodiscard]] inline std::vector<map_operation> any_operations() {
  const auto raw = *rc::gen::scale(16.0, rc::gen::arbitrary<std::vector<std::uint32_t>>());
  const auto keys = *rc::gen::element(8, 40, 300, 5000);
  std::vector<map_operation> operations;
  operations.reserve(raw.size());
  std::uint32_t n = 0;
  for (const std::uint32_t word : raw) {
    n += 0x9e3779b9u;
    const std::uint32_t mixed = (word ^ n) * 0x85ebca6bu;
    operations.push_back({static_cast<std::uint8_t>(mixed >> 24), static_cast<std::uint16_t>((mixed >> 8) % static_cast<std::uint32_t>(keys)), n});
  }
  return operations;
}

struct equal_as_keys {
  template <class Key>
  bool operator()(const Key& a, const Key& b) const {
    return a == b;
  }
};

template <class Key>
struct map_model {
  std::unordered_map<Key, std::uint32_t> entries;
  std::multiset<std::uint32_t> unfindable;  // values of the entries whose key equals nothing

  [[nodiscard]] static bool findable(const Key& key) { return key == key; }
  [[nodiscard]] std::size_t size() const { return entries.size() + unfindable.size(); }

  bool insert(const Key& key, std::uint32_t value) {
    if (findable(key)) return entries.try_emplace(key, value).second;
    unfindable.insert(value);
    return true;
  }
  void assign(const Key& key, std::uint32_t value) {
    if (findable(key)) {
      entries[key] = value;
    } else {
      unfindable.insert(value);
    }
  }
  void clear() {
    entries.clear();
    unfindable.clear();
  }
};

}  // namespace holdfast::tests
