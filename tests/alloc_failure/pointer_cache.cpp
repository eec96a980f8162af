// A pointer_cache with every allocation failing in turn: the cache is as it was, nothing leaks, nobody is told.
#include <holdfast/concurrent/pointer_cache.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <memory_resource>
#include <new>
#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "tests/alloc_failure/failing_new.hpp"

namespace {

using holdfast::cache_aliases;
using holdfast::pointer_cache;
using holdfast::pointer_cache_options;
using holdfast::removal_cause;
using holdfast::tests::heap;

const std::string long_text = "a text that is too long to be kept inside the string object";
std::string key_of(int number) { return long_text + std::to_string(number); }

template <cache_aliases Aliases>
using texts = pointer_cache<std::string, std::string, holdfast::hash<std::string>, holdfast::equal_to<std::string>,
                            std::allocator<std::byte>, Aliases>;

template <class Cache>
std::map<std::string, std::string> contents_of(const Cache& cache) {
  std::map<std::string, std::string> all;
  cache.for_each([&](const std::string& key, const std::string& text) { all[key] = text; });
  return all;
}

struct setting {
  std::size_t capacity = 0;
  int told = 0;

  [[nodiscard]] pointer_cache_options<std::string, std::string> options() {
    return {.capacity = capacity,
            .on_removal = [this](const std::string&, const std::string*, removal_cause) { ++told; }};
  }
};

// `operate(cache)` with its n-th allocation failing, for all n, on caches of `entries`.
template <cache_aliases Aliases, class Operate>
int failures_with(setting with, int entries, Operate operate) {
  for (int n = 0;; ++n) {
    holdfast::reclaim::default_domain().drain();
    const std::int64_t live = heap::live;
    bool failed = false;
    {
      texts<Aliases> cache(with.options());
      for (int number = 0; number < entries; ++number)
        cache.store(key_of(number), std::make_unique<std::string>(long_text));
      const auto before = contents_of(cache);
      const auto figures = cache.stats();
      with.told = 0;
      heap::fail_at(n);
      try {
        operate(cache);
      } catch (const std::bad_alloc&) {
        failed = true;
      }
      heap::never_fail();
      if (!failed) return n;
      EXPECT_EQ(contents_of(cache), before) << "allocation " << n << " of a cache of " << entries;
      EXPECT_EQ(with.told, 0) << "allocation " << n << " of a cache of " << entries;
      EXPECT_EQ(cache.size(), figures.entries);
      EXPECT_EQ(cache.stats().weight, figures.weight);
      EXPECT_EQ(cache.stats().shared_objects, figures.shared_objects);
      operate(cache);  // no lock is held, no flight is left, and there is memory again
      if (with.capacity != 0) {
        EXPECT_LE(cache.size(), with.capacity);
      }
    }
    holdfast::reclaim::default_domain().drain();
    EXPECT_EQ(heap::live, live) << "leak after allocation " << n << " failed";
    if (testing::Test::HasFailure()) return n;
  }
}

template <cache_aliases Aliases = cache_aliases::allow, class Operate>
void fails_and_changes_nothing(Operate operate) {
  int points = 0;
  for (const std::size_t capacity : {0U, 8U, 1000U}) {
    for (const int entries : {1, 8, 14, 15}) points += failures_with<Aliases>({capacity}, entries, operate);
  }
  EXPECT_GT(points, 0);
}

// The one that was stored last is in the cache whatever its capacity is; so is it in those below.
std::string last_of(const auto& cache) {
  std::string last;
  cache.for_each([&](const std::string& key, const std::string&) { last = std::max(last, key); });
  return last;
}

// covers hf.cache.strong
TEST(PointerCacheMemory, StoreThatFailsChangesNothing) {
  fails_and_changes_nothing([](auto& cache) { cache.store("another " + long_text, long_text); });
  fails_and_changes_nothing(
      [](auto& cache) { cache.store("another " + long_text, std::make_shared<std::string>(long_text)); });
}

// covers hf.cache.strong
TEST(PointerCacheMemory, StoreOverAKeyThatFailsChangesNothing) {
  fails_and_changes_nothing([](auto& cache) { cache.store(last_of(cache), long_text + long_text); });
}

// covers hf.cache.strong
TEST(PointerCacheMemory, StoreOfSharedObjectsThatFailsChangesNothing) {
  const auto stores_twice = [](auto& cache) {
    const auto text = std::make_shared<std::string>(long_text);
    cache.store(last_of(cache), text);
  };
  fails_and_changes_nothing<cache_aliases::reject>(stores_twice);
  fails_and_changes_nothing<cache_aliases::report>(stores_twice);
  fails_and_changes_nothing<cache_aliases::unshare_on_write>(stores_twice);
  fails_and_changes_nothing<cache_aliases::clone_on_store>(stores_twice);
}

// covers hf.cache.strong
TEST(PointerCacheMemory, ADeletersObjectIsDestroyedWhenTheStoreFails) {
  const std::string key = "another " + long_text;
  fails_and_changes_nothing([&](auto& cache) {
    auto* const text = new std::string(long_text);
    cache.store(key, text, [](std::string* gone) { delete gone; });
  });
}

// covers hf.cache.strong
TEST(PointerCacheMemory, UpdateThatFailsChangesNothing) {
  fails_and_changes_nothing(
      [](auto& cache) { EXPECT_TRUE(cache.update(last_of(cache), [](std::string& text) { text += long_text; })); });
}

// covers hf.cache.strong
TEST(PointerCacheMemory, ModifyThatFailsToCopyChangesNothing) {
  const auto shared = std::make_shared<std::string>(long_text);
  const std::string one = key_of(1);
  texts<cache_aliases::unshare_on_write> cache;
  cache.store(one, shared);
  cache.store(key_of(2), shared);
  for (int n = 0;; ++n) {
    bool failed = false;
    heap::fail_at(n);
    try {
      EXPECT_TRUE(cache.modify(one, [](std::string& text) { text.front() = 'A'; }));
    } catch (const std::bad_alloc&) {
      failed = true;
    }
    heap::never_fail();
    EXPECT_EQ(*shared, long_text);
    if (!failed) break;
    EXPECT_EQ(*cache.load(one), long_text) << "allocation " << n;
    EXPECT_EQ(cache.stats().shared_objects, 1U) << "allocation " << n;
  }
  EXPECT_EQ(cache.load(one)->front(), 'A');
  EXPECT_EQ(cache.stats().shared_objects, 0U);
}

// covers hf.cache.strong
TEST(PointerCacheMemory, CompareExchangeThatFailsChangesNothing) {
  fails_and_changes_nothing(
      [](auto& cache) { EXPECT_TRUE(cache.compare_exchange("another " + long_text, nullptr, long_text)); });
  fails_and_changes_nothing([](auto& cache) {
    const auto there = cache.load(last_of(cache));
    EXPECT_TRUE(cache.compare_exchange(last_of(cache), there, long_text + long_text));
  });
}

// covers hf.cache.strong
TEST(PointerCacheMemory, LoadOrMakeThatFailsChangesNothing) {
  fails_and_changes_nothing([](auto& cache) {
    EXPECT_EQ(*cache.load_or_make("another " + long_text, [] { return long_text; }).value, long_text);
  });
}

// covers hf.cache.strong
TEST(PointerCacheMemory, ReadingAndErasingAllocateNothing) {
  texts<cache_aliases::allow> cache(100);
  for (int number = 0; number < 100; ++number) cache.store(key_of(number), long_text);
  (void)cache.load(key_of(0));  // whatever a thread needs once, it has
  const std::string key = key_of(1);
  const std::int64_t before = heap::calls;
  EXPECT_TRUE(cache.load(key));
  EXPECT_FALSE(cache.load(long_text));
  EXPECT_TRUE(cache.visit(key, [](const std::string&) {}));
  EXPECT_TRUE(cache.erase(key));
  EXPECT_EQ(heap::calls, before);
}

// covers hf.cache.allocator-respected
TEST(PointerCacheMemory, NothingIsTakenFromElsewhereThanItsAllocator) {
  // Blocks for a thousand rounds, in memory that is there already.
  static std::array<std::byte, 4 << 20> room;
  std::pmr::monotonic_buffer_resource memory(room.data(), room.size(), std::pmr::null_memory_resource());
  using cache_type = pointer_cache<int, int, holdfast::hash<int>, holdfast::equal_to<int>,
                                   std::pmr::polymorphic_allocator<>, cache_aliases::unshare_on_write>;
  const auto shared = std::make_shared<int>(7);
  const auto use = [&](cache_type& cache) {
    for (int key = 0; key < 1000; ++key) cache.store(key, key);
    for (int key = 0; key < 50; ++key) cache.store(key, shared);
    (void)cache.load_or_make(2000, [] { return 1; });
    (void)cache.update(2000, [](int& value) { ++value; });
    (void)cache.modify(3, [](int& value) { ++value; });
    cache.erase(4);
  };
  const cache_type::options bounded{.capacity = 100, .time_of_absence = std::chrono::hours(1)};
  {
    cache_type first(bounded, &memory);
    use(first);  // whatever a thread needs once, it has
  }
  holdfast::reclaim::default_domain().drain();
  const std::int64_t before = heap::calls;
  cache_type cache(bounded, &memory);
  use(cache);
  EXPECT_EQ(heap::calls, before);
  EXPECT_LE(cache.size(), 100U);
}

}  // namespace
