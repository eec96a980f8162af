// The three walks of a search for aliases, each needed only if the one before it found something.
//
//   sieve   every extent passes the sieve; mostly nothing meets, and that was all
//   sort    those that may meet are sorted, which tells for certain
//   name    the keys of what was found are copied: no others are
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <holdfast/lifetime/alias_finder.hpp>
#include <holdfast/lifetime/alias_report.hpp>
#include <holdfast/lifetime/alias_sieve.hpp>

namespace holdfast::inline v0::lifetime {

template <class Key>
class alias_search {
 public:
  // For each entry of the map, in any order.
  void look(const Key& key, const object_extent& extent) {
    switch (walk_) {
      case walk::sieve: sieve_.add(extent); break;
      case walk::sort:
        if (sieve_.may_share(extent)) finder_.add(extent);
        break;
      case walk::name: file(key, extent); break;
    }
  }

  // At the end of a walk; whether there has to be another one.
  [[nodiscard]] bool goes_on() {
    if (walk_ == walk::sieve) {
      walk_ = walk::sort;
      return sieve_.any_met();
    }
    if (walk_ == walk::name) return false;
    walk_ = walk::name;
    finder_.find();
    held_.resize(finder_.suspects().size());
    return !held_.empty();
  }

  // Drops each key for which still_refers(key, object_extent) says no.
  template <class StillRefers>
  void keep_if(StillRefers still_refers) {
    for (std::size_t number = 0; number < held_.size(); ++number) {
      const object_extent extent{object(number), bytes(number), 0};
      std::erase_if(held_[number].keys, [&](const Key& key) { return !still_refers(key, extent); });
    }
  }

  [[nodiscard]] alias_report<Key> report() {
    alias_report<Key> told{sieve_.added(), sieve_.without_object(), {}, {}};
    for (std::size_t number = 0; number < held_.size(); ++number) {
      std::vector<Key>& keys = held_[number].keys;
      if constexpr (std::totally_ordered<Key>) std::ranges::sort(keys);
      if (keys.size() > 1) told.groups.push_back({object(number), bytes(number), held_[number].holders, keys});
    }
    for (const auto& [inner, outer] : finder_.nestings()) {
      if (held_[inner].keys.empty() || held_[outer].keys.empty()) continue;
      told.inside.push_back(
          {object(inner), bytes(inner), held_[inner].keys, object(outer), bytes(outer), held_[outer].keys});
    }
    std::ranges::sort(told.groups, {}, &alias_group<Key>::object);
    return told;
  }

 private:
  enum class walk : std::uint8_t { sieve, sort, name };
  struct held_by {
    std::vector<Key> keys;
    long holders = 0;
  };

  void file(const Key& key, const object_extent& extent) {
    const auto number = finder_.number_of(extent);
    if (!number) return;
    held_[*number].keys.push_back(key);
    held_[*number].holders = std::max(held_[*number].holders, extent.holders);
  }

  [[nodiscard]] const void* object(std::size_t number) const noexcept {
    return reinterpret_cast<const void*>(finder_.suspects()[number].begin);
  }
  [[nodiscard]] std::size_t bytes(std::size_t number) const noexcept { return finder_.suspects()[number].bytes; }

  alias_sieve sieve_;
  alias_finder finder_;
  std::vector<held_by> held_;
  walk walk_ = walk::sieve;
};

}  // namespace holdfast::inline v0::lifetime
