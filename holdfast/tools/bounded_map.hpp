// Makes a map of a replay: one that can be bounded is told how many entries it may hold, others hold all.
#pragma once

#include <cstddef>

namespace holdfast::inline v0::tools {

// Made of how many entries it may hold, 0 for all, and gives up the rest by itself.
template <class Map>
concept boundable = Map::can_be_bounded;

template <class Map>
[[nodiscard]] Map made_with_bound(std::size_t entries) {
  if constexpr (boundable<Map>) {
    return Map(entries);
  } else {
    return Map();
  }
}

}  // namespace holdfast::inline v0::tools
