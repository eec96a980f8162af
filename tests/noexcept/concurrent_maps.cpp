// The maps for many threads as a program compiled with -fno-exceptions uses them.
#include <holdfast/concurrent/locked_map.hpp>
#include <holdfast/concurrent/sharded_map.hpp>
#include <holdfast/concurrent/sync_map.hpp>

#include <optional>
#include <string>
#include <thread>

#include <gtest/gtest.h>

namespace {

template <class Map>
void used_by_two_threads() {
  Map map;
  const auto count = [&] {
    for (int n = 0; n < 1000; ++n) {
      map.alter(std::to_string(n % 10), [](const int* old) { return std::optional(old == nullptr ? 1 : *old + 1); });
    }
  };
  std::thread other(count);
  count();
  other.join();
  int sum = 0;
  map.for_each([&](const std::string&, int value) { sum += value; });
  EXPECT_EQ(sum, 2000);
  EXPECT_EQ(*map.pin("3"), 200);
  map.clear();
  EXPECT_TRUE(map.empty());
}

TEST(WithoutExceptions, ALockedMapIsUsedByTwoThreads) { used_by_two_threads<holdfast::locked_map<std::string, int>>(); }
TEST(WithoutExceptions, AShardedMapIsUsedByTwoThreads) {
  used_by_two_threads<holdfast::sharded_map<std::string, int>>();
}
TEST(WithoutExceptions, ASyncMapIsUsedByTwoThreads) { used_by_two_threads<holdfast::sync_map<std::string, int>>(); }

TEST(WithoutExceptions, ASyncMapMakesOnceAndPinsWhatWasErased) {
  holdfast::sync_map<int, std::string> map;
  int made = 0;
  for (int n = 0; n < 3; ++n) (void)map.load_or_make(1, [&] { return ++made, std::string("one"); });
  EXPECT_EQ(made, 1);
  const auto pin = map.pin(1);
  EXPECT_TRUE(map.erase(1));
  EXPECT_EQ(*pin, "one");
}

}  // namespace
