// A cache with an allocator of the user's: what comes from it, what goes back, and what happens when it has no more.
#include <holdfast/concurrent/pmr.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <memory_resource>
#include <mutex>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "tests/unit/concurrent/cached_object.hpp"
#include "tests/unit/map/counting_allocator.hpp"

namespace {

using holdfast::cache_aliases;
using holdfast::tests::counting_allocator;
using holdfast::tests::ledger;
using holdfast::tests::settle_cache;

const std::string long_text = "a text that is too long to be kept inside the string object";

template <class T, cache_aliases Aliases = cache_aliases::allow>
using counted_cache = holdfast::pointer_cache<int, T, holdfast::hash<int>, holdfast::equal_to<int>,
                                              counting_allocator<std::byte>, Aliases>;

// Counts what it has given, refuses blocks that are too large, and the n-th one when told to.
class book_keeping_resource final : public std::pmr::memory_resource {
 public:
  std::int64_t held = 0;
  std::int64_t calls = 0;
  std::int64_t fail_at = -1;  // calls from now until one fails; negative: none
  std::size_t largest = ~std::size_t{0};

 private:
  void* do_allocate(std::size_t bytes, std::size_t alignment) override {
    const std::lock_guard hold(lock_);
    ++calls;
    if (bytes > largest || fail_at == 0) throw std::bad_alloc();
    if (fail_at > 0) --fail_at;
    void* const room = std::pmr::new_delete_resource()->allocate(bytes, alignment);
    held += static_cast<std::int64_t>(bytes);
    return room;
  }
  void do_deallocate(void* room, std::size_t bytes, std::size_t alignment) override {
    const std::lock_guard hold(lock_);
    held -= static_cast<std::int64_t>(bytes);
    std::pmr::new_delete_resource()->deallocate(room, bytes, alignment);
  }
  [[nodiscard]] bool do_is_equal(const memory_resource& other) const noexcept override { return this == &other; }

  std::mutex lock_;
};

// All that a cache does, so that each part of it asks for memory.
template <class Cache>
void use_all_parts_of(Cache& cache) {
  const auto shared = std::make_shared<std::string>(long_text);
  for (int key = 0; key < 500; ++key) {
    cache.store(key, long_text);
    (void)cache.load(key / 2);
  }
  cache.store(1, shared);
  cache.store(2, shared);
  cache.store(3, std::make_unique<std::string>("owned"));
  cache.store(4, nullptr);
  (void)cache.load_or_make(1000, [] { return long_text; });
  (void)cache.update(1000, [](std::string& text) { text += "+"; });
  (void)cache.modify(1, [](std::string& text) { text += "-"; });
  (void)cache.alter(5, [](const std::string*) { return std::optional<std::string>("altered"); });
  cache.erase(6);
}

template <cache_aliases Aliases>
void all_goes_back() {
  ledger book;
  {
    counted_cache<std::string, Aliases> cache({.capacity = 100, .time_of_absence = std::chrono::hours(1)},
                                              counting_allocator<std::byte>(book));
    EXPECT_EQ(cache.get_allocator().book(), &book);
    const std::int64_t before = book.bytes;
    use_all_parts_of(cache);
    EXPECT_GT(book.bytes, before + 100 * static_cast<std::int64_t>(sizeof(std::string)));
    EXPECT_LE(cache.size(), 100U);
    cache.clear();
    use_all_parts_of(cache);
  }
  settle_cache();
  EXPECT_EQ(book.bytes, 0);
  EXPECT_GT(book.allocations, 500);
}

// covers hf.cache.allocator-respected
TEST(PointerCacheAllocator, GetsBackAllThatItGave) {
  const auto quiet = holdfast::set_failure_handler([](const holdfast::failure&) {});
  all_goes_back<cache_aliases::allow>();
  all_goes_back<cache_aliases::report>();
  all_goes_back<cache_aliases::reject>();
  all_goes_back<cache_aliases::clone_on_store>();
  all_goes_back<cache_aliases::unshare_on_write>();
  holdfast::set_failure_handler(quiet);
}

TEST(PointerCacheAllocator, IsAllThatAnEmptyCacheAsksFor) {
  ledger book;
  counted_cache<int> cache{counting_allocator<std::byte>(book)};
  const std::int64_t before = book.allocations;
  EXPECT_LE(before, 2) << "itself, for the map and for the cache";
  EXPECT_FALSE(cache.load(1));
  EXPECT_FALSE(cache.erase(1));
  cache.clear();
  EXPECT_EQ(cache.expire(), 0U);
  EXPECT_TRUE(cache.snapshot().empty());
  EXPECT_EQ(book.allocations, before);
}

// covers hf.cache.allocator-respected
TEST(PointerCacheAllocator, MakesKeysAndObjectsThatLieInsideEntries) {
  book_keeping_resource memory;
  {
    holdfast::pmr::pointer_cache<std::pmr::string, std::pmr::string> cache(10, {}, {}, &memory);
    cache.store(std::pmr::string(long_text), std::pmr::string(long_text));
    cache.store("made", std::make_unique<std::pmr::string>(long_text));
    (void)cache.load_or_make(std::pmr::string(long_text + "2"), [] { return std::pmr::string(long_text); });
    (void)cache.update(std::pmr::string(long_text), [](std::pmr::string& text) { text += text; });
    int inside = 0;
    cache.for_each([&](const std::pmr::string& key, const std::pmr::string& text) {
      EXPECT_EQ(key.get_allocator().resource(), &memory);
      if (key == "made") {
        EXPECT_EQ(text.get_allocator().resource(), std::pmr::get_default_resource()) << "its owner's business";
      } else {
        EXPECT_EQ(text.get_allocator().resource(), &memory);
        ++inside;
      }
    });
    EXPECT_EQ(inside, 2);
  }
  settle_cache();
  EXPECT_EQ(memory.held, 0);
}

// covers hf.cache.allocator-respected, hf.cache.pin-holds
TEST(PointerCacheAllocator, ServesPinsAfterTheCache) {
  ledger book;
  holdfast::reclaim::pin<const std::string> held;
  {
    counted_cache<std::string> cache{counting_allocator<std::byte>(book)};
    cache.store(1, long_text);
    held = cache.load(1);
  }
  settle_cache();
  EXPECT_EQ(*held, long_text);
  EXPECT_GT(book.bytes, 0);
  held.reset();
  settle_cache();
  EXPECT_EQ(book.bytes, 0);
}

struct alignas(128) wide {
  int number = 0;
};

TEST(PointerCacheAllocator, IsAskedForTheAlignmentOfTheObject) {
  ledger book;
  {
    counted_cache<wide> cache{counting_allocator<std::byte>(book)};
    for (int key = 0; key < 20; ++key) cache.store(key, wide{key});
    cache.for_each([](int key, const wide& object) {
      EXPECT_EQ(reinterpret_cast<std::uintptr_t>(&object) % alignof(wide), 0U);
      EXPECT_EQ(object.number, key);
    });
  }
  settle_cache();
  EXPECT_EQ(book.bytes, 0);
}

struct shape {
  virtual ~shape() = default;
  [[nodiscard]] virtual int corners() const = 0;
};
struct square final : shape {
  [[nodiscard]] int corners() const override { return 4; }
};

TEST(PointerCacheAllocator, NeedsNoPairWithTheObject) {
  book_keeping_resource memory;
  holdfast::pmr::pointer_cache<int, shape> cache{&memory};
  cache.store(1, std::make_unique<square>());
  EXPECT_EQ(cache.load(1)->corners(), 4);
}

// covers hf.cache.ghosts-are-hints
TEST(PointerCacheAllocator, WithoutMemoryForGhostsTheCacheGoesOn) {
  book_keeping_resource memory;
  {
    holdfast::pmr::pointer_cache<int, int> cache(1000, {}, {}, &memory);
    for (int key = 0; key < 1000; ++key) cache.store(key, key);
    memory.largest = 8192;  // the ghosts of a thousand entries want 12,000 bytes
    for (int key = 1000; key < 3000; ++key) cache.store(key, key);
    EXPECT_EQ(cache.size(), 1000U);
    EXPECT_EQ(*cache.load(2999), 2999);
    const std::size_t without = cache.bytes();
    memory.largest = ~std::size_t{0};
    cache.store(3000, 3000);
    EXPECT_GE(cache.bytes(), without + 12'000) << "as soon as there is memory it remembers";
  }
  settle_cache();
  EXPECT_EQ(memory.held, 0);
}

template <class Cache>
std::map<int, std::pmr::string> contents_of(const Cache& cache) {
  const auto all = cache.snapshot();
  return {all.begin(), all.end()};
}

// `operate(cache)` with the n-th request of the allocator refused, for all n.
template <cache_aliases Aliases, class Operate>
void refusals_change_nothing(Operate operate) {
  using cache_type =
      holdfast::pmr::pointer_cache<int, std::pmr::string, holdfast::hash<int>, holdfast::equal_to<int>, Aliases>;
  int refused = 0;
  for (const int entries : {1, 7, 14}) {
    for (std::int64_t n = 0;; ++n) {
      book_keeping_resource memory;
      bool failed = false;
      {
        int told = 0;
        cache_type cache({.capacity = 8, .on_removal = [&](auto&&...) { ++told; }}, &memory);
        for (int key = 0; key < entries; ++key) cache.store(key, std::make_unique<std::pmr::string>(long_text));
        const auto before = contents_of(cache);
        const auto figures = cache.stats();
        told = 0;
        memory.fail_at = n;
        try {
          operate(cache);
        } catch (const std::bad_alloc&) {
          failed = true;
        }
        memory.fail_at = -1;
        if (failed) {
          ++refused;
          EXPECT_EQ(told, 0);
          EXPECT_EQ(contents_of(cache), before) << "request " << n << " with " << entries;
          EXPECT_EQ(cache.stats().weight, figures.weight);
          EXPECT_EQ(cache.stats().shared_objects, figures.shared_objects);
          operate(cache);
        }
        EXPECT_LE(cache.size(), 8U);
      }
      settle_cache();
      ASSERT_EQ(memory.held, 0) << "request " << n << " with " << entries;
      if (!failed) break;
    }
  }
  EXPECT_GT(refused, 3);
}

// covers hf.cache.strong
TEST(PointerCacheAllocator, ThatRefusesLeavesTheCacheAsItWas) {
  const auto quiet = holdfast::set_failure_handler([](const holdfast::failure&) {});
  const auto stores = [](auto& cache) { cache.store(100, long_text.c_str()); };
  refusals_change_nothing<cache_aliases::allow>(stores);
  const auto shares = [](auto& cache) {
    const auto text = std::make_shared<std::pmr::string>(long_text);
    cache.store(100, text);
  };
  refusals_change_nothing<cache_aliases::report>(shares);
  refusals_change_nothing<cache_aliases::reject>(shares);
  refusals_change_nothing<cache_aliases::unshare_on_write>(shares);
  refusals_change_nothing<cache_aliases::clone_on_store>(shares);
  const auto makes = [](auto& cache) { (void)cache.load_or_make(100, [] { return std::pmr::string(long_text); }); };
  refusals_change_nothing<cache_aliases::allow>(makes);
  holdfast::set_failure_handler(quiet);
}

// covers hf.cache.allocator-respected
TEST(PointerCacheAllocator, IsAskedByManyThreads) {
  book_keeping_resource memory;
  {
    holdfast::pmr::pointer_cache<int, std::pmr::string> cache(200, {}, {}, &memory);
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 4; ++thread) {
      threads.emplace_back([&, thread] {
        for (int n = 0; n < 2000; ++n) {
          const int key = (n * (thread + 1)) % 600;
          if (n % 3 == 0) {
            cache.store(key, long_text.c_str());
          } else if (const auto found = cache.load(key)) {
            EXPECT_EQ(std::string_view(*found), long_text);
          }
          if (n % 50 == 0) cache.erase(key);
        }
      });
    }
    for (std::thread& each : threads) each.join();
    EXPECT_LE(cache.size(), 200U);
  }
  settle_cache();
  EXPECT_EQ(memory.held, 0);
}

TEST(ConcurrentPmr, MapsTakeTheirMemoryFromTheResource) {
  book_keeping_resource memory;
  {
    holdfast::pmr::sync_map<int, std::pmr::string> sync{&memory};
    holdfast::pmr::sharded_map<int, std::pmr::string> sharded{&memory};
    holdfast::pmr::locked_map<int, std::pmr::string> locked{&memory};
    for (int key = 0; key < 100; ++key) {
      sync.store(key, long_text.c_str());
      sharded.store(key, long_text.c_str());
      locked.store(key, long_text.c_str());
    }
    EXPECT_EQ(sync.pin(7)->get_allocator().resource(), &memory);
    sharded.visit(7, [&](const auto& text) { EXPECT_EQ(text.get_allocator().resource(), &memory); });
    locked.visit(7, [&](const auto& text) { EXPECT_EQ(text.get_allocator().resource(), &memory); });
    EXPECT_GT(memory.held, static_cast<std::int64_t>(300 * long_text.size()));
  }
  settle_cache();
  EXPECT_EQ(memory.held, 0);
}

}  // namespace
