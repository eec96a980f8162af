// Several threads at once: nothing is lost, nothing happens twice, and only one wins.
#include <algorithm>
#include <atomic>
#include <barrier>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "tests/unit/concurrent/faces.hpp"
#include "tests/unit/concurrent/hashes.hpp"

namespace {

using holdfast::tests::face_and_hash;
using holdfast::tests::face_names;
using holdfast::tests::faces;

constexpr int threads = 4;
constexpr int keys = 128;

// `work(thread)` on all threads at once.
template <class Work>
void together(Work work, int count = threads) {
  std::barrier start(count);
  std::vector<std::thread> all;
  for (int thread = 0; thread < count; ++thread) {
    all.emplace_back([&, thread] {
      start.arrive_and_wait();
      work(thread);
    });
  }
  for (std::thread& one : all) one.join();
}

std::string key_of(int number) { return "key " + std::to_string(number); }

// One for each hash; the bodies are the same.
template <class Face>
class ConcurrentThreads : public testing::Test {
 protected:
  template <class Body>
  static void under_each_hash(Body body) {
    under<holdfast::string_hash>("good hash", body);
    under<holdfast::tests::same_hash>("constant hash", body);
    under<holdfast::tests::few_bits>("hash of few bits", body);
  }

 private:
  template <class Hash, class Body>
  static void under(const char* name, Body& body) {
    SCOPED_TRACE(name);
    typename Face::template map<std::string, int, Hash, holdfast::string_equal> map;
    body(map);
  }
};
TYPED_TEST_SUITE(ConcurrentThreads, faces, face_names);

// contract T88, T89, T90: keys of its own for each thread; covers hf.concurrent.atomic
TYPED_TEST(ConcurrentThreads, WithKeysOfTheirOwnDoNotMeet) {
  this->under_each_hash([](auto& map) {
    together([&](int thread) {
      for (int n = 0; n < keys; ++n) {
        const std::string key = key_of(n * threads + thread);
        ASSERT_FALSE(map.load_or_store(key, n).loaded);
        ASSERT_EQ(map.load_or_store(key, n + 1), (holdfast::load_or_store_result<int>{n, true}));
        ASSERT_TRUE(map.compare_exchange(key, n, n + 1));
        ASSERT_FALSE(map.compare_exchange(key, n, n + 2));
        ASSERT_EQ(map.exchange(key, n + 3), n + 1);
        ASSERT_FALSE(map.compare_erase(key, n));
        ASSERT_TRUE(map.compare_erase(key, n + 3));
        ASSERT_FALSE(map.compare_exchange(key, n + 3, 0));
        ASSERT_EQ(map.load_and_erase(key), std::nullopt);
        map.store(key, n);
      }
    });
    EXPECT_EQ(map.size(), static_cast<std::size_t>(threads * keys));
  });
}

// contract T88: of all that try exactly one wins
TYPED_TEST(ConcurrentThreads, OnlyOneErasesWhatIsExpected) {
  this->under_each_hash([](auto& map) {
    for (int n = 0; n < keys; ++n) map.store(key_of(n), n);
    std::vector<std::atomic<int>> winners(keys);
    together([&](int) {
      for (int n = 0; n < keys; ++n) winners[n] += map.compare_erase(key_of(n), n) ? 1 : 0;
    });
    for (int n = 0; n < keys; ++n) ASSERT_EQ(winners[n], 1);
    EXPECT_TRUE(map.empty());
  });
}

// contract T89
TYPED_TEST(ConcurrentThreads, OnlyOneExchangesWhatIsExpected) {
  this->under_each_hash([](auto& map) {
    for (int n = 0; n < keys; ++n) map.store(key_of(n), -1);
    std::vector<std::atomic<int>> winners(keys);
    together([&](int thread) {
      for (int n = 0; n < keys; ++n) winners[n] += map.compare_exchange(key_of(n), -1, thread) ? 1 : 0;
    });
    for (int n = 0; n < keys; ++n) ASSERT_EQ(winners[n], 1);
  });
}

// contract H9, T90
TYPED_TEST(ConcurrentThreads, EraseAndExchangeOfOneValueNeverBothSucceed) {
  this->under_each_hash([](auto& map) {
    for (int n = 0; n < keys; ++n) map.store(key_of(n), n);
    std::vector<std::atomic<int>> winners(keys);
    together([&](int thread) {
      for (int n = 0; n < keys; ++n) {
        const bool won = thread % 2 == 0 ? map.compare_erase(key_of(n), n) : map.compare_exchange(key_of(n), n, -1);
        winners[n] += won ? 1 : 0;
      }
    });
    for (int n = 0; n < keys; ++n) ASSERT_EQ(winners[n], 1);
  });
}

// contract T90: what goes in comes out once
TYPED_TEST(ConcurrentThreads, ExchangeHandsEveryValueToOne) {
  this->under_each_hash([](auto& map) {
    constexpr int rounds = 200;
    std::atomic<std::int64_t> in{0};
    std::atomic<std::int64_t> out{0};
    together([&](int thread) {
      for (int n = 0; n < rounds; ++n) {
        const int value = n * threads + thread + 1;
        in += value;
        out += map.exchange(key_of(n % 7), value).value_or(0);
        out += map.load_and_erase(key_of((n + 3) % 7)).value_or(0);
      }
    });
    map.for_each([&](const std::string&, int value) { out += value; });
    EXPECT_EQ(in, out);
  });
}

// covers hf.concurrent.atomic
TYPED_TEST(ConcurrentThreads, CountInOneKeyWithoutLosingAny) {
  this->under_each_hash([](auto& map) {
    constexpr int rounds = 2000;
    together([&](int thread) {
      for (int n = 0; n < rounds; ++n) {
        map.alter(key_of(n % 5), [](const int* old) { return std::optional(old == nullptr ? 1 : *old + 1); });
        if (thread != 0) continue;
        while (true) {
          const std::optional<int> now = map.load("by hand");
          if (!now && !map.load_or_store("by hand", 1).loaded) break;
          if (now && map.compare_exchange("by hand", *now, *now + 1)) break;
        }
      }
    });
    int sum = 0;
    for (int key = 0; key < 5; ++key) sum += map.load(key_of(key)).value_or(0);
    EXPECT_EQ(sum, rounds * threads);
    EXPECT_EQ(map.load("by hand"), rounds);
  });
}

TYPED_TEST(ConcurrentThreads, MakeOnceForEachKey) {
  this->under_each_hash([](auto& map) {
    std::vector<std::atomic<int>> made(keys);
    together([&](int) {
      for (int n = 0; n < keys; ++n) {
        const auto result = map.load_or_make(key_of(n), [&] { return ++made[n]; });
        ASSERT_EQ(result.value, 1);
      }
    });
    for (int n = 0; n < keys; ++n) ASSERT_EQ(made[n], 1);
  });
}

// contract T81
TYPED_TEST(ConcurrentThreads, AWalkSeesEveryKeyOnceWhileValuesChange) {
  constexpr int entries = 1024;
  typename TypeParam::template map<int, std::int64_t> map;
  for (int key = 1; key <= entries; ++key) map.store(key, key);
  std::atomic<bool> over{false};
  std::thread writer([&] {
    for (std::int64_t factor = 1; !over; ++factor) {
      for (int key = 1; key <= entries; ++key) map.store(key, key * factor);
    }
  });
  for (int walk = 0; walk < 64; ++walk) {
    std::vector<int> seen(entries + 1);
    map.for_each([&](int key, std::int64_t value) {
      EXPECT_EQ(value % key, 0);
      ++seen[static_cast<std::size_t>(key)];
    });
    EXPECT_EQ(std::count(seen.begin() + 1, seen.end(), 1), entries) << "walk " << walk;
  }
  over = true;
  writer.join();
}

// covers hf.concurrent.walk-once
TYPED_TEST(ConcurrentThreads, AWalkSeesWhatStaysOnceWhileTheMapGrowsAndShrinks) {
  constexpr int staying = 300;
  typename TypeParam::template map<int, int> map;
  for (int key = 0; key < staying; ++key) map.store(key, key);
  std::atomic<bool> over{false};
  std::thread writer([&] {
    while (!over) {
      for (int key = staying; key < 5000; ++key) map.store(key, key);
      for (int key = staying; key < 5000; ++key) map.erase(key);
    }
  });
  for (int walk = 0; walk < 64; ++walk) {
    std::vector<int> seen(5000);
    map.for_each([&](int key, int) { ++seen[static_cast<std::size_t>(key)]; });
    EXPECT_EQ(std::count(seen.begin(), seen.begin() + staying, 1), staying) << "walk " << walk;
    EXPECT_EQ(*std::max_element(seen.begin(), seen.end()), 1) << "walk " << walk;
  }
  over = true;
  writer.join();
}

// contract T86
TYPED_TEST(ConcurrentThreads, ClearRacesWithEverythingAndTheLastOneWins) {
  typename TypeParam::template map<int, int> map;
  together([&](int thread) {
    for (int n = 0; n < 300; ++n) {
      if (thread < 2) map.store(n % 50, n);
      if (thread == 2) {
        ASSERT_GE(map.load(n % 50).value_or(0), 0);
      }
      if (thread == 3 && n % 10 == 0) map.clear();
    }
  });
  map.clear();
  EXPECT_TRUE(map.empty());
  EXPECT_TRUE(map.snapshot().empty());
}

// contract T87 Clear, concurrent with compare_exchange and compare_erase
TYPED_TEST(ConcurrentThreads, AfterClearNoExpectedValueIsThere) {
  this->under_each_hash([](auto& map) {
    for (int n = 0; n < keys; ++n) map.store(key_of(n), n);
    std::atomic<bool> cleared{false};
    together([&](int thread) {
      if (thread == 0) {
        map.clear();
        cleared = true;
        return;
      }
      for (int n = 0; n < keys; ++n) {
        const bool late = cleared;
        const bool won = thread == 1 ? map.compare_erase(key_of(n), n) : map.compare_exchange(key_of(n), n, n);
        ASSERT_FALSE(late && won);
      }
    });
    EXPECT_TRUE(map.empty());
  });
}

// A snapshot is of one instant: two keys that are changed in this order are never seen the other way round.
// covers hf.concurrent.one-instant
TYPED_TEST(ConcurrentThreads, ASnapshotIsOfOneInstant) {
  typename TypeParam::template map<int, int> map;
  for (int key = 0; key < 16; ++key) map.store(key, 0);
  std::atomic<bool> over{false};
  std::thread writer([&] {
    for (int round = 1; !over; ++round) {
      for (int key = 0; key < 16; ++key) map.store(key, round);
    }
  });
  for (int n = 0; n < 500; ++n) {
    std::vector<int> value(16);
    for (const auto& [key, there] : map.snapshot()) value[static_cast<std::size_t>(key)] = there;
    for (int key = 1; key < 16; ++key)
      EXPECT_LE(value[static_cast<std::size_t>(key)], value[static_cast<std::size_t>(key) - 1]);
    EXPECT_LE(value.front() - value.back(), 1);
  }
  over = true;
  writer.join();
}

// A pin is of one value: whatever happens to the key, what is pinned stays as it was.
// covers hf.concurrent.pin-holds
TYPED_TEST(ConcurrentThreads, WhatIsPinnedStaysWhileOthersWrite) {
  typename TypeParam::template map<int, std::string> map;
  map.store(0, std::string(100, 'a'));
  std::atomic<bool> over{false};
  std::thread writer([&] {
    for (int n = 0; !over; ++n) {
      map.store(0, std::string(100, static_cast<char>('a' + n % 26)));
      if (n % 16 == 0) map.erase(0);
      for (int key = 1; key < 20; ++key) map.store(key + n % 1000, "filling");
    }
  });
  for (int n = 0; n < 2000; ++n) {
    const auto held = map.pin(0);
    if (!held) continue;
    const char first = held->front();
    ASSERT_EQ(std::count(held->begin(), held->end(), first), 100);
  }
  over = true;
  writer.join();
}

// contract T91: a cache of weak values
TYPED_TEST(ConcurrentThreads, AWeakCacheGivesTheSameObjectTwice) {
  struct object {
    int key;
  };
  using weak = std::weak_ptr<object>;
  struct cell {
    weak value;
    bool operator==(const cell& other) const {
      return !value.owner_before(other.value) && !other.value.owner_before(value);
    }
  };
  typename TypeParam::template map<int, cell> map;
  const auto get = [&](int key) {
    auto fresh = std::make_shared<object>(object{key});
    while (true) {
      const auto result = map.load_or_store(key, cell{fresh});
      if (!result.loaded) return fresh;
      if (auto there = result.value.value.lock()) return there;
      if (map.compare_exchange(key, result.value, cell{fresh})) return fresh;
    }
  };
  together([&](int thread) {
    for (int n = 0; n < 3000; ++n) {
      const int key = (n * 7 + thread) % 500;
      const auto first = get(key);
      ASSERT_EQ(first->key, key);
      ASSERT_EQ(get(key), first);
      const auto other = map.load((key + 250) % 500);
      if (other && other->value.expired()) map.compare_erase((key + 250) % 500, *other);
    }
  });
}

}  // namespace
