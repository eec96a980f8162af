// Iterators used after what they pointed at has gone: detected, never followed.
#include <holdfast/map/map.hpp>
#include <holdfast/map/set.hpp>

#include <array>
#include <csignal>
#include <cstddef>
#include <optional>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using numbers = holdfast::map<int, int>;

class StaleIterator : public testing::Test {
 protected:
  StaleIterator() { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
};

const auto aborted = testing::KilledBySignal(SIGABRT);
const char* const report = "^fatal error: use of a stale map iterator\n(.|\n)*cure: ";

// How often `part` stands in `text`.
std::size_t times(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

int volatile sink = 0;

numbers filled(int entries) {
  numbers map;
  for (int key = 0; key < entries; ++key) map[key] = key;
  return map;
}

// contract M38, X8
TEST_F(StaleIterator, OfFindAfterAnInsertThatMovedEntries) {
  EXPECT_EXIT(
      {
        numbers map = filled(10);
        map.name("ages");
        const auto found = map.find(5);
        for (int key = 10; key < 1000; ++key) map[key] = key;
        sink = found->second;
      },
      aborted, report);
}

TEST_F(StaleIterator, OfInsertAfterReserve) {
  EXPECT_EXIT(
      {
        numbers map = filled(10);
        const auto placed = map.insert({50, 50}).first;
        map.reserve(10000);
        sink = placed->second;
      },
      aborted, report);
}

TEST_F(StaleIterator, AfterShrink) {
  EXPECT_EXIT(
      {
        numbers map = filled(1000);
        const auto found = map.find(5);
        for (int key = 10; key < 1000; ++key) map.erase(key);
        map.shrink_to_fit();
        sink = found->second;
      },
      aborted, report);
}

TEST_F(StaleIterator, OfAWalkOnAnEntryThatWasErased) {
  EXPECT_EXIT(
      {
        numbers map = filled(100);
        const auto walk = map.begin();
        map.erase(walk->first);
        sink = walk->second;
      },
      aborted, report);
}

TEST_F(StaleIterator, OfFindOnAnEntryThatWasErased) {
  EXPECT_EXIT(
      {
        numbers map = filled(100);
        const auto found = map.find(7);
        map.erase(7);
        sink = found->second;
      },
      aborted, report);
}

TEST_F(StaleIterator, OfAWalkAfterClear) {
  EXPECT_EXIT(
      {
        numbers map = filled(100);
        const auto walk = map.begin();
        map.clear();
        sink = walk->second;
      },
      aborted, report);
}

TEST_F(StaleIterator, OfFindAfterClear) {
  EXPECT_EXIT(
      {
        numbers map = filled(100);
        const auto found = map.find(3);
        map.clear();
        sink = found->second;
      },
      aborted, report);
}

TEST_F(StaleIterator, OfAWalkWhoseMapIsGone) {
  EXPECT_EXIT(
      {
        std::optional<numbers> map = filled(100);
        const auto walk = map->begin();
        map.reset();
        sink = walk->second;
      },
      aborted, report);
}

TEST_F(StaleIterator, OfAWalkWhoseMapWasAssignedTo) {
  EXPECT_EXIT(
      {
        numbers map = filled(100);
        const auto walk = map.begin();
        map = filled(3);
        sink = walk->second;
      },
      aborted, report);
}

TEST_F(StaleIterator, AtTheEnd) {
  EXPECT_EXIT(
      {
        const numbers map = filled(3);
        sink = map.end()->second;
      },
      aborted, report);
  EXPECT_EXIT(
      {
        numbers map = filled(3);
        sink = map.find(99)->second;
      },
      aborted, report);
}

TEST_F(StaleIterator, GivenToErase) {
  EXPECT_EXIT(
      {
        numbers map = filled(10);
        const auto found = map.find(5);
        for (int key = 10; key < 1000; ++key) map[key] = key;
        map.erase(found);
      },
      aborted, report);
}

TEST_F(StaleIterator, OfASet) {
  EXPECT_EXIT(
      {
        holdfast::set<int> set;
        set.insert(2);
        const auto found = set.find(2);
        for (int key = 10; key < 1000; ++key) set.insert(key);
        sink = *found;
      },
      aborted, report);
}

// Each part of the report is said once.
TEST_F(StaleIterator, IsToldOnce) {
  const auto once = testing::ResultOf(
      [](const std::string& text) {
        return std::array{times(text, "stale map iterator"), times(text, "  map "), times(text, "  why: "),
                          times(text, "  cure: "), times(text, "\n")};
      },
      testing::ElementsAre(1u, 1u, 1u, 1u, 4u));
  EXPECT_EXIT(
      {
        numbers map = filled(10);
        const auto found = map.find(5);
        map.reserve(10000);
        sink = found->second;
      },
      aborted, once);
}

// The report says which map.
TEST_F(StaleIterator, NamesTheMap) {
  EXPECT_EXIT(
      {
        numbers map = filled(10);
        map.name("ages");
        const auto found = map.find(5);
        map.reserve(10000);
        sink = found->second;
      },
      aborted, "map \"ages\"");
}

}  // namespace
