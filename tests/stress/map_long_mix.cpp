// A long random mix of everything on several kinds of map, each checked against itself and a model.
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <unordered_map>
#include <utility>

#include <gtest/gtest.h>

#include <holdfast/map/map.hpp>

namespace {

constexpr std::uint32_t seed = 20240607;

template <class Key>
Key make_key(std::uint32_t number) {
  if constexpr (std::is_same_v<Key, std::string>) {
    return "key " + std::to_string(number);
  } else {
    return static_cast<Key>(number);
  }
}

// contract T72
template <class Key, class Policy>
void run_mix(int operations, std::uint32_t keys) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 words(seed);
  const auto random = [&words] { return static_cast<std::uint32_t>(words()); };
  holdfast::map<Key, std::uint32_t, holdfast::hash<Key>, holdfast::equal_to<Key>, std::allocator<std::pair<const Key, std::uint32_t>>, Policy> map;
  std::unordered_map<Key, std::uint32_t> model;
  for (int n = 0; n < operations; ++n) {
    const Key key = make_key<Key>(random() % keys);
    // The share of erasures swings, so that the map fills and empties again and again.
    const bool filling = n / 50000 % 2 == 0;
    const std::uint32_t dice = random() % 100;
    if (dice < (filling ? 60u : 20u)) {
      map[key] = model[key] = random();
    } else if (dice < 80) {
      ASSERT_EQ(map.erase(key), model.erase(key));
    } else {
      const auto at = model.find(key);
      ASSERT_EQ(map.get_or(key, 0), at == model.end() ? 0 : at->second);
    }
    ASSERT_EQ(map.size(), model.size());
    if (n % 20000 != 0) continue;
    const auto fault = map.audit();
    ASSERT_FALSE(fault) << fault->invariant << ": " << fault->text;
    std::size_t met = 0;
    for (const auto& [k, v] : map) {
      ASSERT_EQ(model.at(k), v);
      ++met;
    }
    ASSERT_EQ(met, model.size());
  }
}

TEST(MapLongMix, OfIntegersUnderFastGrowth) { run_mix<std::uint64_t, holdfast::fast_growth>(600000, 30000); }
TEST(MapLongMix, OfIntegersUnderGoGrowth) { run_mix<std::uint64_t, holdfast::go_growth>(600000, 30000); }
TEST(MapLongMix, OfIntegersInAStableMap) { run_mix<std::uint32_t, holdfast::stable<holdfast::fast_growth>>(300000, 20000); }
TEST(MapLongMix, OfStringsUnderFastGrowth) { run_mix<std::string, holdfast::fast_growth>(300000, 20000); }

// Large enough for the array to grow inside a reserved range of addresses.
TEST(MapLongMix, OfALargeMapKeepsEveryEntry) {
  holdfast::map<std::uint64_t, std::uint64_t> map;
  for (std::uint64_t key = 0; key < 2'000'000; ++key) map[key] = ~key;
  EXPECT_TRUE(map.stats().in_place);
  for (std::uint64_t key = 0; key < 2'000'000; key += 7) ASSERT_EQ(map.erase(key), 1u);
  for (std::uint64_t key = 0; key < 2'000'000; ++key) {
    ASSERT_EQ(map.get_or(key, 1), key % 7 == 0 ? 1 : ~key);
  }
  EXPECT_FALSE(map.audit());
}

}  // namespace
