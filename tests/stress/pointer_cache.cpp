// Threads that read, store, make, update, erase, evict and expire at once: no reader sees an object that has
// ended, no object is forgotten, and the listener hears of each entry once.
#include <holdfast/concurrent/pointer_cache.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <random>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <holdfast/base/hash/random.hpp>
#include <holdfast/base/reclaim/domain.hpp>

namespace {

using namespace std::chrono_literals;
using holdfast::cache_aliases;
using holdfast::removal_cause;

constexpr std::uint64_t alive_mark = 0x5afe'0b1e'c75a'fe00;
std::atomic<std::int64_t> alive{0};

struct marked {
  explicit marked(int of) : key(of) { alive.fetch_add(1, std::memory_order_relaxed); }
  marked(const marked& other) : key(other.key), version(other.version) {
    alive.fetch_add(1, std::memory_order_relaxed);
  }
  marked& operator=(const marked&) = delete;
  ~marked() {
    mark = 0;
    alive.fetch_sub(1, std::memory_order_relaxed);
  }
  [[nodiscard]] bool is_whole(int of) const { return mark == alive_mark && key == of; }

  std::uint64_t mark = alive_mark;
  int key;
  std::uint64_t version = 0;
};

template <cache_aliases Policy>
class busy {
 public:
  using cache = holdfast::pointer_cache<int, marked, holdfast::hash<int>, holdfast::equal_to<int>,
                                        std::allocator<std::byte>, Policy>;

  void run(int threads, int rounds) {
    const std::uint64_t seed = holdfast::random_word();
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    {
      cache all(
          {.capacity = 64,
           .weight_limit = 3000,
           .weigh = [](int key, const marked&) { return static_cast<std::size_t>(key % 90); },
           .time_to_live = 40us,
           .time_to_idle = 20us,
           .time_of_absence = 10us,
           .on_removal = [this](int, const marked*, removal_cause) { left.fetch_add(1, std::memory_order_relaxed); },
           .clock = [this] { return std::chrono::nanoseconds(time.fetch_add(20, std::memory_order_relaxed)); }});
      {
        std::vector<std::jthread> crew;
        for (int i = 0; i < threads; ++i) {
          crew.emplace_back(
              [&, i] { work(all, std::minstd_rand(static_cast<unsigned>(seed) + static_cast<unsigned>(i)), rounds); });
        }
      }
      EXPECT_EQ(torn, 0);
      EXPECT_LE(all.size(), 64U);
      const auto figures = all.stats();
      EXPECT_EQ(left, figures.replaced + figures.erased + figures.over_capacity + figures.expired + figures.cleared);
      EXPECT_GT(figures.over_capacity, 0U);
      EXPECT_GT(figures.expired, 0U);
      EXPECT_GT(figures.hits, 0U);
      all.clear();
      EXPECT_EQ(all.size(), 0U);
      EXPECT_EQ(all.stats().weight, 0U);
    }
    holdfast::reclaim::default_domain().drain();
    EXPECT_EQ(alive, 0);
  }

 private:
  void check(const typename cache::pin_type& found, int key) {
    if (found && !found->is_whole(key)) torn.fetch_add(1);
  }

  void work(cache& all, std::minstd_rand draw, int rounds) {
    std::vector<std::pair<int, typename cache::pin_type>> held(3);
    for (int round = 0; round < rounds; ++round) {
      const int key = static_cast<int>(draw() % 200);
      const auto choice = draw() % 16;
      if (choice < 6) {
        auto found = all.load(key);
        check(found, key);
        if (found) held[draw() % held.size()] = {key, std::move(found)};
        const auto& [older, pin] = held[draw() % held.size()];
        check(pin, older);
      } else {
        write(all, key, choice, round);
      }
    }
  }

  void write(cache& all, int key, unsigned long choice, int round) {
    switch (choice) {
      case 6: all.store(key, std::make_unique<marked>(key)); break;
      case 7: all.store(key, marked(key)); break;
      case 8: all.store(key, std::make_shared<marked>(key)); break;
      case 9: all.store(key, nullptr); break;
      case 10: all.update(key, [](marked& copy) { ++copy.version; }); break;
      case 11: all.erase(key); break;
      case 12: (void)all.compare_exchange(key, all.load(key), marked(key)); break;
      case 13: all.for_each([&](int there, const marked& one) { torn += one.is_whole(there) ? 0 : 1; }); break;
      case 14:
        if (round % 64 == 0) all.clear();
        if (round % 8 == 0) all.expire();
        all.modify(key, [&](marked& one) { torn += one.is_whole(key) ? 0 : 1; });
        break;
      default: make(all, key, round); break;
    }
  }

  void make(cache& all, int key, int round) {
    try {
      const auto got = all.load_or_make(key, [&] {
        if (round % 7 == 0) throw round;
        if (round % 5 == 0) return std::unique_ptr<marked>();
        return std::make_unique<marked>(key);
      });
      check(got.value, key);
    } catch (int) {}
  }

  std::atomic<std::int64_t> time{0};
  std::atomic<std::uint64_t> left{0};
  std::atomic<int> torn{0};
};

// covers hf.cache.pin-holds, hf.cache.told-once, hf.cache.retired-once
TEST(PointerCacheStress, EverythingAtOnce) { busy<cache_aliases::allow>().run(6, 15'000); }

// covers hf.cache.aliases
TEST(PointerCacheStress, EverythingAtOnceWithATableOfAliases) {
  busy<cache_aliases::unshare_on_write>().run(4, 10'000);
}

// Several queues share the places of a large cache, which is full, and emptied, all the time.
// covers hf.cache.bounded, hf.cache.retired-once
TEST(PointerCacheStress, ManyQueuesShareTheirPlaces) {
  constexpr int places = 4 * static_cast<int>(holdfast::concurrent::cache_queues::enough);
  const std::uint64_t seed = holdfast::random_word();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::atomic<std::uint64_t> left{0};
  {
    holdfast::pointer_cache<int, marked> all({.capacity = places, .on_removal = [&](int, const marked*, removal_cause) {
                                                left.fetch_add(1, std::memory_order_relaxed);
                                              }});
    for (int key = 0; key < places; ++key) all.store(key, marked(key));
    {
      std::vector<std::jthread> crew;
      for (unsigned i = 0; i < 4; ++i) {
        crew.emplace_back([&, draw = std::minstd_rand(static_cast<unsigned>(seed) + i)]() mutable {
          for (int round = 0; round < 20'000; ++round) {
            const int key = static_cast<int>(draw() % (2 * places));
            if (draw() % 8 == 0) {
              all.erase(key);
            } else {
              all.store(key, marked(key));
            }
          }
        });
      }
    }
    EXPECT_LE(all.size(), std::size_t{places});
    for (int key = 0; key < 2 * places; ++key) all.store(key, marked(key));
    EXPECT_EQ(all.size(), std::size_t{places}) << "a place was lost";
    all.clear();
    const auto figures = all.stats();
    EXPECT_EQ(figures.weight, 0U);
    EXPECT_EQ(left, figures.replaced + figures.erased + figures.over_capacity + figures.cleared);
  }
  holdfast::reclaim::default_domain().drain();
  EXPECT_EQ(alive, 0);
}

// Makers read a source that changes, and who changes it erases the key afterwards: after that nobody may find
// what was read before.
// covers hf.cache.erase-beats-maker
TEST(PointerCacheStress, NothingStaleIsFoundAfterAnErase) {
  holdfast::pointer_cache<int, int> all({.capacity = 100});
  std::atomic<int> source{0};
  std::atomic<bool> is_over{false};
  std::atomic<int> stale{0};
  {
    std::vector<std::jthread> readers;
    for (int i = 0; i < 3; ++i) {
      readers.emplace_back([&] {
        while (!is_over) {
          (void)all.load_or_make(1, [&] {
            const int read = source.load();
            std::this_thread::yield();
            return read;
          });
        }
      });
    }
    for (int i = 1; i < 4000; ++i) {
      source.store(i);
      all.erase(1);
      const auto found = all.load(1);
      if (found && *found < i) stale.fetch_add(1);
    }
    is_over = true;
  }
  EXPECT_EQ(stale, 0);
}

}  // namespace
