// One object under two keys, under each policy.
#include <holdfast/concurrent/pointer_cache.hpp>

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <holdfast/base/lang/failure.hpp>

#include "tests/unit/concurrent/cached_object.hpp"

namespace {

using holdfast::cache_aliases;
using holdfast::pointer_cache;

template <cache_aliases Policy, class T = int>
using cache = pointer_cache<int, T, holdfast::hash<int>, holdfast::equal_to<int>, std::allocator<std::byte>, Policy>;

int reports = 0;
struct reports_counted {
  reports_counted() : before(holdfast::set_failure_handler([](const holdfast::failure&) { ++reports; })) {
    reports = 0;
  }
  ~reports_counted() { holdfast::set_failure_handler(before); }
  holdfast::failure_handler before;
};

// covers hf.cache.aliases
TEST(PointerCacheAliases, AllowLetsKeysSeeEachOthersChanges) {
  cache<cache_aliases::allow> all;
  const auto object = std::make_shared<int>(1);
  EXPECT_TRUE(all.store(1, object));
  EXPECT_TRUE(all.store(2, object));
  all.modify(1, [](int& value) { value = 5; });
  EXPECT_EQ(*all.load(2), 5);
  EXPECT_EQ(all.keys_of(object.get()).size(), 2U);
  all.update(1, [](int& value) { value = 6; });
  EXPECT_EQ(*all.load(2), 5) << "update never changes what others have";
}

// covers hf.cache.aliases
TEST(PointerCacheAliases, ReportStoresAndReports) {
  const reports_counted handler;
  cache<cache_aliases::report> all;
  const auto object = std::make_shared<int>(1);
  all.store(1, object);
  all.store(1, object);
  EXPECT_EQ(reports, 0) << "one key may have its object again";
  EXPECT_TRUE(all.store(2, object));
  EXPECT_EQ(reports, 1);
  EXPECT_EQ(all.stats().aliases_found, 1U);
  EXPECT_EQ(all.stats().shared_objects, 1U);
  EXPECT_EQ(all.load(1).get(), all.load(2).get());
  all.erase(1);
  EXPECT_EQ(all.stats().shared_objects, 0U);
  all.erase(2);
  all.store(3, object);
  EXPECT_EQ(reports, 1) << "what has left does not count";
}

// covers hf.cache.aliases
TEST(PointerCacheAliases, RejectLeavesTheObjectToTheCaller) {
  cache<cache_aliases::reject> all;
  auto object = std::make_shared<int>(1);
  EXPECT_TRUE(all.store(1, object));
  EXPECT_TRUE(all.store(1, object));
  EXPECT_FALSE(all.store(2, std::move(object)));
  ASSERT_TRUE(object) << "untouched";
  EXPECT_FALSE(all.load(2));
  EXPECT_FALSE(all.compare_exchange(3, nullptr, object));
  EXPECT_FALSE(all.load_or_make(4, [&] { return object; }).value);
  EXPECT_EQ(all.stats().aliases_rejected, 3U);
  all.erase(1);
  EXPECT_TRUE(all.store(2, object));

  int here = 0;
  int deleted = 0;
  EXPECT_TRUE(all.store(5, &here, [&](int*) { ++deleted; }));
  EXPECT_FALSE(all.store(6, &here, [&](int*) { ++deleted; }));
  holdfast::tests::settle_cache();
  EXPECT_EQ(deleted, 0);
}

// covers hf.cache.aliases
TEST(PointerCacheAliases, RejectSeesObjectsGoByEvictionToo) {
  cache<cache_aliases::reject, int> all(1);
  const auto object = std::make_shared<int>(1);
  all.store(1, object);
  all.store(2, 2);
  EXPECT_TRUE(all.store(3, object));
}

// covers hf.cache.aliases
TEST(PointerCacheAliases, CloneOnStoreCopiesWhatOthersMayHave) {
  cache<cache_aliases::clone_on_store> all;
  const auto object = std::make_shared<int>(1);
  all.store(1, object);
  all.store(2, object);
  *object = 7;
  EXPECT_EQ(*all.load(1), 1);
  EXPECT_EQ(*all.load(2), 1);
  EXPECT_NE(all.load(1).get(), all.load(2).get());
  auto own = std::make_unique<int>(3);
  const int* const address = own.get();
  all.store(3, std::move(own));
  EXPECT_EQ(all.load(3).get(), address) << "what nobody else has is not copied";
}

// covers hf.cache.aliases
TEST(PointerCacheAliases, UnshareOnWriteCopiesForTheKeyThatIsWritten) {
  cache<cache_aliases::unshare_on_write> all;
  const auto object = std::make_shared<int>(1);
  all.store(1, object);
  all.store(2, object);
  EXPECT_EQ(all.load(1).get(), all.load(2).get());
  EXPECT_EQ(all.stats().shared_objects, 1U);
  all.modify(1, [](int& value) { value = 5; });
  EXPECT_EQ(*all.load(1), 5);
  EXPECT_EQ(*all.load(2), 1);
  EXPECT_EQ(*object, 1);
  EXPECT_EQ(all.stats().aliases_copied, 1U);
  all.modify(2, [](int& value) { value = 6; });
  EXPECT_EQ(all.load(2).get(), object.get()) << "the last key that has it writes in place";
}

// covers hf.cache.aliases
TEST(PointerCacheAliases, AValueInItsEntryIsNobodysAlias) {
  const reports_counted handler;
  cache<cache_aliases::report, std::string> all;
  const std::string text = "text";
  for (int key = 0; key < 10; ++key) all.store(key, text);
  EXPECT_EQ(reports, 0);
  EXPECT_EQ(all.stats().shared_objects, 0U);
}

}  // namespace
