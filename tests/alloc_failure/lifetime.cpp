// Where there is no memory for a slot or a reference, everything stays as it was.
#include <cstdint>
#include <memory>
#include <new>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <holdfast/lifetime/handle_pool.hpp>
#include <holdfast/lifetime/sync_handle_pool.hpp>
#include <holdfast/map/map.hpp>

#include "tests/alloc_failure/failing_new.hpp"

namespace {

using holdfast::tests::heap;

// `operate(n)` is tried while its n-th allocation fails, until none does. At how many points it could fail.
template <class Operate>
int at_every_allocation(Operate operate) {
  for (int n = 0;; ++n) {
    heap::fail_at(n);
    bool failed = false;
    try {
      operate();
    } catch (const std::bad_alloc&) {
      failed = true;
    }
    heap::never_fail();
    if (!failed) return n;
  }
}

// covers hf.lifetime.make-strong, hf.lifetime.uses-its-allocator
TEST(LifetimeOutOfMemory, AMakeThatFailsChangesNothing) {
  const std::int64_t live = heap::live;
  {
    holdfast::handle_pool<std::string> pool;
    std::vector<holdfast::handle<std::string>> all;
    all.reserve(300);
    int failures = 0;
    for (std::size_t i = 0; i < 300; ++i) {
      failures += at_every_allocation([&] {
        const std::size_t before = pool.size();
        try {
          all.push_back(pool.make(40, 'x'));
        } catch (...) {
          EXPECT_EQ(pool.size(), before);
          throw;
        }
      });
      ASSERT_EQ(pool.size(), i + 1);
    }
    EXPECT_EQ(failures, 300 + 3 * 2) << "each string, and two blocks for each of three segments";
    for (const auto each : all) EXPECT_EQ(pool.at(each).size(), 40u);
  }
  EXPECT_EQ(heap::live, live);
}

// covers hf.lifetime.make-strong
TEST(LifetimeOutOfMemory, OfAPoolForManyThreads) {
  struct mine {
    std::unique_ptr<int> held = std::make_unique<int>(7);
  };
  std::vector<holdfast::weak<mine>> all;
  all.reserve(300);
  int failures = 0;
  std::unique_ptr<holdfast::sync_handle_pool<mine>> pool;
  failures += at_every_allocation([&] { pool = std::make_unique<holdfast::sync_handle_pool<mine>>(); });
  EXPECT_EQ(failures, 2) << "the pool, and its core";
  failures = 0;
  for (std::size_t i = 0; i < 300; ++i) {
    failures += at_every_allocation([&] { all.push_back(pool->make()); });
    ASSERT_EQ(pool->size(), i + 1);
  }
  EXPECT_EQ(failures, 300 + 3);
  for (const auto& each : all) EXPECT_EQ(*each.pin()->held, 7);
}

// covers hf.map.ref-strong
TEST(LifetimeOutOfMemory, AReferenceThatCannotBeMadeChangesNothing) {
  const std::int64_t live = heap::live;
  {
    holdfast::checked_map<int, int> map;
    for (int i = 0; i < 100; ++i) map[i] = i;
    std::vector<holdfast::ref<int>> all;
    all.reserve(100);
    int failures = 0;
    for (int i = 0; i < 100; ++i) {
      failures += at_every_allocation([&] { all.push_back(map.ref(i)); });
      for (int k = 0; k <= i; ++k) ASSERT_EQ(all[static_cast<std::size_t>(k)].get(), &map.at(k));
      ASSERT_FALSE(map.audit());
    }
    EXPECT_GE(failures, 100) << "at least the watches";
  }
  EXPECT_EQ(heap::live, live);
}

// covers hf.map.ref-follows
TEST(LifetimeOutOfMemory, ReferencesStandGrowthThatFails) {
  holdfast::checked_map<int, int> map;
  for (int i = 0; i < 100; ++i) map[i] = i;
  std::vector<holdfast::ref<int>> all;
  for (int i = 0; i < 100; ++i) all.push_back(map.ref(i));
  for (int i = 100; i < 2000; ++i) {
    at_every_allocation([&] { map[i] = i; });
    for (int k = 0; k < 100; ++k) ASSERT_EQ(all[static_cast<std::size_t>(k)].get(), &map.at(k));
  }
}

}  // namespace
