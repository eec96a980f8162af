// Whether the memory model of the plays is the one of C++: what it allows is seen, what it forbids is not.
#include "tests/model/weak_memory.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>

#include <gtest/gtest.h>

namespace {

using namespace holdfast::tests;

constexpr auto relaxed = std::memory_order_relaxed;
constexpr auto acquire = std::memory_order_acquire;
constexpr auto release = std::memory_order_release;
constexpr auto acq_rel = std::memory_order_acq_rel;

struct stage {
  weak_atomic<int> x, y;
  int plain = 0;
  int first = -1, second = -1;
  void write_plain() {
    weak_memory::current()->write_plain(&plain);
    plain = 1;
  }
  void read_plain() {
    weak_memory::current()->read_plain(&plain);
    first = plain;
  }
};

// Every outcome of so many seeds: "first second", or what was violated.
std::set<std::string> outcomes(const std::function<void(fibers&, stage&)>& act) {
  std::set<std::string> all_seen;
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    fibers all(seed);
    weak_memory memory(all, seed);
    stage on;
    act(all, on);
    EXPECT_TRUE(memory.run(12, 4));
    all_seen.insert(memory.violation() != nullptr ? memory.violation()
                                                  : std::to_string(on.first) + ' ' + std::to_string(on.second));
  }
  return all_seen;
}

using seen = std::set<std::string>;

// ---- a message and the word that says it is there ----

seen message(std::memory_order stored, std::memory_order loaded) {
  return outcomes([=](fibers& all, stage& on) {
    all.add([&on, stored] { on.x.store(1, relaxed), on.y.store(1, stored); });
    all.add([&on, loaded] { on.first = on.y.load(loaded), on.second = on.x.load(relaxed); });
  });
}

TEST(WeakMemory, ReleaseAndAcquirePassAMessage) {
  EXPECT_EQ(message(release, acquire), (seen{"0 0", "0 1", "1 1"}));
  EXPECT_EQ(message(relaxed, acquire), (seen{"0 0", "0 1", "1 0", "1 1"}));
  EXPECT_EQ(message(release, relaxed), (seen{"0 0", "0 1", "1 0", "1 1"}));
}

TEST(WeakMemory, TellsPlainMemoryThatNothingOrders) {
  const auto race = [](std::memory_order stored) {
    return outcomes([=](fibers& all, stage& on) {
      all.add([&on, stored] { on.write_plain(), on.y.store(1, stored); });
      all.add([&on] {
        if (on.y.load(acquire) == 1) on.read_plain();
      });
    });
  };
  EXPECT_EQ(race(release), (seen{"-1 -1", "1 -1"}));
  EXPECT_EQ(race(relaxed), (seen{"-1 -1", "data race: a read"}));
}

TEST(WeakMemory, TellsAnAtomicThatIsUsedBeforeItIsMade) {
  struct made {
    weak_atomic<int> inside{7};
  };
  const auto publish = [](std::memory_order stored) {
    return outcomes([=](fibers& all, stage& on) {
      auto* const room = new char[sizeof(made)];
      auto keep = std::shared_ptr<char[]>(room);
      all.add([&on, stored, keep] {
        ::new (static_cast<void*>(keep.get())) made;
        on.y.store(1, stored);
      });
      all.add([&on, keep] {
        if (on.y.load(acquire) == 1) on.first = reinterpret_cast<made*>(keep.get())->inside.load(relaxed);
      });
    });
  };
  EXPECT_EQ(publish(release), (seen{"-1 -1", "7 -1"}));
  EXPECT_EQ(publish(relaxed).count("an atomic is used that was not seen to be made"), 1U);
}

// ---- one place ----

TEST(WeakMemory, NobodySeesOnePlaceGoBack) {
  const seen all_seen = outcomes([](fibers& all, stage& on) {
    all.add([&on] { on.x.store(1, relaxed), on.x.store(2, relaxed); });
    all.add([&on] { on.first = on.x.load(relaxed), on.second = on.x.load(relaxed); });
  });
  EXPECT_EQ(all_seen, (seen{"0 0", "0 1", "0 2", "1 1", "1 2", "2 2"}));
}

TEST(WeakMemory, ThreadsMayMissEachOthersStores) {
  const seen all_seen = outcomes([](fibers& all, stage& on) {
    all.add([&on] { on.x.store(1, release), on.first = on.y.load(acquire); });
    all.add([&on] { on.y.store(1, release), on.second = on.x.load(acquire); });
  });
  EXPECT_EQ(all_seen, (seen{"0 0", "0 1", "1 0", "1 1"}));
}

TEST(WeakMemory, LockedOperationsMissNothing) {
  const seen all_seen = outcomes([](fibers& all, stage& on) {
    all.add([&on] { on.first = on.x.fetch_add(1, relaxed); });
    all.add([&on] { on.second = on.x.fetch_add(1, relaxed); });
  });
  EXPECT_EQ(all_seen, (seen{"0 1", "1 0"}));
}

// A locked operation hands on what the store that it changes released; a plain one does not.
TEST(WeakMemory, ReleasesGoThroughLockedOperationsOnly) {
  const auto through = [](bool locked) {
    return outcomes([=](fibers& all, stage& on) {
      all.add([&on] { on.x.store(1, relaxed), on.y.store(1, release); });
      all.add([&on, locked] {
        int one = 1;
        if (locked) static_cast<void>(on.y.compare_exchange_strong(one, 2, relaxed));
        else if (on.y.load(relaxed) == 1) on.y.store(2, relaxed);
      });
      all.add([&on] { on.first = on.y.load(acquire) == 2, on.second = on.x.load(relaxed); });
    });
  };
  EXPECT_EQ(through(true).count("1 0"), 0U);
  EXPECT_EQ(through(false).count("1 0"), 1U);
}

TEST(WeakMemory, LocksOrderWhatTheyGuard) {
  const auto guarded = [](std::memory_order taken, std::memory_order given) {
    return outcomes([=](fibers& all, stage& on) {
      for (int who = 0; who < 2; ++who)
        all.add([&on, taken, given] {
          for (int open = 0; !on.x.compare_exchange_strong(open, 1, taken); open = 0) fibers::current()->rest();
          on.write_plain();
          on.x.store(0, given);
        });
    });
  };
  EXPECT_EQ(guarded(acquire, release), (seen{"-1 -1"}));
  EXPECT_EQ(guarded(relaxed, release).count("data race: a write"), 1U);
  EXPECT_EQ(guarded(acquire, relaxed).count("data race: a write"), 1U);
  EXPECT_EQ(guarded(acq_rel, acq_rel), (seen{"-1 -1"}));
}

// ---- places in the source ----

TEST(WeakMemory, CanTakeAnOrderAway) {
  weak_memory::orders_asked_for.clear();
  const auto pass = [] {
    return outcomes([](fibers& all, stage& on) {
      all.add([&on] { on.x.store(1, relaxed), on.y.store(1, release); });
      all.add([&on] { on.first = on.y.load(acquire), on.second = on.x.load(relaxed); });
    });
  };
  EXPECT_EQ(pass().count("1 0"), 0U);
  const auto places = weak_memory::orders_asked_for;
  ASSERT_EQ(places.size(), 2U) << "the release and the acquire";
  for (const auto& [place, order] : places) {
    weak_memory::relaxed_at = place;
    EXPECT_EQ(pass().count("1 0"), 1U) << place.file << ':' << place.line;
  }
  weak_memory::relaxed_at = {};
}

}  // namespace
