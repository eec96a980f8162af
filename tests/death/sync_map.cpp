// What would make sync_map wait for itself for ever is reported instead.
#include <holdfast/concurrent/sync_map.hpp>

#include <atomic>
#include <csignal>
#include <optional>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "tests/death/death_test.hpp"

namespace {

using holdfast::tests::aborted;

class SyncMapDeath : public holdfast::tests::death_test {
 protected:
  holdfast::sync_map<int, int> map;
};

// covers hf.concurrent.one-flight
TEST_F(SyncMapDeath, OfAMakerThatAsksForItsOwnKey) {
  EXPECT_EXIT(map.load_or_make(1, [&] { return map.load_or_make(1, [] { return 2; }).value; }),
              aborted, "^holdfast: fatal: load_or_make waits for itself\n(.*\n)*  cure: ");
}

TEST_F(SyncMapDeath, OfTwoMakersThatAskForEachOthersKeys) {
  const auto circle = [&] {
    std::atomic<int> ready{0};
    const auto maker = [&](int mine, int others) {
      (void)map.load_or_make(mine, [&] {
        ready.fetch_add(1);
        while (ready.load() < 2) std::this_thread::yield();
        return map.load_or_make(others, [] { return 0; }).value;
      });
    };
    std::thread other([&] { maker(1, 2); });
    maker(2, 1);
    other.join();
  };
  EXPECT_EXIT(circle(), aborted, "^holdfast: fatal: load_or_make waits for itself\n(.*\n)*  cure: ");
}

// covers hf.concurrent.alter-ends
TEST_F(SyncMapDeath, OfAnAlterThatWritesItsOwnKey) {
  holdfast::sync_map<int, std::string> texts;
  const auto alter = [&] {
    texts.alter(1, [&](const std::string*) {
      texts.store(1, "five");
      return std::optional<std::string>("six");
    });
  };
  EXPECT_EXIT(alter(), aborted, "^holdfast: fatal: alter never ends\n(.*\n)*  cure: ");
}

// covers hf.concurrent.ref-policies
TEST_F(SyncMapDeath, OfAReferenceThatHasEnded) {
  holdfast::checked_sync_map<int, int, holdfast::when_stale::fatal> checked;
  checked.name("ages");
  checked.store(1, 41);
  const auto one = checked.ref(1);
  checked.store(1, 42);
  EXPECT_EXIT((void)one.at(), aborted,
              "^fatal error: use of a stale reference\n(.*\n)*"
              "  stale reference to map \"ages\": entry overwritten by operation #1 on thread [0-9]+\n(.*\n)*  cure: look");
  EXPECT_EXIT((void)checked.ref(2).at(), aborted, "the reference is empty");
}

// Where values lie in the bucket only another value is a change.
TEST_F(SyncMapDeath, OfAnAlterThatWritesItsOwnKeyAnewEachTime) {
  const auto alter = [&] {
    int n = 0;
    map.alter(1, [&](const int*) {
      map.store(1, ++n);
      return std::optional(6);
    });
  };
  EXPECT_EXIT(alter(), aborted, "^holdfast: fatal: alter never ends\n(.*\n)*  cure: ");
}

}  // namespace
