// Time in proportion to the number of entries, shown by counting what is called, not by a clock.
#include <cstdint>
#include <limits>
#include <string>

#include <gtest/gtest.h>

#include <holdfast/map/map.hpp>

#include "tests/unit/map/policies.hpp"

namespace {

struct calls {
  static inline std::uint64_t hashed = 0;
  static inline std::uint64_t compared = 0;
  static std::uint64_t all() { return hashed + compared; }
};

template <class Key>
struct counting_hash {
  std::uint64_t operator()(const Key& key, std::uint64_t seed) const noexcept {
    ++calls::hashed;
    if constexpr (holdfast::seeded_hash_for<holdfast::hash<Key>, Key>) {
      return holdfast::hash<Key>{}(key, seed);
    } else {
      return holdfast::hash<Key>{}(key) ^ seed;
    }
  }
};

template <class Key>
struct counting_equal {
  bool operator()(const Key& a, const Key& b) const noexcept {
    ++calls::compared;
    return a == b;
  }
};

template <class Policy>
class Linear : public testing::Test {
 protected:
  template <class Key>
  using counted = holdfast::tests::map_under<Key, int, Policy, counting_hash<Key>, counting_equal<Key>>;
};
TYPED_TEST_SUITE(Linear, holdfast::tests::all_policies);

template <class Run>
std::uint64_t calls_of(Run run, int entries) {
  const std::uint64_t before = calls::all();
  run(entries);
  return calls::all() - before;
}

// Doubling the entries costs at most three times the calls, and a fixed number of calls an entry.
template <class Run>
void expect_linear(Run run) {
  constexpr int entries = 5000;
  const std::uint64_t once = calls_of(run, entries);
  const std::uint64_t twice = calls_of(run, 2 * entries);
  EXPECT_LE(twice, 3 * once);
  EXPECT_LE(twice, std::uint64_t{40} * 2 * entries);
}

// contract M71, T65
// covers hf.hash.nan-scattered
TYPED_TEST(Linear, InsertsAndReadsOfNan) {
  expect_linear([](int entries) {
    typename TestFixture::template counted<double> map;
    for (int i = 0; i < entries; ++i) map.emplace(std::numeric_limits<double>::quiet_NaN(), i);
    for (int i = 0; i < entries; ++i) EXPECT_FALSE(map.contains(std::numeric_limits<double>::quiet_NaN()));
  });
}

// contract M71, T65
TYPED_TEST(Linear, InsertsAndReadsOfIntegers) {
  expect_linear([](int entries) {
    typename TestFixture::template counted<int> map;
    for (int i = 0; i < entries; ++i) map.emplace(i, i);
    for (int i = 0; i < entries; ++i) EXPECT_TRUE(map.contains(i));
  });
}

// contract M71, T65
TYPED_TEST(Linear, InsertsAndReadsOfStrings) {
  expect_linear([](int entries) {
    typename TestFixture::template counted<std::string> map;
    for (int i = 0; i < entries; ++i) map.emplace(std::to_string(i), i);
    for (int i = 0; i < entries; ++i) EXPECT_TRUE(map.contains(std::to_string(i)));
  });
}

// contract M71, T65
TYPED_TEST(Linear, InsertsAndReadsOfFloats) {
  expect_linear([](int entries) {
    typename TestFixture::template counted<float> map;
    for (int i = 0; i < entries; ++i) map.emplace(static_cast<float>(i), i);
    for (int i = 0; i < entries; ++i) EXPECT_TRUE(map.contains(static_cast<float>(i)));
  });
}

// contract M71, M61, T65
TYPED_TEST(Linear, ErasingByIteratorUntilNothingIsLeft) {
  expect_linear([](int entries) {
    typename TestFixture::template counted<int> map;
    for (int i = 0; i < entries; ++i) map.emplace(i, i);
    for (auto it = map.begin(); it != map.end();) it = map.erase(it);
    EXPECT_TRUE(map.empty());
  });
}

// contract M13: a lookup hashes once and compares only where the top byte agrees
// covers hf.hash.one-call
TYPED_TEST(Linear, ALookupHashesOnceAndRarelyComparesInVain) {
  typename TestFixture::template counted<int> map;
  for (int i = 0; i < 10000; ++i) map.emplace(i, i);
  calls::hashed = calls::compared = 0;
  for (int i = 0; i < 10000; ++i) EXPECT_TRUE(map.contains(i));
  EXPECT_EQ(calls::hashed, 10000u);
  EXPECT_LT(calls::compared, 12000u);
  calls::hashed = calls::compared = 0;
  for (int i = 10000; i < 20000; ++i) EXPECT_FALSE(map.contains(i));
  EXPECT_EQ(calls::hashed, 10000u);
  EXPECT_LT(calls::compared, 2000u);
}

}  // namespace
