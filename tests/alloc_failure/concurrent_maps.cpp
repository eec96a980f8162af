// Maps for many threads with every allocation failing in turn, and what they do without allocating.
#include <cstdint>
#include <map>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "tests/alloc_failure/failing_new.hpp"
#include "tests/unit/concurrent/faces.hpp"

namespace {

using holdfast::tests::face_names;
using holdfast::tests::faces;
using holdfast::tests::heap;

const std::string long_text = "a text that is too long to be kept inside the string object";

template <class Face>
class ConcurrentMemory : public testing::Test {
 protected:
  using texts = typename Face::template map<std::string, std::string>;

  static std::string key(int number) { return long_text + std::to_string(number); }
  static std::unique_ptr<texts> with(int entries) {
    auto map = std::make_unique<texts>();
    for (int number = 0; number < entries; ++number) map->store(key(number), long_text);
    return map;
  }
  static std::map<std::string, std::string> contents_of(const texts& map) {
    const auto all = map.snapshot();
    return {all.begin(), all.end()};
  }

  // `operate(map)` with its n-th allocation failing, for all n, on maps of sizes around their growth.
  template <class Operate>
  static void fails_and_changes_nothing(Operate operate) {
    int points = 0;
    for (const int entries : {0, 1, 8, 13, 14, 15, 28, 29, 56, 57}) points += failures_with(entries, operate);
    EXPECT_GT(points, 0);
  }

  template <class Operate>
  static int failures_with(int entries, Operate& operate) {
    for (int n = 0;; ++n) {
      const auto map = with(entries);
      const auto before = contents_of(*map);
      bool failed = false;
      heap::fail_at(n);
      try {
        operate(*map);
      } catch (const std::bad_alloc&) {
        failed = true;
      }
      heap::never_fail();
      if (!failed) return n;
      EXPECT_EQ(contents_of(*map), before) << "allocation " << n << " of a map of " << entries;
      operate(*map);  // no lock is held, and there is memory again
      if (testing::Test::HasFailure()) return n;
    }
  }
};
TYPED_TEST_SUITE(ConcurrentMemory, faces, face_names);

// covers hf.concurrent.strong
TYPED_TEST(ConcurrentMemory, StoreOfANewKeyThatFailsChangesNothing) {
  this->fails_and_changes_nothing([](auto& map) { map.store("another " + long_text, long_text); });
}
TYPED_TEST(ConcurrentMemory, StoreOverAKeyThatFailsChangesNothing) {
  this->fails_and_changes_nothing([](auto& map) { map.store(long_text + "0", long_text + long_text); });
}
TYPED_TEST(ConcurrentMemory, LoadOrStoreThatFailsChangesNothing) {
  this->fails_and_changes_nothing(
      [](auto& map) { (void)TypeParam::own_words(map).load_or_store("another " + long_text, long_text); });
}
TYPED_TEST(ConcurrentMemory, LoadOrMakeThatFailsChangesNothing) {
  this->fails_and_changes_nothing([](auto& map) {
    (void)TypeParam::own_words(map).load_or_make("another " + long_text, [] { return long_text; });
  });
}
TYPED_TEST(ConcurrentMemory, ExchangeThatFailsChangesNothing) {
  this->fails_and_changes_nothing(
      [](auto& map) { (void)TypeParam::own_words(map).exchange(long_text + "0", long_text + long_text); });
}
TYPED_TEST(ConcurrentMemory, AlterThatFailsChangesNothing) {
  this->fails_and_changes_nothing([](auto& map) {
    map.alter("another " + long_text, [](const std::string*) { return std::optional(long_text); });
  });
}

class CheckedMemory : public ConcurrentMemory<holdfast::tests::checked_sync_face> {};

// covers hf.concurrent.ref-strong
TEST_F(CheckedMemory, ReferringThatFailsChangesNothing) {
  fails_and_changes_nothing([](auto& map) {
    const auto one = map.ref(long_text + "0");
    EXPECT_EQ(static_cast<bool>(one.pin()), !map.empty());
  });
}

template <class Run>
std::int64_t allocations_in(Run run) {
  const std::int64_t before = heap::calls;
  run();
  return heap::calls - before;
}

// contract T85
TYPED_TEST(ConcurrentMemory, WalkingNothingAllocatesNothingAndClearingNextToNothing) {
  typename TypeParam::template map<int, int> map;
  int shown = 0;
  map.for_each([](int, int) {});  // whatever a thread needs once, it has
  EXPECT_EQ(allocations_in([&] { map.for_each([&](int, int) { ++shown; }); }), 0);
  EXPECT_EQ(shown, 0);
  EXPECT_EQ(allocations_in([&] { map.clear(); }), 0);
  map.store(1, 1);
  EXPECT_LE(allocations_in([&] { map.clear(); }), 1);
  EXPECT_LE(allocations_in([&] { map.clear(); }), TypeParam::clear_is_one_instant ? 0 : 1);
}

// covers hf.concurrent.lookup-without-temporary
TYPED_TEST(ConcurrentMemory, FindingAllocatesNothing) {
  typename TypeParam::template map<std::string, int> map;
  map.store(long_text, 1);
  (void)map.load("");  // whatever a thread needs once, it has
  const std::string_view view = long_text;
  int found = 0;
  EXPECT_EQ(allocations_in([&] {
              found += map.load(view).value_or(0) + *map.pin(long_text.c_str());
              map.visit(view, [&](int value) { found += value; });
              found += map.load(view.substr(1)).value_or(0);
              found += map.load_or_store(view, 5).value;
              found += map.compare_exchange(view, 5, 2) ? 1 : 0;
              found += map.compare_erase(view, 5) ? 1 : 0;
              found += map.erase(view.substr(2)) ? 1 : 0;
            }),
            0);
  EXPECT_EQ(found, 4);
}

}  // namespace
