// A sync_cell with every allocation failing in turn: it is as it was, and nothing leaks.
#include <holdfast/concurrent/sync_cell.hpp>

#include <cstdint>
#include <new>
#include <string>

#include <gtest/gtest.h>

#include "tests/alloc_failure/failing_new.hpp"

namespace {

using holdfast::tests::heap;

const std::string long_text = "a text that is too long to be kept inside the string object";

// `operate(cell)` with its n-th allocation failing, for all n. At how many points it could fail.
template <class Operate>
int failures(Operate operate) {
  for (int n = 0;; ++n) {
    holdfast::reclaim::default_domain().drain();
    const std::int64_t live = heap::live;
    bool failed = false;
    {
      holdfast::sync_cell<std::string> cell(long_text);
      const auto before = cell.load();
      heap::fail_at(n);
      try {
        operate(cell);
      } catch (const std::bad_alloc&) {
        failed = true;
      }
      heap::never_fail();
      EXPECT_EQ(failed, cell.load().get() == before.get()) << "allocation " << n;
    }
    holdfast::reclaim::default_domain().drain();
    EXPECT_EQ(heap::live, live) << "allocation " << n;
    if (!failed) return n;
  }
}

// covers hf.cell.strong
TEST(SyncCellMemory, WhatFailsChangesNothing) {
  EXPECT_GE(failures([](auto& cell) { cell.store(long_text + "2"); }), 2);
  EXPECT_GE(failures([](auto& cell) { (void)cell.exchange(long_text + "2"); }), 2);
  EXPECT_GE(failures([](auto& cell) { EXPECT_TRUE(cell.compare_exchange(cell.load(), long_text + "2")); }), 2);
  EXPECT_GE(failures([](auto& cell) { EXPECT_TRUE(cell.update([](std::string& copy) { copy += "2"; })); }), 2);
}

TEST(SyncCellMemory, LoadingAllocatesNothing) {
  holdfast::sync_cell<std::string> cell(long_text);
  (void)cell.load();  // whatever a thread needs once, it has
  const std::int64_t before = heap::calls;
  EXPECT_EQ(*cell.load(), long_text);
  EXPECT_EQ(heap::calls, before);
}

}  // namespace
