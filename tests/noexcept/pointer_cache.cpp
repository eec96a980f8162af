// The cache for many threads as a program compiled with -fno-exceptions uses it.
#include <holdfast/concurrent/pointer_cache.hpp>

#include <memory>
#include <string>
#include <thread>

#include <gtest/gtest.h>

namespace {

using cache = holdfast::pointer_cache<std::string, std::string>;

TEST(WithoutExceptions, APointerCacheIsUsedByTwoThreads) {
  cache all(50);
  const auto use = [&] {
    for (int n = 0; n < 2000; ++n) {
      const std::string key = std::to_string(n % 80);
      const auto made = all.load_or_make(key, [&] { return std::make_unique<std::string>(key); });
      ASSERT_EQ(made.value->substr(0, key.size()), key);
      all.update(key, [](std::string& text) { text += "+"; });
      if (n % 7 == 0) all.erase(key);
    }
  };
  std::thread other(use);
  use();
  other.join();
  EXPECT_LE(all.size(), 50U);
  EXPECT_GT(all.stats().over_capacity, 0U);
}

TEST(WithoutExceptions, APointerCachePinsWhatWasReplaced) {
  cache all({.time_to_live = std::chrono::hours(1)});
  all.store("a", std::make_shared<std::string>("first"));
  const auto pin = all.load("a");
  EXPECT_TRUE(all.compare_exchange("a", pin, "second"));
  EXPECT_FALSE(all.compare_exchange("a", pin, "third"));
  EXPECT_EQ(*pin, "first");
  EXPECT_EQ(*all.load("a"), "second");
  EXPECT_TRUE(all.modify("a", [](std::string& text) { text = "changed"; }));
  EXPECT_EQ(*all.load_and_erase("a"), "changed");
  EXPECT_EQ(all.stats().hits, 2U);
}

}  // namespace
