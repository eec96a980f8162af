// Every map for many threads answers as if one call came after the other, while it grows, shrinks and is cleared.
#include <chrono>
#include <cstdint>

#include <gtest/gtest.h>

#include "tests/linearizability/checker.hpp"
#include "tests/linearizability/record.hpp"
#include "tests/unit/concurrent/faces.hpp"
#include "tests/unit/concurrent/hashes.hpp"

namespace {

using namespace holdfast::tests;

constexpr auto time_for_each = std::chrono::milliseconds(700);
constexpr std::uint32_t least_histories = 20;

template <class Face>
class Linearizability : public testing::Test {
 protected:
  // `judge(history)` says whether it fits; histories are recorded until the time is over.
  template <class Hash = holdfast::hash<int>, class Judge>
  static void hold(plan given, Judge judge) {
    const auto end = std::chrono::steady_clock::now() + time_for_each;
    std::size_t overlapping = 0;
    for (given.seed = 1; given.seed <= least_histories || std::chrono::steady_clock::now() < end; ++given.seed) {
      typename Face::template map<int, int, Hash> map;
      const history calls = record(map, given);
      ASSERT_TRUE(judge(calls)) << "seed " << given.seed << '\n' << calls;
      overlapping += overlaps(calls);
    }
    RecordProperty("histories", std::to_string(given.seed - 1));
    RecordProperty("overlapping_calls", std::to_string(overlapping));
    if (overlapping == 0) GTEST_SKIP() << "the threads never met on this busy machine: the run says nothing";
  }

  static bool each_key_fits(const history& calls) {
    for (std::size_t key = 0; key < most_keys; ++key) {
      if (!is_linearizable(of_key(calls, key), nothing)) return false;
    }
    return true;
  }
  static bool all_keys_fit(const history& calls) { return is_linearizable(calls, nothing); }
};
TYPED_TEST_SUITE(Linearizability, faces, face_names);

const std::vector<word> all_of_one_key{word::load,          word::load,  word::store,          word::load_or_store,
                                       word::exchange,      word::erase, word::load_and_erase, word::compare_exchange,
                                       word::compare_erase, word::alter};

// covers hf.concurrent.atomic
TYPED_TEST(Linearizability, OfOneKeyUnderHeavyContention) {
  this->hold({.calls = 40, .others = 0, .words = all_of_one_key}, this->each_key_fits);
}

// covers hf.concurrent.atomic
TYPED_TEST(Linearizability, OfSomeKeysWhileTheMapGrowsAndShrinks) {
  this->hold({.calls = 60, .keys = 4, .others = 16, .words = all_of_one_key}, this->each_key_fits);
}

// covers hf.concurrent.atomic
TYPED_TEST(Linearizability, OfSomeKeysThatAllCollide) {
  this->template hold<same_hash>({.calls = 30, .keys = 4, .others = 3, .words = all_of_one_key}, this->each_key_fits);
}

// covers hf.concurrent.atomic
TYPED_TEST(Linearizability, OfSomeKeysWhileTheMapIsCleared) {
  std::vector<word> words = all_of_one_key;
  words.push_back(word::clear);
  this->hold({.calls = 40, .keys = 4, .others = 8, .words = words}, this->each_key_fits);
}

// The keys together, not each by itself.
// covers hf.concurrent.one-instant
TYPED_TEST(Linearizability, OfAllKeysTogetherWithClearAndSnapshot) {
  std::vector<word> words{word::store, word::store, word::exchange, word::erase, word::load, word::snapshot};
  if (TypeParam::clear_is_one_instant) words.push_back(word::clear);
  this->hold({.threads = 3, .calls = 40, .keys = 4, .others = 4, .words = words}, this->all_keys_fit);
}

}  // namespace
