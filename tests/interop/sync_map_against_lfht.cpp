// sync_map and liburcu's table are given the same operations, by one thread and by several, and give the same answers.
//
// Several threads: each writes keys of its own range, so that what it is told of these is settled by its own
// operations, however the threads meet. It reads the ranges of the others as well; of those it can only tell that a
// value belongs to its key, and that values of one key do not go back.
#include <cstdint>

#include <gtest/gtest.h>

#if HOLDFAST_HAVE_URCU

#include <atomic>
#include <map>
#include <optional>
#include <random>
#include <thread>
#include <vector>

#include <holdfast/concurrent/sync_map.hpp>

#include "tests/interop/lfht_map.hpp"

namespace {

using holdfast::tests::lfht_map;

struct synced {
  holdfast::sync_map<std::uint64_t, std::uint64_t> map;
  struct thread_scope {};

  auto load(std::uint64_t key) { return map.load(key); }
  auto exchange(std::uint64_t key, std::uint64_t value) { return map.exchange(key, value); }
  auto load_or_store(std::uint64_t key, std::uint64_t value) { return map.load_or_store(key, value); }
  bool compare_exchange(std::uint64_t key, std::uint64_t expected, std::uint64_t value) {
    return map.compare_exchange(key, expected, value);
  }
  auto load_and_erase(std::uint64_t key) { return map.load_and_erase(key); }
  std::map<std::uint64_t, std::uint64_t> contents() {
    const auto all = map.snapshot();
    return {all.begin(), all.end()};
  }
};

struct plan {
  std::uint64_t seed;
  unsigned threads;
  std::uint64_t keys;  // of each thread
  int operations;      // of each thread
};

// An answer: the word, the key, what was told. Absent: ~0.
struct told {
  std::uint64_t word;
  std::uint64_t key;
  std::uint64_t answer;
  friend bool operator==(const told&, const told&) = default;
  friend std::ostream& operator<<(std::ostream& to, const told& one) {
    return to << "word " << one.word << " key " << one.key << " -> " << one.answer;
  }
};
constexpr std::uint64_t nothing = ~std::uint64_t{0};

// A value is its key and how often its thread had written before.
constexpr std::uint64_t value_of(std::uint64_t key, std::uint64_t number) { return key << 32 | number; }

template <class Map>
class player {
 public:
  player(Map& map, const plan& given, unsigned thread)
      : map_(map), given_(given), first_(thread * given.keys), random_(given.seed * 1000 + thread) {}

  std::vector<told> answers;
  std::string fault;

  void run() {
    [[maybe_unused]] const typename Map::thread_scope inside;
    for (int number = 1; number <= given_.operations; ++number) {
      const std::uint64_t word = random_() % 8;
      const std::uint64_t key = first_ + random_() % given_.keys;
      const std::uint64_t elsewhere = random_() % (given_.threads * given_.keys);
      answers.push_back({word, key, play(word, key, value_of(key, static_cast<std::uint64_t>(number)))});
      look(elsewhere);
    }
  }

 private:
  std::uint64_t play(std::uint64_t word, std::uint64_t key, std::uint64_t value) {
    switch (word) {
      case 0:
      case 1: return map_.exchange(key, value).value_or(nothing);
      case 2: {
        const auto result = map_.load_or_store(key, value);
        return result.value * 2 + (result.loaded ? 1 : 0);
      }
      case 3:
      case 4: return map_.load_and_erase(key).value_or(nothing);
      case 5: {
        // What was there when it was asked for last, or what never was.
        const std::uint64_t expected = map_.load(key).value_or(nothing);
        return map_.compare_exchange(key, random_() % 4 == 0 ? value : expected, value) ? 1 : 0;
      }
      default: return map_.load(key).value_or(nothing);
    }
  }
  void look(std::uint64_t key) {
    const std::optional<std::uint64_t> found = map_.load(key);
    if (!found) return;
    if (*found >> 32 != key) fault = "a value of another key";
    std::uint64_t& last = seen_[key];
    if (*found < last) fault = "a value that had been replaced";
    last = *found;
  }

  Map& map_;
  const plan& given_;
  std::uint64_t first_;
  std::mt19937_64 random_;
  std::map<std::uint64_t, std::uint64_t> seen_;
};

struct outcome {
  std::vector<std::vector<told>> answers;
  std::map<std::uint64_t, std::uint64_t> contents;
};

template <class Map>
outcome played_by(const plan& given) {
  [[maybe_unused]] const typename Map::thread_scope inside;
  Map map;
  std::vector<player<Map>> players;
  for (unsigned thread = 0; thread < given.threads; ++thread) players.emplace_back(map, given, thread);
  {
    std::vector<std::jthread> threads;
    for (player<Map>& one : players) threads.emplace_back([&one] { one.run(); });
  }
  outcome all;
  for (player<Map>& one : players) {
    EXPECT_EQ(one.fault, "");
    all.answers.push_back(std::move(one.answers));
  }
  all.contents = map.contents();
  return all;
}

void hold_against_lfht(const plan& given) {
  const outcome ours = played_by<synced>(given);
  const outcome theirs = played_by<lfht_map>(given);
  for (unsigned thread = 0; thread < given.threads; ++thread) {
    for (std::size_t i = 0; i < ours.answers[thread].size(); ++i) {
      ASSERT_EQ(ours.answers[thread][i], theirs.answers[thread][i])
          << "seed " << given.seed << ", thread " << thread << ", operation " << i;
    }
  }
  EXPECT_EQ(ours.contents, theirs.contents) << "seed " << given.seed;
}

// covers hf.concurrent.std-answers
TEST(SyncMapAgainstLfht, OneThreadIsAnsweredAlike) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    hold_against_lfht({.seed = seed, .threads = 1, .keys = seed % 2 == 0 ? 40U : 4000U, .operations = 20'000});
  }
}

// covers hf.concurrent.atomic
TEST(SyncMapAgainstLfht, SeveralThreadsAreAnsweredAlike) {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    hold_against_lfht({.seed = seed, .threads = 4, .keys = seed % 2 == 0 ? 30U : 3000U, .operations = 20'000});
  }
}

}  // namespace

#else

TEST(SyncMapAgainstLfht, IsPlayedWhereLiburcuIs) {
  GTEST_SKIP() << "no liburcu: install liburcu-dev and configure again";
}

#endif
