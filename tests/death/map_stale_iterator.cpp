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

#include "tests/death/death_test.hpp"

namespace {

using holdfast::tests::aborted;
using numbers = holdfast::map<int, int>;
using StaleIterator = holdfast::tests::death_test;

// `place`: what stands between its first line and the cure.
void expect_report(void (*use)(), const std::string& place = "") {
  EXPECT_EXIT(use(), aborted, "^fatal error: use of a stale map iterator\n(.|\n)*" + place + "(.|\n)*cure: ");
}

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
  expect_report([] {
    numbers map = filled(10);
    map.name("ages");
    const auto found = map.find(5);
    for (int key = 10; key < 1000; ++key) map[key] = key;
    sink = found->second;
  });
}

TEST_F(StaleIterator, OfInsertAfterReserve) {
  expect_report([] {
    numbers map = filled(10);
    const auto placed = map.insert({50, 50}).first;
    map.reserve(10000);
    sink = placed->second;
  });
}

TEST_F(StaleIterator, AfterShrink) {
  expect_report([] {
    numbers map = filled(1000);
    const auto found = map.find(5);
    for (int key = 10; key < 1000; ++key) map.erase(key);
    map.shrink_to_fit();
    sink = found->second;
  });
}

TEST_F(StaleIterator, OfAWalkOnAnEntryThatWasErased) {
  expect_report([] {
    numbers map = filled(100);
    const auto walk = map.begin();
    map.erase(walk->first);
    sink = walk->second;
  });
}

TEST_F(StaleIterator, OfFindOnAnEntryThatWasErased) {
  expect_report([] {
    numbers map = filled(100);
    const auto found = map.find(7);
    map.erase(7);
    sink = found->second;
  });
}

TEST_F(StaleIterator, OfAWalkAfterClear) {
  expect_report([] {
    numbers map = filled(100);
    const auto walk = map.begin();
    map.clear();
    sink = walk->second;
  });
}

TEST_F(StaleIterator, OfFindAfterClear) {
  expect_report([] {
    numbers map = filled(100);
    const auto found = map.find(3);
    map.clear();
    sink = found->second;
  });
}

TEST_F(StaleIterator, OfAWalkWhoseMapIsGone) {
  expect_report([] {
    std::optional<numbers> map = filled(100);
    const auto walk = map->begin();
    map.reset();
    sink = walk->second;
  });
}

TEST_F(StaleIterator, OfAWalkWhoseMapWasAssignedTo) {
  expect_report([] {
    numbers map = filled(100);
    const auto walk = map.begin();
    map = filled(3);
    sink = walk->second;
  });
}

TEST_F(StaleIterator, AtTheEnd) {
  expect_report([] {
    const numbers map = filled(3);
    sink = map.end()->second;
  });
  expect_report([] {
    numbers map = filled(3);
    sink = map.find(99)->second;
  });
}

TEST_F(StaleIterator, GivenToErase) {
  expect_report([] {
    numbers map = filled(10);
    const auto found = map.find(5);
    for (int key = 10; key < 1000; ++key) map[key] = key;
    map.erase(found);
  });
}

TEST_F(StaleIterator, OfASet) {
  expect_report([] {
    holdfast::set<int> set;
    set.insert(2);
    const auto found = set.find(2);
    for (int key = 10; key < 1000; ++key) set.insert(key);
    sink = *found;
  });
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
  const auto use = [] {
    numbers map = filled(10);
    map.name("ages");
    const auto found = map.find(5);
    map.reserve(10000);
    sink = found->second;
  };
  expect_report(use, "map \"ages\"");
}

}  // namespace
