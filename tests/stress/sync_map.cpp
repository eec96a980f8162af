// What is there all the time is found all the time, whatever else happens to a sync_map: growth from nothing,
// growth in order, erasure, other values, walks, clear.
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <holdfast/concurrent/sync_map.hpp>

namespace {

using namespace std::chrono_literals;

constexpr auto time_for_each = 600ms;
constexpr std::uint64_t fixed = 64;

std::uint64_t mixed(std::uint64_t word) {
  word = (word ^ (word >> 30)) * 0xbf58476d1ce4e5b9u;
  word = (word ^ (word >> 27)) * 0x94d049bb133111ebu;
  return word ^ (word >> 31);
}

// The value of key k is k + n * step for some n, so a reader can tell whether a value is of its key.
constexpr std::uint64_t step = 1'000'003;

// Different hashes: the map's own, and one under which all keys fall into eight buckets with one tag.
struct crowded_hash {
  std::uint64_t operator()(std::uint64_t key, std::uint64_t) const noexcept { return (key & 7) | 5ULL << 56; }
};
// One whose middle bits, which decide splits of large tables, differ already in small ones.
struct shifted_hash {
  std::uint64_t operator()(std::uint64_t key, std::uint64_t) const noexcept { return mixed(key); }
};

template <class Hash>
class SyncMapStress : public testing::Test {
 protected:
  using map_type = holdfast::sync_map<std::uint64_t, std::uint64_t, Hash>;

  // All of `works` on a thread of its own until the time is over; again and again with a new map.
  template <class... Work>
  void race(std::uint64_t others, Work... works) {
    const auto end = std::chrono::steady_clock::now() + time_for_each;
    for (std::uint64_t seed = 1; std::chrono::steady_clock::now() < end && !this->HasFailure(); ++seed) {
      map_type map;
      for (std::uint64_t key = 0; key < fixed; ++key) map.store(key, key);
      std::atomic<bool> over{false};
      std::vector<std::thread> threads;
      (threads.emplace_back([&, works] {
        while (!over.load()) works(map);
      }), ...);
      churn(map, seed, others);
      over.store(true);
      for (std::thread& one : threads) one.join();
      const auto fault = map.audit();
      ASSERT_FALSE(fault) << fault->invariant << ": " << fault->text << ", seed " << seed;
    }
  }

  // Other keys come and go, in number up to `others`; the fixed ones get other values.
  static void churn(map_type& map, std::uint64_t seed, std::uint64_t others) {
    for (std::uint64_t n = 0; n < others; ++n) {
      const std::uint64_t random = mixed(seed * 7919 + n);
      map.store(fixed + n, fixed + n);
      if (random % 4 == 0) map.erase(fixed + random / 4 % (n + 1));
      if (random % 8 == 1) map.store(random % fixed, random % fixed + step * (random >> 40));
    }
    for (std::uint64_t n = 0; n < others; n += 2) map.erase(fixed + n);
  }

  static void find_all_fixed(const map_type& map) {
    for (std::uint64_t key = 0; key < fixed; ++key) {
      const auto value = map.pin(key);
      ASSERT_TRUE(value) << "key " << key << " is not found";
      ASSERT_EQ(*value % step, key);
    }
  }
  static void walk_over_all(const map_type& map) {
    std::vector<int> seen(fixed);
    map.for_each([&](std::uint64_t key, std::uint64_t value) {
      ASSERT_EQ(value % step, key);
      if (key < fixed) ++seen[key];
    });
    for (std::uint64_t key = 0; key < fixed; ++key) ASSERT_EQ(seen[key], 1) << "key " << key;
  }
};

struct hash_names {
  template <class Hash>
  static std::string GetName(int) {
    return std::is_same_v<Hash, crowded_hash> ? "crowded" : std::is_same_v<Hash, shifted_hash> ? "shifted" : "own";
  }
};
using hashes = testing::Types<holdfast::hash<std::uint64_t>, shifted_hash, crowded_hash>;
TYPED_TEST_SUITE(SyncMapStress, hashes, hash_names);

// covers hf.concurrent.absent-is-checked, hf.concurrent.seen-while-moved, hf.concurrent.split-shows-first,
// covers hf.concurrent.stays-in-sight
TYPED_TEST(SyncMapStress, FindsWhatIsThereWhileTheMapGrows) {
  const std::uint64_t others = std::is_same_v<TypeParam, crowded_hash> ? 300 : 8000;
  this->race(others, this->find_all_fixed, this->find_all_fixed);
}

// covers hf.concurrent.walk-once
TYPED_TEST(SyncMapStress, WalksOverWhatIsThereWhileTheMapGrows) {
  const std::uint64_t others = std::is_same_v<TypeParam, crowded_hash> ? 200 : 4000;
  this->race(others, this->walk_over_all, this->find_all_fixed);
}

// Writers of one key at a time, each of which may be the one that splits; every increment counts.
// covers hf.concurrent.right-bucket
TYPED_TEST(SyncMapStress, LosesNoChangeWhileTheMapGrows) {
  using map_of_test = typename TestFixture::map_type;
  const auto end = std::chrono::steady_clock::now() + time_for_each;
  const std::uint64_t keys = std::is_same_v<TypeParam, crowded_hash> ? 60 : 1500;
  while (std::chrono::steady_clock::now() < end) {
    map_of_test map;
    std::vector<std::thread> threads;
    for (std::uint64_t thread = 0; thread < 4; ++thread) {
      threads.emplace_back([&, thread] {
        for (std::uint64_t n = 0; n < keys; ++n) {
          const std::uint64_t key = thread % 2 == 0 ? n : keys - 1 - n;
          map.alter(key, [](const std::uint64_t* old) { return std::optional<std::uint64_t>(old ? *old + 1 : 1); });
        }
      });
    }
    for (std::thread& one : threads) one.join();
    ASSERT_EQ(map.size(), keys);
    for (std::uint64_t key = 0; key < keys; ++key) ASSERT_EQ(map.load(key), 4U) << "key " << key;
    ASSERT_FALSE(map.audit());
  }
}

// covers hf.concurrent.left-array-is-locked
TYPED_TEST(SyncMapStress, ClearTakesEverythingThatWasStoredBefore) {
  using map_of_test = typename TestFixture::map_type;
  map_of_test map;
  std::atomic<bool> over{false};
  std::atomic<std::uint64_t> cleared{0};  // numbers below it were stored before a clear() that is over
  std::atomic<std::uint64_t> stored{0};
  std::thread writer([&] {
    for (std::uint64_t n = 1; !over.load(); ++n) {
      map.store(n % 512, n);
      stored.store(n);
    }
  });
  std::thread reader([&] {
    for (std::uint64_t key = 0; !over.load(); key = (key + 1) % 512) {
      const std::uint64_t limit = cleared.load();
      const auto value = map.load(key);
      ASSERT_GE(value.value_or(limit), limit) << "key " << key;
    }
  });
  for (const auto end = std::chrono::steady_clock::now() + time_for_each; std::chrono::steady_clock::now() < end;) {
    const std::uint64_t before = stored.load();
    map.clear();
    cleared.store(before);
  }
  over.store(true);
  writer.join();
  reader.join();
  map.clear();
  EXPECT_EQ(map.size(), 0U);
  EXPECT_FALSE(map.audit());
}

// Values with memory of their own: what is pinned is whole, and nothing is lost or freed twice.
// covers hf.concurrent.pin-outlives
TEST(SyncMapStressOfTexts, PinsKeepWhatTheyHold) {
  holdfast::sync_map<std::string, std::string> map;
  const auto key_of = [](std::uint64_t n) { return "a key of some length, number " + std::to_string(n % 300); };
  std::atomic<bool> over{false};
  std::vector<std::thread> threads;
  for (std::uint64_t thread = 0; thread < 3; ++thread) {
    threads.emplace_back([&, thread] {
      for (std::uint64_t n = thread; !over.load(); ++n) {
        const std::uint64_t random = mixed(n * 3 + thread);
        const std::string key = key_of(random);
        if (random % 5 == 0) {
          map.erase(key);
        } else if (random % 5 < 3) {
          map.store(key, key + std::string(random % 50, '.'));
        } else if (const auto held = map.pin(key)) {
          if (random % 64 < 2) std::this_thread::sleep_for(1ms);
          ASSERT_EQ(held->compare(0, key.size(), key), 0) << *held;
        }
      }
    });
  }
  std::this_thread::sleep_for(time_for_each);
  over.store(true);
  for (std::thread& one : threads) one.join();
  EXPECT_FALSE(map.audit());
}

}  // namespace
