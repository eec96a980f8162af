// hash<K> and equal_to<K> of each kind of key, and how a foreign hash is finished.
#include <holdfast/base/hash/hash.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory_resource>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

#include <gtest/gtest.h>

namespace {

using holdfast::equal_to;
using holdfast::finished_hash;
using holdfast::hash;
using holdfast::hash_cannot_throw;
using holdfast::seeded_hash_for;

enum class colour : std::uint8_t { white, grey, black };

template <class Key>
std::uint64_t hash_of(const Key& key, std::uint64_t seed = 7) {
  return finished_hash(hash<Key>{}, key, seed);
}

TEST(Hash, OfEachOwnKindTakesTheSeed) {
  static_assert(seeded_hash_for<hash<bool>, bool>);
  static_assert(seeded_hash_for<hash<std::int8_t>, std::int8_t>);
  static_assert(seeded_hash_for<hash<std::uint64_t>, std::uint64_t>);
  static_assert(seeded_hash_for<hash<colour>, colour>);
  static_assert(seeded_hash_for<hash<int*>, int*>);
  static_assert(seeded_hash_for<hash<double>, double>);
  static_assert(seeded_hash_for<hash<std::string>, std::string>);
  static_assert(seeded_hash_for<hash<std::pmr::string>, std::string_view>);
  static_assert(!seeded_hash_for<std::hash<int>, int>);
  // Without a seed it can be given to std::unordered_map.
  EXPECT_EQ(hash<int>{}(5), hash<int>{}(5, 0));
  EXPECT_EQ(hash<double>{}(5), hash<double>{}(5, 0));
  EXPECT_EQ(hash<std::string>{}("five"), hash<std::string>{}("five", 0));
}

template <class Key>
void expect_seed_and_value_to_count(Key a, Key b) {
  EXPECT_EQ(hash_of(a), hash_of(a));
  EXPECT_NE(hash_of(a), hash_of(b));
  EXPECT_NE(hash_of(a, 1), hash_of(a, 2));
}

// covers hf.hash.seed-per-map, hf.hash.any-hash
TEST(Hash, DependsOnTheKeyAndOnTheSeed) {
  expect_seed_and_value_to_count(false, true);
  expect_seed_and_value_to_count<std::int8_t>(-1, 1);
  expect_seed_and_value_to_count<std::int64_t>(std::numeric_limits<std::int64_t>::min(), 0);
  expect_seed_and_value_to_count(colour::white, colour::black);
  const int numbers[2] = {};
  expect_seed_and_value_to_count(&numbers[0], &numbers[1]);
  expect_seed_and_value_to_count(1.0, 2.0);
  expect_seed_and_value_to_count(1.0F, std::numeric_limits<float>::infinity());
  expect_seed_and_value_to_count(1.0L, -1.0L);
  expect_seed_and_value_to_count<std::string>("a", "b");
  // By std::hash, finished.
  expect_seed_and_value_to_count<std::optional<int>>(1, std::nullopt);
  expect_seed_and_value_to_count<std::u16string>(u"a", u"b");
  expect_seed_and_value_to_count<std::variant<int, bool>>(1, true);
}

// covers hf.hash.zeros-alike
TEST(Hash, OfBothZerosIsTheSame) {
  EXPECT_EQ(hash_of(0.0), hash_of(-0.0));
  EXPECT_EQ(hash_of(0.0F), hash_of(-0.0F));
  EXPECT_EQ(hash_of(0.0L), hash_of(-0.0L));
}

// covers hf.hash.nan-scattered
TEST(Hash, OfNanIsAnotherOneEachTime) {
  std::set<std::uint64_t> hashes;
  for (int i = 0; i < 1000; ++i) hashes.insert(hash_of(std::nan("")));
  for (int i = 0; i < 1000; ++i) hashes.insert(hash_of(std::nanf("")));
  EXPECT_EQ(hashes.size(), 2000u);
}

// covers hf.hash.texts-alike
TEST(Hash, OfOneTextIsTheSameInEverySpelling) {
  for (const char* const text : {"", "ann", "a name that is too long to be kept inside of a string object"}) {
    const std::uint64_t expected = hash_of(std::string(text));
    EXPECT_EQ(hash_of(std::string_view(text)), expected);
    EXPECT_EQ(hash_of(std::pmr::string(text)), expected);
    EXPECT_EQ(hash<std::string>{}(text, 7), expected);
    EXPECT_TRUE(equal_to<std::string>{}(std::pmr::string(text), text));
  }
  EXPECT_EQ(hash_of(std::string_view{}), hash_of(std::string{}));
  EXPECT_TRUE(equal_to<std::string>{}(std::string_view{}, std::string{}));
}

// covers hf.hash.texts-alike
TEST(EqualTo, TellsTextsApartByLengthAndByWhatIsBehindAZero) {
  using namespace std::string_view_literals;
  const equal_to<std::string> equal;
  EXPECT_FALSE(equal("ann", "anna"));
  EXPECT_FALSE(equal("", "a"));
  EXPECT_FALSE(equal("a\0b"sv, "a\0c"sv));
  EXPECT_TRUE(equal("a\0b"sv, "a\0b"sv));
  EXPECT_NE(hash_of("a\0b"sv), hash_of("a\0c"sv));
}

struct foreign {
  int number;
  bool operator==(const foreign&) const = default;
};

// One value for all, and it may throw.
struct poor {
  std::size_t operator()(const foreign&) const { return 42; }
};

struct sound {
  std::uint64_t operator()(const foreign& key, std::uint64_t seed) const noexcept {
    return static_cast<std::uint64_t>(key.number) + seed;
  }
};

// covers hf.hash.any-hash
TEST(FinishedHash, FinishesAForeignHashAndLeavesASeededOneAlone) {
  EXPECT_EQ(finished_hash(sound{}, foreign{3}, 4), 7u);
  EXPECT_EQ(finished_hash(poor{}, foreign{3}, 4), holdfast::mix_word(42, 4));
  EXPECT_EQ(finished_hash([](const foreign& key) { return key.number; }, foreign{-1}, 4),
            holdfast::mix_word(~std::uint64_t{0}, 4));
}

TEST(FinishedHash, ThrowsOnlyIfTheHashMay) {
  static_assert(hash_cannot_throw<hash<int>, int>());
  static_assert(hash_cannot_throw<hash<std::string>, std::string_view>());
  static_assert(hash_cannot_throw<sound, foreign>());
  static_assert(!hash_cannot_throw<poor, foreign>());
  static_assert(!std::is_invocable_v<hash<foreign>, foreign>);
}

}  // namespace
