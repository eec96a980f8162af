// A pointer_cache answers as if one call came after the other, while it grows and shrinks, and its queue works.
#include <holdfast/concurrent/pointer_cache.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/linearizability/checker.hpp"
#include "tests/linearizability/record.hpp"
#include "tests/unit/concurrent/hashes.hpp"

namespace {

using namespace holdfast::tests;
using namespace std::chrono_literals;

constexpr auto time_for_each = 700ms;
constexpr std::uint32_t least_histories = 20;

// Speaks to a cache as to a map of numbers. No number is given twice, so an object is known by its number.
template <class Hash>
class cache_of_numbers {
  using cache = holdfast::pointer_cache<int, int, Hash>;
  using pin = typename cache::pin_type;

 public:
  // Of a cache with a queue no entry leaves by itself in the time of a test.
  explicit cache_of_numbers(bool has_queue)
      : cache_(has_queue ? typename cache::options{.capacity = 100'000, .time_to_live = 1h}
                         : typename cache::options()) {}

  [[nodiscard]] std::optional<int> load(int key) { return number_in(cache_.load(key)); }
  void store(int key, int value) { cache_.store(key, value); }
  auto load_or_store(int key, int value) {
    struct answered {
      int value;
      bool loaded;
    };
    const auto told = cache_.load_or_make(key, [&] { return value; });
    return answered{*told.value, told.loaded};
  }
  [[nodiscard]] bool compare_exchange(int key, int expected, int value) {
    const pin there = cache_.load(key);
    return there && *there == expected && cache_.compare_exchange(key, there, value);
  }
  [[nodiscard]] bool compare_erase(int key, int expected) {
    const pin there = cache_.load(key);
    return there && *there == expected && cache_.compare_erase(key, there);
  }
  bool erase(int key) { return cache_.erase(key); }
  [[nodiscard]] std::optional<int> load_and_erase(int key) { return number_in(cache_.load_and_erase(key)); }
  // By update, and, where an entry comes or goes, by comparing.
  template <class F>
  void alter(int key, F&& f) {
    for (bool is_done = false; !is_done;) {
      const pin there = cache_.load(key);
      const std::optional<int> next = f(there.get());
      if (!next) {
        is_done = !there || cache_.compare_erase(key, there);
      } else if (there) {
        is_done = cache_.update(key, [&](int& copy) { copy = *f(&copy); });
      } else {
        is_done = cache_.compare_exchange(key, nullptr, *next);
      }
    }
  }

  // Not of one instant, and not asked for.
  std::optional<int> exchange(int, int) { return std::nullopt; }
  void clear() {}
  std::vector<std::pair<int, int>> snapshot() { return {}; }

 private:
  static std::optional<int> number_in(const pin& found) { return found ? std::optional(*found) : std::nullopt; }

  cache cache_;
};

template <class Hash = holdfast::hash<int>>
void hold(plan given, bool has_queue) {
  const auto end = std::chrono::steady_clock::now() + time_for_each;
  std::size_t overlapping = 0;
  for (given.seed = 1; given.seed <= least_histories || std::chrono::steady_clock::now() < end; ++given.seed) {
    cache_of_numbers<Hash> cache(has_queue);
    const history calls = record(cache, given);
    for (std::size_t key = 0; key < given.keys; ++key) {
      ASSERT_TRUE(is_linearizable(of_key(calls, key), nothing)) << "seed " << given.seed << '\n' << calls;
    }
    overlapping += overlaps(calls);
  }
  if (overlapping == 0) GTEST_SKIP() << "the threads never met on this busy machine: the run says nothing";
}

const std::vector<word> words{word::load,          word::load,           word::store,
                              word::erase,         word::load_and_erase, word::compare_exchange,
                              word::compare_erase, word::alter};
// What a maker returned for a key that is erased meanwhile is given to the caller and not kept; so no erasures.
const std::vector<word> making{word::load, word::load_or_store, word::load_or_store, word::store,
                               word::compare_exchange};

class CacheLinearizability : public testing::TestWithParam<bool> {};
INSTANTIATE_TEST_SUITE_P(WithAndWithoutQueue, CacheLinearizability, testing::Bool());

// covers hf.cache.atomic
TEST_P(CacheLinearizability, OfOneKeyUnderHeavyContention) {
  hold({.calls = 40, .others = 0, .words = words}, GetParam());
}

// covers hf.cache.atomic
TEST_P(CacheLinearizability, OfSomeKeysWhileTheCacheGrowsAndShrinks) {
  hold({.calls = 60, .keys = 4, .others = 16, .words = words}, GetParam());
}

// covers hf.cache.atomic
TEST_P(CacheLinearizability, OfSomeKeysThatAllCollide) {
  hold<same_hash>({.calls = 30, .keys = 4, .others = 3, .words = words}, GetParam());
}

// covers hf.cache.atomic, hf.cache.one-flight
TEST_P(CacheLinearizability, OfMakersAndWriters) {
  hold({.calls = 16, .keys = 4, .others = 4, .words = making}, GetParam());
}

}  // namespace
