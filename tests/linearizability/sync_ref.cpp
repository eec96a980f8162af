// References to entries of a sync_map agree with everything else that is said about their keys.
//
// No two calls of a history store the same value, so the entry that a reference was made for is there exactly while its
// value is under its key.
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <holdfast/concurrent/sync_map.hpp>

#include "tests/linearizability/checker.hpp"
#include "tests/linearizability/record.hpp"

namespace {

using namespace holdfast::tests;

constexpr auto time_for_each = std::chrono::milliseconds(700);
constexpr std::uint32_t least_histories = 20;

// Each thread keeps the references that it has made.
class referring_map : public holdfast::checked_sync_map<int, int> {
 public:
  // The value that the reference is to, at a moment when it was there.
  std::optional<int> refer(int key) {
    while (true) {
      auto made = ref(key);
      if (!made) return std::nullopt;
      const auto held = made.pin();
      if (!held) continue;
      mine().insert_or_assign({key, *held}, made);
      return *held;
    }
  }
  [[nodiscard]] bool still(int key, int value) const {
    const auto known = mine().find({key, value});
    return known == mine().end() ? load(key) == value : static_cast<bool>(known->second.pin());
  }

 private:
  using references = std::map<std::pair<int, int>, holdfast::sync_ref<int>>;
  static references& mine() {
    thread_local references all;
    return all;
  }
};

void hold(plan given) {
  const auto end = std::chrono::steady_clock::now() + time_for_each;
  std::size_t overlapping = 0;
  for (given.seed = 1; given.seed <= least_histories || std::chrono::steady_clock::now() < end; ++given.seed) {
    referring_map map;
    const history calls = record(map, given);
    for (std::size_t key = 0; key < given.keys; ++key) {
      ASSERT_TRUE(is_linearizable(of_key(calls, key), nothing)) << "seed " << given.seed << '\n' << calls;
    }
    overlapping += overlaps(calls);
  }
  if (overlapping == 0) GTEST_SKIP() << "the threads never met on this busy machine: the run says nothing";
}

const std::vector<word> changes{word::refer, word::refer, word::still, word::still,    word::still,
                                word::load,  word::store, word::erase, word::exchange, word::compare_exchange};

// covers hf.concurrent.ref-agrees-with-load
TEST(LinearizabilityOfReferences, ToOneKeyUnderHeavyContention) { hold({.calls = 60, .others = 0, .words = changes}); }

// covers hf.concurrent.ref-agrees-with-load
TEST(LinearizabilityOfReferences, ToSomeKeysWhileTheMapGrowsAndShrinks) {
  hold({.calls = 60, .keys = 4, .others = 16, .words = changes});
}

// covers hf.concurrent.ref-agrees-with-load
TEST(LinearizabilityOfReferences, ToSomeKeysWhileTheMapIsCleared) {
  std::vector<word> words = changes;
  words.push_back(word::clear);
  hold({.calls = 60, .keys = 4, .others = 8, .words = words});
}

}  // namespace
