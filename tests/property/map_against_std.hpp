// The map under test and a model are given the same operations; after each the answers are compared and
// the map is audited.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <holdfast/map/map.hpp>

#include "tests/property/map_keys.hpp"
#include "tests/property/map_operations.hpp"

namespace holdfast::tests {

template <class Key, class Policy>
class map_against_std {
 public:
  using map = holdfast::map<Key, std::uint32_t, holdfast::hash<Key>, holdfast::equal_to<Key>,
                            std::allocator<std::pair<const Key, std::uint32_t>>, Policy>;

  void apply(const map_operation& one) {
    const Key key = key_of<Key>(one.key);
    switch (one.kind % 32) {
      default: insert(key, one.value, one.kind); break;
      case 10: case 11: case 12: case 13: case 14: case 15: case 16: case 17: case 18: case 19: erase(key); break;
      case 20: case 21: case 22: look_up(key); break;
      case 23: take(key); break;
      case 24: erase_some(one.value); break;
      case 25: if (one.value % 8 == 0) clear(); break;
      case 26: steer_growth(one.value); break;
      case 27: if (one.value % 4 == 0) map_.shrink_to_fit(); break;
      case 28: if (one.value % 4 == 0) map_.reserve(one.key % 1000u); break;
      case 29: copy_or_move(one.value); break;
    }
    RC_ASSERT(map_.size() == model_.size());
    const auto fault = map_.audit();
    if (fault) RC_FAIL(std::string(fault->invariant) + ": " + fault->text);
  }

  void compare_all() const {
    auto left = model_;
    for (const auto& [key, value] : map_) {
      if (model_.findable(key)) {
        const auto at = left.entries.find(key);
        RC_ASSERT(at != left.entries.end());
        RC_ASSERT(at->second == value);
        left.entries.erase(at);
      } else {
        const auto at = left.unfindable.find(value);
        RC_ASSERT(at != left.unfindable.end());
        left.unfindable.erase(at);
      }
    }
    RC_ASSERT(left.size() == 0u);
    for (const auto& [key, value] : model_.entries) RC_ASSERT(map_.at(key) == value);
  }

 private:
  void insert(const Key& key, std::uint32_t value, std::uint8_t how) {
    switch (how / 32 % 4) {
      case 0: RC_ASSERT(map_.try_emplace(key, value).second == model_.insert(key, value)); break;
      case 1: RC_ASSERT(map_.insert({key, value}).second == model_.insert(key, value)); break;
      case 2: map_[key] = value; model_.assign(key, value); break;
      default: map_.insert_or_assign(key, value); model_.assign(key, value); break;
    }
  }
  void erase(const Key& key) { RC_ASSERT(map_.erase(key) == model_.entries.erase(key)); }
  void look_up(const Key& key) const {
    const auto at = model_.entries.find(key);
    RC_ASSERT(map_.contains(key) == (at != model_.entries.end()));
    RC_ASSERT(map_.get_or(key, ~0u) == (at != model_.entries.end() ? at->second : ~0u));
  }
  void take(const Key& key) {
    const auto at = model_.entries.find(key);
    const auto taken = map_.take(key);
    RC_ASSERT(taken.has_value() == (at != model_.entries.end()));
    if (!taken) return;
    RC_ASSERT(*taken == at->second);
    model_.entries.erase(at);
  }
  void erase_some(std::uint32_t salt) {
    const auto claim = [salt](std::uint32_t value) { return (value ^ salt) % 16 == 0; };
    const std::size_t ours = erase_if(map_, [&](const auto& entry) { return claim(entry.second); });
    std::size_t theirs = std::erase_if(model_.entries, [&](const auto& entry) { return claim(entry.second); });
    theirs += std::erase_if(model_.unfindable, claim);
    RC_ASSERT(ours == theirs);
  }
  void clear() {
    map_.clear();
    model_.clear();
  }
  void steer_growth(std::uint32_t how) {
    switch (how % 5) {
      case 0: map_.pause_growth(); break;
      case 1: case 2: map_.resume_growth(); break;
      case 3: map_.finish_growth(); break;
      default: map_.step_growth(how % 7);
    }
  }
  void copy_or_move(std::uint32_t how) {
    map other = map_;
    RC_ASSERT(other.size() == map_.size());
    switch (how % 3) {
      case 0: map_ = std::move(other); break;
      case 1: map_.swap(other); break;
      default: map_ = other;
    }
  }

  map map_;
  map_model<Key> model_;
};

template <class Key, class Policy>
void check_against_std() {
  EXPECT_TRUE(rc::check("a map answers as its model does", [] {
    map_against_std<Key, Policy> pair;
    for (const map_operation& one : any_operations()) pair.apply(one);
    pair.compare_all();
  }));
}

}  // namespace holdfast::tests
