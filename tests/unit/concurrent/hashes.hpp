// The three hashes under which everything must hold: a good one, one that is always the same, and one of
// which only the last bits differ. The latter two are not seeded and not mixed by the map.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <gtest/gtest.h>

#include <holdfast/base/hash/hash.hpp>

namespace holdfast::tests {

struct same_hash {
  using is_transparent = void;
  template <class Key>
  [[nodiscard]] std::uint64_t operator()(const Key&, std::uint64_t) const noexcept {
    return 42;
  }
};

struct few_bits {
  using is_transparent = void;
  [[nodiscard]] std::uint64_t operator()(std::string_view key, std::uint64_t) const noexcept {
    return string_hash()(key, 0) & 3;
  }
  [[nodiscard]] std::uint64_t operator()(std::uint64_t key, std::uint64_t) const noexcept { return key & 3; }
};

// A face under a hash.
template <class Face, class Hash>
struct face_and_hash {
  using face = Face;
  using hash = Hash;
};

}  // namespace holdfast::tests
