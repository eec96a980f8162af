// Runs one operation again and again, its n-th allocation failing, for n = 0, 1, 2 ... until it succeeds.
//
// After each failure the map must be sound and hold what it held before; nothing may leak.
#pragma once

#include <cstdint>
#include <map>
#include <new>
#include <string>

#include <gtest/gtest.h>

#include "tests/alloc_failure/failing_new.hpp"

namespace holdfast::tests {

template <class Map>
[[nodiscard]] auto contents_of(const Map& map) {
  std::multimap<typename Map::key_type, typename Map::mapped_type> contents;
  for (const auto& [key, value] : map) contents.emplace(key, value);
  return contents;
}

// `make()` builds the map, `operate(map)` is what may fail. Says at how many points it could fail.
template <class Make, class Operate>
int fail_at_every_allocation(Make make, Operate operate) {
  for (int n = 0;; ++n) {
    const std::int64_t live = heap::live;
    {
      auto map = make();
      const auto before = contents_of(map);
      bool failed = false;
      heap::fail_at(n);
      try {
        operate(map);
      } catch (const std::bad_alloc&) {
        failed = true;
      }
      heap::never_fail();
      const auto fault = map.audit();
      EXPECT_FALSE(fault) << "allocation " << n << ": " << fault->invariant << ": " << fault->text;
      if (!failed) return n;
      EXPECT_EQ(contents_of(map), before) << "allocation " << n;
      operate(map);  // and it works once there is memory again
      EXPECT_FALSE(map.audit()) << "the second try after allocation " << n;
    }
    EXPECT_EQ(heap::live, live) << "leak after allocation " << n << " failed";
    if (testing::Test::HasFailure()) return n;
  }
}

}  // namespace holdfast::tests
