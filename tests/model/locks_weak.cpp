// The locks of base/sync, from the very source that programs run, on the memory model of C++.
#include <chrono>
#include <cstdint>

#include <gtest/gtest.h>

#include <holdfast/base/lang/config.hpp>
#include <holdfast/base/observe/fatal.hpp>

#include "tests/model/weak_memory.hpp"

namespace std {
using holdfast::tests::weak_atomic;  // std::atomic, as it is spelled below
}

// Last: they spell it anew, and have the names of the library's own in another namespace.
#define v0 on_weak_memory
#define atomic weak_atomic
#include <holdfast/base/sync/rw_mutex.hpp>

#include <holdfast/base/sync/mutex.cpp>
#include <holdfast/base/sync/rw_mutex.cpp>
#undef v0
#undef atomic

namespace {

using namespace holdfast::tests;
using holdfast::on_weak_memory::mutex;
using holdfast::on_weak_memory::rw_mutex;

struct guarded {
  mutex alone;
  rw_mutex shared;
  std::uint64_t word = 0;
  void write() {
    weak_memory::current()->write_plain(&word);
    fibers::current()->step();
    weak_memory::current()->write_plain(&word);
  }
  void read() {
    weak_memory::current()->read_plain(&word);
    fibers::current()->step();
    weak_memory::current()->read_plain(&word);
  }
};

using scene = void (*)(fibers&, guarded&);

void three_in_turn(fibers& all, guarded& on) {
  for (int who = 0; who < 3; ++who)
    all.add([&on] {
      for (int turn = 0; turn < 2; ++turn) {
        on.alone.lock();
        on.write();
        on.alone.unlock();
      }
    });
}
void one_who_tries(fibers& all, guarded& on) {
  all.add([&on] {
    on.alone.lock();
    on.write();
    on.alone.unlock();
  });
  all.add([&on] {
    for (int turn = 0; turn < 3; ++turn)
      if (on.alone.try_lock()) {
        on.write();
        on.alone.unlock();
      }
  });
}
void two_readers_and_a_writer(fibers& all, guarded& on) {
  for (int who = 0; who < 2; ++who)
    all.add([&on] {
      for (int turn = 0; turn < 2; ++turn) {
        on.shared.lock_shared();
        on.read();
        on.shared.unlock_shared();
      }
    });
  all.add([&on] {
    for (int turn = 0; turn < 2; ++turn) {
      on.shared.lock();
      on.write();
      on.shared.unlock();
    }
  });
}
void a_reader_and_two_writers(fibers& all, guarded& on) {
  all.add([&on] {
    on.shared.lock_shared();
    on.read();
    on.shared.unlock_shared();
  });
  for (int who = 0; who < 2; ++who)
    all.add([&on] {
      on.shared.lock();
      on.write();
      on.shared.unlock();
    });
}
void some_who_try_to_share(fibers& all, guarded& on) {
  for (int who = 0; who < 2; ++who)
    all.add([&on] {
      for (int turn = 0; turn < 3; ++turn)
        if (on.shared.try_lock_shared()) {
          on.read();
          on.shared.unlock_shared();
        }
    });
  all.add([&on] {
    for (int turn = 0; turn < 3; ++turn)
      if (on.shared.try_lock()) {
        on.write();
        on.shared.unlock();
      }
  });
}

constexpr scene scenes[] = {three_in_turn, one_who_tries, two_readers_and_a_writer, a_reader_and_two_writers,
                            some_who_try_to_share};

// What is wrong with any of so many seeds; null: nothing.
const char* wrong_in(scene act, std::uint64_t seeds) {
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    fibers all(seed);
    weak_memory memory(all, seed);
    guarded on;
    act(all, on);
    if (!memory.run(60, 4)) memory.report("the play does not end");
    if (memory.violation() != nullptr) return memory.violation();
  }
  return nullptr;
}

// covers hf.sync.lock-excludes
TEST(LocksOnWeakMemory, WhoComesInSeesWhatWasDoneBefore) {
  for (const scene act : scenes) {
    const char* const wrong = wrong_in(act, 3000);
    EXPECT_EQ(wrong, nullptr) << wrong;
  }
}

// Each order that they ask for, made relaxed alone, lets one of the plays fail.
// covers hf.sync.lock-excludes
TEST(LocksOnWeakMemory, AskForNoOrderThatNothingNeeds) {
  weak_memory::orders_asked_for.clear();
  for (const scene act : scenes) static_cast<void>(wrong_in(act, 1000));
  const auto places = weak_memory::orders_asked_for;
  EXPECT_GE(places.size(), 14U) << "some of the locks' ways are not played";
  for (const auto& [place, order] : places) {
    weak_memory::relaxed_at = place;
    bool is_shown = false;
    for (const scene act : scenes) is_shown = is_shown || wrong_in(act, 5000) != nullptr;
    EXPECT_TRUE(is_shown) << place.file << ':' << place.line << ' ' << place.function;
  }
  weak_memory::relaxed_at = {};
}

}  // namespace
