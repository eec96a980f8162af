// Any sequence of operations gives the answers and the content that a std::map gives, whatever the hash.
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <string>

#include <gtest/gtest.h>

#include "tests/unit/concurrent/faces.hpp"
#include "tests/unit/concurrent/hashes.hpp"

namespace {

using holdfast::tests::face_names;
using holdfast::tests::faces;

using model = std::map<std::string, int>;

std::optional<int> in(const model& map, const std::string& key) {
  const auto at = map.find(key);
  return at == map.end() ? std::nullopt : std::optional(at->second);
}

// A key of no to three letters.
std::string short_key(std::mt19937& words) {
  std::string key(words() % 4, 'a');
  for (char& letter : key) letter = static_cast<char>('a' + words() % 4);
  return key;
}

enum class word : std::uint8_t {
  load,
  store,
  load_or_store,
  load_and_erase,
  erase,
  exchange,
  compare_exchange,
  compare_erase,
  alter,
  words
};

// What is under the key afterwards, according to the model.
template <class Map>
std::optional<int> answer(Map& map, word next, const std::string& key, std::optional<int> there, int value, int other) {
  switch (next) {
    case word::store:
      map.store(key, value);
      return value;
    case word::load_or_store:
      EXPECT_EQ(map.load_or_store(key, value),
                (holdfast::load_or_store_result<int>{there.value_or(value), there.has_value()}));
      return there.value_or(value);
    case word::load_and_erase:
      EXPECT_EQ(map.load_and_erase(key), there);
      return std::nullopt;
    case word::erase:
      EXPECT_EQ(map.erase(key), there.has_value());
      return std::nullopt;
    case word::exchange:
      EXPECT_EQ(map.exchange(key, value), there);
      return value;
    case word::compare_exchange:
      EXPECT_EQ(map.compare_exchange(key, other, value), there == other);
      return there == other ? value : there;
    case word::compare_erase:
      EXPECT_EQ(map.compare_erase(key, other), there == other);
      return there == other ? std::nullopt : there;
    case word::alter: {
      const bool stays = map.alter(key, [&](const int* old) {
        EXPECT_EQ(old == nullptr ? std::nullopt : std::optional(*old), there);
        return there == other ? std::nullopt : std::optional(value);
      });
      EXPECT_EQ(stays, there != other);
      return there == other ? std::nullopt : std::optional(value);
    }
    default:
      EXPECT_EQ(map.load(key), there);
      return there;
  }
}

template <class Map>
void one_step(Map& map, model& trusted, std::mt19937& words) {
  if (words() % 100 == 0) {
    map.clear();
    trusted.clear();
    return;
  }
  const std::string key = short_key(words);
  const auto next = static_cast<word>(words() % static_cast<unsigned>(word::words));
  const int value = static_cast<int>(words() % 5);
  const int other = static_cast<int>(words() % 5);
  const std::optional<int> after = answer(map, next, key, in(trusted, key), value, other);
  trusted.erase(key);
  if (after) trusted.emplace(key, *after);
}

template <class Face>
class ConcurrentAgainstStd : public testing::Test {
 protected:
  template <class Hash>
  static void compare(int steps, std::uint32_t seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 words(seed);
    typename Face::template map<std::string, int, Hash, holdfast::string_equal> map;
    model trusted;
    for (int step = 0; step < steps; ++step) {
      one_step(map, trusted, words);
      ASSERT_FALSE(testing::Test::HasFailure()) << "step " << step;
      ASSERT_EQ(map.size(), trusted.size()) << "step " << step;
      if (step % 64 != 0) continue;
      const auto content = map.snapshot();
      ASSERT_EQ(model(content.begin(), content.end()), trusted) << "step " << step;
    }
  }
};
TYPED_TEST_SUITE(ConcurrentAgainstStd, faces, face_names);

// contract T80; covers hf.concurrent.std-answers
TYPED_TEST(ConcurrentAgainstStd, UnderAGoodHash) { this->template compare<holdfast::string_hash>(20'000, 1); }
TYPED_TEST(ConcurrentAgainstStd, UnderAConstantHash) { this->template compare<holdfast::tests::same_hash>(5'000, 2); }
TYPED_TEST(ConcurrentAgainstStd, UnderAHashOfFewBits) { this->template compare<holdfast::tests::few_bits>(10'000, 3); }

}  // namespace
