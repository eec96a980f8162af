// The maps as a program compiled with -fno-exceptions uses them.
//
// These cases are built in every lane; in the lane `noexcept` the library is built so as well.
#include <holdfast/map/go_map.hpp>
#include <holdfast/map/map.hpp>
#include <holdfast/map/set.hpp>

#include <string>

#include <gtest/gtest.h>

namespace {

TEST(WithoutExceptions, AMapGrowsIsSearchedAndShrinks) {
  holdfast::map<int, std::string> map;
  for (int i = 0; i < 1000; ++i) map.try_emplace(i, std::to_string(i));
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(map.get_or(i, ""), std::to_string(i));
  for (int i = 0; i < 1000; i += 2) ASSERT_EQ(map.erase(i), 1U);
  EXPECT_EQ(map.size(), 500U);
  EXPECT_FALSE(map.audit());
}

TEST(WithoutExceptions, ASetIsWalked) {
  holdfast::set<std::string> set;
  for (const char* word : {"one", "two", "three"}) set.insert(word);
  std::size_t walked = 0;
  for (const auto& word : set) walked += static_cast<std::size_t>(set.contains(word));
  EXPECT_EQ(walked, 3U);
}

TEST(WithoutExceptions, AGoMapReadsAbsentAsZero) {
  auto map = holdfast::go::make_map<std::string, int>();
  map["a"] += 2;
  EXPECT_EQ(map.get("a"), 2);
  EXPECT_FALSE(map.lookup("b").ok);
}

// Where there is nothing to throw with, what would be thrown is said and the program ends.
TEST(WithoutExceptionsDeathTest, AtOfAnAbsentKeyTellsWhatItWouldThrow) {
#if defined(__cpp_exceptions)
  GTEST_SKIP() << "compiled with exceptions";
#else
  const holdfast::map<int, int> map;
  EXPECT_DEATH(static_cast<void>(map.at(1)), ".");
#endif
}

}  // namespace
