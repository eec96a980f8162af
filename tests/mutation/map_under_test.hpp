// The four maps that the table's mutation suite runs, and what it asks of each after every operation.
//
//   chosen_fast   numbers that are their own hash, fast_growth     the test decides where an entry goes
//   chosen_go     the same under go_growth
//   text_go       strings with a poor hash that may throw, values that count themselves, go_growth
//   text_stable   strings with the usual hash, the same values, boxed
#pragma once

#include <bit>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <holdfast/map/map.hpp>

#include "tests/mutation/promise.hpp"

namespace holdfast::tests {

// The hash is the key.
struct chosen_hash {
  [[nodiscard]] std::uint64_t operator()(std::uint64_t key, std::uint64_t) const noexcept { return key; }
};

// Nineteen different hashes; throws at the n-th call when told to.
struct poor_hash {
  static inline std::int64_t throw_after = -1;
  [[nodiscard]] std::size_t operator()(const std::string& key) const {
    if (throw_after >= 0 && throw_after-- == 0) throw std::runtime_error("hash");
    return std::hash<std::string>{}(key) % 19;
  }
};

// Counts its instances; copying throws when told to.
struct counted {
  static inline std::int64_t instances = 0;
  static inline std::int64_t throw_after = -1;
  std::string text;

  counted() { ++instances; }
  counted(std::string of) : text(std::move(of)) { ++instances; }
  counted(counted&& other) noexcept : text(std::move(other.text)) { ++instances; }
  counted(const counted& other) : text(other.text) {
    if (throw_after >= 0 && throw_after-- == 0) throw std::runtime_error("copy");
    ++instances;
  }
  counted& operator=(const counted&) = default;
  counted& operator=(counted&&) = default;
  ~counted() { --instances; }
  bool operator==(const counted& other) const { return text == other.text; }
};

// With its table in reach.
template <class Map>
struct opened : Map {
  using Map::Map;
  using policy = typename Map::policy_type;
  static constexpr bool in_order = policy::order == table::slot_order::first;
  static constexpr unsigned overflow_slots = [] {
    if constexpr (requires { policy::overflow_slots; }) return policy::overflow_slots;
    else return policy::slots;
  }();
  // New keys that go in while one share of growth is done.
  static constexpr unsigned writes_per_step = [] {
    if constexpr (requires { policy::writes_per_step; }) return policy::writes_per_step;
    else return 1u;
  }();
  [[nodiscard]] auto& table() noexcept { return this->table_; }
  [[nodiscard]] const auto& table() const noexcept { return this->table_; }
};

template <class Key, class T, class Hash, class Policy>
using opened_map = opened<map<Key, T, Hash, equal_to<Key>, std::allocator<std::pair<const Key, T>>, Policy>>;

using chosen_fast = opened_map<std::uint64_t, std::uint64_t, chosen_hash, fast_growth>;
using chosen_go = opened_map<std::uint64_t, std::uint64_t, chosen_hash, go_growth>;
using text_go = opened_map<std::string, counted, poor_hash, go_growth>;
using text_stable = opened_map<std::string, counted, hash<std::string>, stable<fast_growth>>;

// A key whose hash leads to primary bucket `number` (modulo the buckets there are), the `nth` of such.
template <class Map>
[[nodiscard]] std::uint64_t chosen_key(std::uint64_t number, std::uint64_t nth) noexcept {
  constexpr std::uint8_t tops[] = {0, 1, 2, 3, 4, 5, 6, 9, 77, 255};
  return std::uint64_t{tops[nth % 10]} << 56 | (nth * 5 & 15) << 48 | (nth & 0xffff) << 32 |
         number << std::countr_zero(Map::policy::slots);
}

// The n-th key of the random cases; `crowding` 0 spreads them over many buckets, 3 over few.
template <class Map>
[[nodiscard]] typename Map::key_type key_number(std::uint64_t n, unsigned crowding) {
  if constexpr (std::is_same_v<typename Map::key_type, std::string>) {
    return (n % 2 == 0 ? "k" : "a key that is too long to be kept without an allocation, number ") + std::to_string(n);
  } else {
    std::uint64_t number = numbers::mixed(n) & 0xffff;
    for (unsigned times = 0; times < crowding; ++times) number &= numbers::mixed(n + 977 * (times + 1));
    return chosen_key<Map>(number, n);
  }
}

template <class Map>
[[nodiscard]] typename Map::mapped_type value_number(std::uint64_t n) {
  if constexpr (std::is_same_v<typename Map::mapped_type, counted>) {
    return counted((n % 2 == 0 ? "v" : "a value that is too long to be kept without an allocation, number ") + std::to_string(n));
  } else {
    return n;
  }
}

// Sound in every respect: what audit sees, and the marks of vacant slots, which have to be exact.
template <class Map>
void require_sound(const Map& map, int line = __builtin_LINE()) {
  if (const auto fault = map.audit()) broken(fault->invariant, fault->text.c_str(), line);
  bool exact = true;
  map.table().for_each_primary([&](auto b, std::uint64_t) {
    bool follows = false;  // slots taken in order: something live stands behind
    std::vector<decltype(b)> chain{b};
    while (*chain.back().link != nullptr) chain.push_back((*chain.back().link)->view());
    for (auto part = chain.rbegin(); part != chain.rend(); ++part) {
      if (!Map::in_order) follows = part != chain.rbegin();
      const unsigned places = part->node == nullptr ? Map::policy::slots : Map::overflow_slots;
      for (unsigned i = places; i-- > 0;) {
        const table::top t = part->tops[i];
        if (table::is_live(t)) follows = follows || Map::in_order;
        else exact &= t == (follows ? table::top::empty_one : table::top::empty_rest);
      }
      if (!Map::in_order && part->node != nullptr) exact &= part->live() != 0;
    }
  });
  if (!exact) broken("hf.table.empty-rest", "a vacant slot has the wrong mark", line);
}

// The same entries as `model`, by lookup and by walking.
template <class Map, class Model>
void require_same(const Map& map, const Model& model, int line = __builtin_LINE()) {
  require(map.size() == model.size(), "size differs from the model's", line);
  for (const auto& [key, value] : model) {
    const auto found = map.get(key);
    require(static_cast<bool>(found), "an entry is not found", line);
    require(*found == value, "a value differs from the model's", line);
  }
  std::size_t walked = 0;
  for (const auto& [key, value] : map) {
    const auto at = model.find(key);
    require(at != model.end() && at->second == value, "the walk shows an entry that is not there", line);
    require(++walked <= model.size(), "the walk shows too many entries", line);
  }
  require(walked == model.size(), "the walk shows too few entries", line);
}

}  // namespace holdfast::tests
