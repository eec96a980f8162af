// Every operation of a map with its n-th allocation failing, for all n.
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <holdfast/map/map.hpp>

#include "tests/alloc_failure/every_failure.hpp"

namespace {

using holdfast::tests::fail_at_every_allocation;

const std::string long_text = "a text that is too long to be kept inside the string object";

template <class Policy>
class OutOfMemory : public testing::Test {
 protected:
  using texts = holdfast::map<std::string, std::string, holdfast::hash<std::string>, holdfast::equal_to<std::string>,
                              std::allocator<std::pair<const std::string, std::string>>, Policy>;
  static std::string key(int number) { return long_text + std::to_string(number); }
  static texts with(int entries) {
    texts map;
    for (int number = 0; number < entries; ++number) map[key(number)] = long_text;
    return map;
  }
  // Sizes at which one more entry starts a growth, goes on with one, or does neither.
  static std::vector<int> sizes() { return {0, 1, 7, 8, 9, 13, 14, 15, 24, 25, 26, 28, 29, 48, 53, 56, 57, 112, 113}; }

  template <class Operate>
  static void check(Operate operate, bool must_allocate = true) {
    int points = 0;
    for (const int entries : sizes()) points += fail_at_every_allocation([&] { return with(entries); }, operate);
    EXPECT_EQ(points > 0, must_allocate);
  }
};
using policies = testing::Types<holdfast::fast_growth, holdfast::go_growth, holdfast::article_growth,
                                holdfast::stable<holdfast::fast_growth>>;
TYPED_TEST_SUITE(OutOfMemory, policies);

// covers hf.table.insert-strong
TYPED_TEST(OutOfMemory, InInsertLeavesTheMapAsItWas) {
  this->check([](auto& map) { map.insert({long_text, long_text}); });
}
TYPED_TEST(OutOfMemory, InTryEmplaceLeavesTheMapAsItWas) {
  this->check([](auto& map) { map.try_emplace(long_text, long_text); });
}
TYPED_TEST(OutOfMemory, InEmplaceLeavesTheMapAsItWas) {
  this->check([](auto& map) { map.emplace(std::piecewise_construct, std::forward_as_tuple(long_text), std::forward_as_tuple(long_text)); });
}
TYPED_TEST(OutOfMemory, InSubscriptLeavesTheMapAsItWas) {
  this->check([](auto& map) { map[long_text]; });
}
TYPED_TEST(OutOfMemory, InInsertOrAssignOfANewKeyLeavesTheMapAsItWas) {
  this->check([](auto& map) { map.insert_or_assign(long_text, long_text); });
}
TYPED_TEST(OutOfMemory, InReserveLeavesTheEntriesAsTheyWere) {
  this->check([](auto& map) { map.reserve(2000); });
}
TYPED_TEST(OutOfMemory, InRehashLeavesTheEntriesAsTheyWere) {
  this->check([](auto& map) { map.rehash(1000); });
}
// covers hf.table.growth-allocates-nothing
TYPED_TEST(OutOfMemory, InFinishGrowthLeavesTheEntriesAsTheyWere) {
  int points = 0;
  for (const int entries : this->sizes()) {
    points += fail_at_every_allocation([&] { return this->with(entries); }, [](auto& map) { map.finish_growth(); });
  }
  EXPECT_EQ(points, 0) << "moving buckets needs no memory";
}
TYPED_TEST(OutOfMemory, InACopyLeavesNothingBehind) {
  this->check([](auto& map) { const auto copy = map; EXPECT_EQ(copy.size(), map.size()); });
}
TYPED_TEST(OutOfMemory, InCopyAssignmentLeavesTheTargetAsItWas) {
  const auto source = this->with(200);
  this->check([&](auto& map) { map = source; });
}
TYPED_TEST(OutOfMemory, InAssignmentOfAListLeavesTheTargetAsItWas) {
  this->check([&](auto& map) { map = {{long_text, long_text}, {"b", long_text}}; });
}
TYPED_TEST(OutOfMemory, InShrinkLeavesTheEntriesAsTheyWere) {
  int points = 0;
  for (const int left : {1, 5, 20, 100}) {
    points += fail_at_every_allocation(
        [&] {
          auto map = this->with(300);
          for (int number = left; number < 300; ++number) map.erase(this->key(number));
          return map;
        },
        [](auto& map) { map.shrink_to_fit(); });
  }
  EXPECT_GT(points, 0);
}
TYPED_TEST(OutOfMemory, InNamingLeavesTheMapAsItWas) {
  this->check([](auto& map) { map.name(long_text); });
}
TYPED_TEST(OutOfMemory, NeverConcernsEraseTakeClearSwapAndMove) {
  this->check(
      [key = this->key(3)](auto& map) {
        map.erase(key);
        auto other = std::move(map);
        swap(other, map);
        map.clear();
      },
      false);
}

// A range goes in entry by entry: what went in before the failure stays.
TYPED_TEST(OutOfMemory, InARangeInsertLeavesAPrefixOfIt) {
  std::vector<std::pair<std::string, std::string>> range;
  for (int number = 0; number < 60; ++number) range.emplace_back(this->key(number), long_text);
  for (int n = 0;; ++n) {
    typename TestFixture::texts map;
    bool failed = false;
    holdfast::tests::heap::fail_at(n);
    try {
      map.insert(range.begin(), range.end());
    } catch (const std::bad_alloc&) {
      failed = true;
    }
    holdfast::tests::heap::never_fail();
    ASSERT_FALSE(map.audit());
    for (std::size_t i = 0; i < range.size(); ++i) ASSERT_EQ(map.contains(range[i].first), i < map.size());
    if (!failed) break;
  }
}

// A walk stands in the map while growth goes on: writing down what it has still to visit needs memory.
TYPED_TEST(OutOfMemory, WhileWalksAreUnderWayLosesNoEntryOfTheWalk) {
  for (const int entries : {8, 14, 26, 29, 57}) {
    for (int n = 0;; ++n) {
      auto map = this->with(entries);
      auto walk = map.begin();
      int met = 0;
      for (; met < entries / 3; ++met) ++walk;
      bool failed = false;
      for (int number = 0; number < 20 && !failed; ++number) {
        const std::string key = "new " + std::to_string(number);
        holdfast::tests::heap::fail_at(n);
        try {
          map.try_emplace(key, long_text);
        } catch (const std::bad_alloc&) {
          failed = true;
        }
        holdfast::tests::heap::never_fail();
      }
      ASSERT_FALSE(map.audit());
      for (; walk != map.end(); ++walk) met += walk->first.rfind("new ", 0) != 0;
      ASSERT_EQ(met, entries);
      if (!failed) break;
    }
  }
}

}  // namespace
