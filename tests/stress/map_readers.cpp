// Many readers of one map at once, after every step of its growth: nothing is reported, all is found.
#include <atomic>
#include <barrier>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <holdfast/map/go_map.hpp>
#include <holdfast/map/map.hpp>

namespace {

// `read(thread)` runs on all threads at once after each `write(step)`; the two never overlap.
template <class Write, class Read>
void alternate(int steps, int threads, Write write, Read read) {
  std::barrier meeting(threads + 1);
  std::atomic<bool> over{false};
  std::vector<std::thread> readers;
  for (int thread = 0; thread < threads; ++thread) {
    readers.emplace_back([&, thread] {
      while (true) {
        meeting.arrive_and_wait();
        if (over.load()) return;
        read(thread);
        meeting.arrive_and_wait();
      }
    });
  }
  for (int step = 0; step < steps; ++step) {
    write(step);
    meeting.arrive_and_wait();
    meeting.arrive_and_wait();
  }
  over.store(true);
  meeting.arrive_and_wait();
  for (std::thread& reader : readers) reader.join();
}

template <class Map>
void check_walk(const Map& map) {
  std::size_t entries = 0;
  for (const auto& [key, value] : map) {
    ASSERT_EQ(key, value);
    ++entries;
  }
  ASSERT_EQ(entries, map.size());
}

template <class Map>
void check_lookups(const Map& map) {
  for (int key = 0; key < static_cast<int>(map.size()); ++key) {
    const auto value = map.get(key);
    ASSERT_TRUE(value);
    ASSERT_EQ(*value, key);
  }
  ASSERT_FALSE(map.contains(-1));
}

template <class Policy>
class MapReaders : public testing::Test {};
using policies = testing::Types<holdfast::fast_growth, holdfast::go_growth>;
TYPED_TEST_SUITE(MapReaders, policies);

// contract M60, M95, T12, X3
TYPED_TEST(MapReaders, AreNeverReportedAfterAnyStepOfGrowth) {
  holdfast::map<int, int, holdfast::hash<int>, holdfast::equal_to<int>, std::allocator<std::pair<const int, int>>, TypeParam> map;
  alternate(
      250, 32, [&](int step) { map[step] = step; },
      [&](int thread) {
        if (thread % 2 == 0) {
          check_walk(map);
        } else {
          check_lookups(map);
        }
      });
  EXPECT_EQ(map.size(), 250u);
  EXPECT_FALSE(map.audit());
}

// contract M60: other things a reader may do
TEST(MapReadersOfAllKinds, AreNeverReported) {
  holdfast::map<std::string, int> map;
  alternate(
      60, 8, [&](int step) { for (int n = 0; n < 20; ++n) map[std::to_string(step * 20 + n)] = n; },
      [&](int thread) {
        switch (thread) {
          case 0: EXPECT_EQ(map.clone().size(), map.size()); break;
          case 1: EXPECT_FALSE(map.audit()); break;
          case 2: EXPECT_EQ(map.stats().entries, map.size()); break;
          case 3: EXPECT_TRUE(map == map); break;
          case 4: EXPECT_FALSE(map.dump_text().empty()); break;
          case 5: {
            auto walk = map.cbegin();
            auto copy = walk;
            ++copy;
            EXPECT_FALSE(walk == copy);
            break;
          }
          default: EXPECT_TRUE(map.contains("0"));
        }
      });
}

TEST(MapReadersOfGoMap, ShareOneMapThroughCopiesOfTheHandle) {
  auto map = holdfast::go::make_map<int, int>();
  alternate(
      100, 8, [&](int step) { map.set(step, step); },
      [&](int) {
        const auto copy = map;
        for (auto [key, value] : copy) ASSERT_EQ(key, value);
        for (int key = 0; key < static_cast<int>(copy.len()); ++key) ASSERT_EQ(copy.get(key), key);
      });
}

// Each thread its own maps: nothing is shared behind the scenes.
TEST(MapThreads, WithMapsOfTheirOwnDoNotDisturbEachOther) {
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([thread] {
      for (int round = 0; round < 5; ++round) {
        holdfast::map<int, int> map;
        if (thread % 2 == 0) map.name("map of thread " + std::to_string(thread));
        for (int key = 0; key < 5000; ++key) map[key] = key;
        for (int key = 0; key < 5000; key += 2) map.erase(key);
        ASSERT_EQ(map.size(), 2500u);
        ASSERT_FALSE(map.audit());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
