// go::any by itself; as the key of a map: go_contract_any.cpp.
#include <holdfast/map/go_any.hpp>

#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace {

namespace go = holdfast::go;

std::uint64_t hash_of(const go::any& key, std::uint64_t seed = 7) { return holdfast::hash<go::any>{}(key, seed); }

TEST(Any, GivesItsValueToThoseWhoAskForItsType) {
  const go::any number = 5;
  ASSERT_NE(number.as<int>(), nullptr);
  EXPECT_EQ(*number.as<int>(), 5);
  EXPECT_EQ(number.as<long>(), nullptr);
  EXPECT_EQ(number.as<unsigned>(), nullptr);
  EXPECT_EQ(number.as<std::string>(), nullptr);
}

TEST(Any, IsNilUntilItHasAValue) {
  EXPECT_EQ(go::any().as<int>(), nullptr);
  EXPECT_EQ(go::any(), go::any(nullptr));
  EXPECT_NE(go::any(), go::any(0));
  EXPECT_NE(go::any(0), go::any());
  EXPECT_NE(go::any(), go::any(std::string()));
  go::any was = 5;
  was = nullptr;
  EXPECT_EQ(was, go::any());
}

TEST(Any, HoldsALiteralAsAString) {
  const go::any text = "five";
  ASSERT_NE(text.as<std::string>(), nullptr);
  EXPECT_EQ(*text.as<std::string>(), "five");
  EXPECT_EQ(text, go::any(std::string("five")));
}

TEST(Any, SharesItsValueWithItsCopies) {
  const go::any number = 5;
  const go::any copy = number;
  EXPECT_EQ(copy.as<int>(), number.as<int>());
  go::any source = std::string("five");
  const go::any moved = std::move(source);
  EXPECT_EQ(*moved.as<std::string>(), "five");
}

TEST(Any, LetsItsValueGoWithTheLastCopy) {
  const auto counted = std::make_shared<int>(1);
  {
    const go::any one = counted;
    const go::any copy = one;
    EXPECT_EQ(counted.use_count(), 2);
  }
  EXPECT_EQ(counted.use_count(), 1);
}

// contract M74
TEST(Any, IsEqualWhenTypeAndValueAre) {
  EXPECT_EQ(go::any(5), go::any(5));
  EXPECT_NE(go::any(5), go::any(6));
  EXPECT_NE(go::any(5), go::any(5L));
  EXPECT_NE(go::any(5), go::any(5.0));
  EXPECT_NE(go::any('5'), go::any("5"));
  EXPECT_EQ(go::any(0.0), go::any(-0.0));
  EXPECT_NE(go::any(std::nan("")), go::any(std::nan("")));
}

TEST(Any, HashesAlikeWhenItIsEqual) {
  EXPECT_EQ(hash_of(5), hash_of(5));
  EXPECT_EQ(hash_of("five"), hash_of(std::string("five")));
  EXPECT_EQ(hash_of(0.0), hash_of(-0.0));
  EXPECT_EQ(hash_of(nullptr), hash_of(go::any()));
  const go::any number = 5;
  const go::any copy = number;
  EXPECT_EQ(hash_of(copy), hash_of(number));
}

TEST(Any, HashesByTypeValueAndSeed) {
  EXPECT_NE(hash_of(5), hash_of(6));
  EXPECT_NE(hash_of(5), hash_of(5L));
  EXPECT_NE(hash_of(5, 1), hash_of(5, 2));
  EXPECT_NE(hash_of(nullptr, 1), hash_of(nullptr, 2));
  EXPECT_NE(hash_of(std::nan("")), hash_of(std::nan("")));
}

#if HOLDFAST_EXCEPTIONS

template <class Run>
std::string panic_of(Run run) {
  try {
    static_cast<void>(run());
  } catch (const go::runtime_error& error) {
    return error.what();
  }
  return "no panic";
}

// contract M17
TEST(Any, MayHoldWhatCannotBeHashedAndPanicsWhenThatIsAskedFor) {
  const go::any numbers = std::vector<int>{1, 2};
  EXPECT_EQ(numbers.as<std::vector<int>>()->size(), 2u);
  EXPECT_EQ(panic_of([&] { return hash_of(numbers); }),
            "runtime error: hash of unhashable type std::vector<int, std::allocator<int> >");
  EXPECT_EQ(panic_of([&] { return numbers == numbers; }),
            "runtime error: comparing uncomparable type std::vector<int, std::allocator<int> >");
}

// Types are compared first, as Go does.
TEST(Any, IsUnequalToAnotherTypeWithoutPanicking) {
  const go::any numbers = std::vector<int>{1, 2};
  EXPECT_NE(numbers, go::any(5));
  EXPECT_NE(go::any(5), numbers);
  EXPECT_NE(numbers, go::any());
  EXPECT_NE(numbers, go::any(std::vector<long>{1, 2}));
}

#endif

}  // namespace
