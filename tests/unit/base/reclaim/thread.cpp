// Tests of holdfast/base/reclaim/thread.hpp: threads that end, forks, filters, signals.
#include <holdfast/base/reclaim/thread.hpp>

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/time.h>

#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <holdfast/base/lang/failure.hpp>
#include <holdfast/base/reclaim/signal_section.hpp>

#include "tests/unit/base/reclaim/child.hpp"
#include "tests/unit/base/reclaim/counted.hpp"

namespace {

using namespace holdfast::reclaim;
using holdfast::tests::counted;
using holdfast::tests::in_child;
using holdfast::tests::pinned;
using holdfast::tests::retire;

std::size_t record_count() { return default_domain().stats().records; }

// covers hf.reclaim.thread-exit, hf.reclaim.record-stays
TEST(ReclaimThread, LeavesItsRecordToTheNextOne) {
  std::thread([] { section inside(default_domain()); }).join();
  const std::size_t before = record_count();
  for (int i = 0; i < 200; ++i) std::thread([] { section inside(default_domain()); }).join();
  EXPECT_EQ(record_count(), before);
}

// covers hf.reclaim.thread-exit
TEST(ReclaimThread, LeavesARecordWithPinsAloneUntilTheyAreReleased) {
  std::atomic<int> alive{0};
  counted one(alive);
  std::vector<pin<counted>> held(3);
  for (pin<counted>& each : held) std::thread([&] { each = pinned(default_domain(), one); }).join();
  EXPECT_EQ(default_domain().stats().orphaned_records, 3U);
  const std::size_t before = record_count();
  held.clear();
  for (int i = 0; i < 3; ++i) std::thread([] { section inside(default_domain()); }).join();
  EXPECT_EQ(record_count(), before);
}

struct late_reader {
  ~late_reader() {
    auto held = pinned(default_domain(), *object);
    *seen = held->value;
  }
  counted* object;
  int* seen;
};

// covers hf.reclaim.thread-exit
TEST(ReclaimThread, MayReadInDestructorsOfThreadLocals) {
  std::atomic<int> alive{0};
  counted one(alive, 11);
  int seen = 0;
  std::thread([&] {
    static thread_local late_reader before{&one, &seen};
    const auto held = pinned(default_domain(), one);
    static thread_local late_reader after{&one, &seen};
    before.object = after.object = &one;
  }).join();
  EXPECT_EQ(seen, 11);
  EXPECT_TRUE(domain::census().empty());
  EXPECT_EQ(default_domain().stats().orphaned_records, 0U);
}

// covers hf.reclaim.thread-exit
TEST(ReclaimThread, MayReadInDestructorsOfKeysAfterItsRecordIsGone) {
  std::thread([] { section inside(default_domain()); }).join();  // our key exists before the test's
  std::atomic<int> alive{0};
  counted one(alive, 12);
  static int seen;
  seen = 0;
  pthread_key_t key;
  ASSERT_EQ(pthread_key_create(&key, [](void* object) { seen = pinned(default_domain(), *static_cast<counted*>(object))->value; }), 0);
  const std::size_t before = record_count();
  for (int i = 0; i < 3; ++i)
    std::thread([&] {
      section inside(default_domain());
      pthread_setspecific(key, &one);
    }).join();
  pthread_key_delete(key);
  EXPECT_EQ(seen, 12);
  EXPECT_LE(record_count(), before + 1) << "records made that late are given up too";
}

// covers hf.reclaim.fork
TEST(ReclaimFork, ChildIsNotHeldUpByReadersItDoesNotHave) {
  std::atomic<int> stage{0};
  std::thread reader([&] {
    section inside(default_domain());
    stage = 1;
    while (stage != 2) std::this_thread::yield();
  });
  while (stage != 1) std::this_thread::yield();
  const int status = in_child([] {
    std::atomic<int> alive{0};
    domain own;
    retire(own, *new counted(alive));
    own.drain();
    return static_cast<int>(alive);
  });
  stage = 2;
  reader.join();
  EXPECT_EQ(status, 0);
}

// covers hf.reclaim.fork
TEST(ReclaimFork, ChildKeepsWhatItsThreadHoldsAlsoInAnothersSlot) {
  std::atomic<int> alive{0};
  auto* one = new counted(alive, 9);
  pin<counted> held;
  std::atomic<int> stage{0};
  std::thread maker([&] {
    held = pinned(default_domain(), *one);
    stage = 1;
    while (stage != 2) std::this_thread::yield();
  });
  while (stage != 1) std::this_thread::yield();
  const int status = in_child([&] {
    retire(default_domain(), *one);
    if (default_domain().drain() != 1 || held->value != 9) return 1;
    held.reset();
    return default_domain().drain() == 0 && alive == 0 ? 0 : 2;
  });
  stage = 2;
  maker.join();
  held.reset();
  delete one;
  EXPECT_EQ(status, 0);
}

// covers hf.reclaim.fork
TEST(ReclaimFork, ChildrenOfABusyProcessGoOn) {
  std::atomic<bool> stop{false};
  std::atomic<int> alive{0};
  domain own;
  std::atomic<counted*> source{new counted(alive, 1)};
  std::vector<std::thread> busy;
  for (int t = 0; t < 2; ++t)
    busy.emplace_back([&] {
      while (!stop) {
        {
          section inside(own);
          counted* const found = source.load(std::memory_order_acquire);
          const auto held = inside.hand_off(found, found);
        }
        retire(own, *source.exchange(new counted(alive, 1)));
      }
    });
  int failed = 0;
  for (int i = 0; i < 40; ++i)
    failed += in_child([&] {
      std::atomic<int> mine{0};
      for (int n = 0; n < 1500; ++n) retire(own, *new counted(mine));
      own.drain();
      return mine == 0 ? 0 : 1;
    }) != 0;
  stop = true;
  for (std::thread& each : busy) each.join();
  retire(own, *source.load());
  own.drain();
  EXPECT_EQ(failed, 0);
  EXPECT_EQ(alive, 0);
}

// Makes `call` fail with `error` from now on.
bool deny(unsigned call, unsigned error) {
  sock_filter rules[] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
                         BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1),
                         BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error),
                         BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
  const sock_fprog program{4, rules};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

// Readers and a writer, without and with pins. 0: everything was as it should be.
int exercise() {
  std::atomic<int> alive{0};
  domain own;
  std::atomic<counted*> source{new counted(alive, 77)};
  std::atomic<bool> stop{false};
  std::atomic<int> wrong{0};
  std::thread reader([&] {
    while (!stop) {
      section inside(own);
      counted* const found = source.load(std::memory_order_acquire);
      const auto held = inside.hand_off(found, found);
      if (held->value != 77) ++wrong;
    }
  });
  for (int i = 0; i < 20'000; ++i) {
    counted* const old = source.exchange(new counted(alive, 77));
    retire(own, *old);
  }
  stop = true;
  reader.join();
  retire(own, *source.load());
  if (own.drain() != 0 || alive != 0) return 1;
  return wrong == 0 ? 0 : 2;
}

// A process of its own that has not read anything yet: the decision is made once.
int exercise_in_fresh_process(const char* test) {
  const std::string self = "/proc/self/exe";
  const int status = in_child([&] {
    const std::string filter = std::string("--gtest_filter=") + test;
    execl(self.c_str(), self.c_str(), filter.c_str(), "--gtest_also_run_disabled_tests", nullptr);
    return 99;
  });
  return status;
}

TEST(ReclaimFence, DISABLED_DeniedFromTheBeginning) {
  if (holdfast::thread_sanitizer) GTEST_SKIP();
  ASSERT_TRUE(deny(SYS_membarrier, EPERM));
  EXPECT_EQ(exercise(), 0);
  EXPECT_TRUE(default_domain().stats().readers_fence);
  EXPECT_FALSE(default_domain().stats().fence_lost);
}

// covers hf.reclaim.fenced-fallback
TEST(ReclaimFence, ReadersFenceWhereMembarrierIsDenied) {
  EXPECT_EQ(exercise_in_fresh_process("ReclaimFence.DISABLED_DeniedFromTheBeginning"), 0);
}

TEST(ReclaimFence, DISABLED_DeniedLater) {
  static int told;
  EXPECT_EQ(exercise(), 0);
  ASSERT_TRUE(deny(SYS_membarrier, ENOSYS));
  holdfast::set_failure_handler([](const holdfast::failure& report) {
    EXPECT_STREQ(report.first_line, "holdfast: membarrier is denied now");
    EXPECT_NE(report.text.find("cure: "), std::string::npos);
    EXPECT_FALSE(report.fatal);
    ++told;
  });
  std::atomic<int> alive{0};
  for (int i = 0; i < 2000; ++i) retire(default_domain(), *new counted(alive));
  EXPECT_EQ(default_domain().drain(), 2000U);
  EXPECT_EQ(alive, 2000) << "nothing may be destroyed: readers do not fence";
  EXPECT_TRUE(default_domain().stats().fence_lost);
  EXPECT_FALSE(default_domain().barrier(1'000'000));
  EXPECT_EQ(told, 1);
  _exit(testing::Test::HasFailure() ? 1 : 0);  // what is left is a leak, on purpose
}

// covers hf.reclaim.fence-lost
TEST(ReclaimFence, NothingIsDestroyedWhenMembarrierIsDeniedLater) {
  if (holdfast::sync::readers_fence()) GTEST_SKIP() << "this kernel denies membarrier from the beginning";
  EXPECT_EQ(exercise_in_fresh_process("ReclaimFence.DISABLED_DeniedLater"), 0);
}

// covers hf.reclaim.signal-safe
TEST(ReclaimSignal, SectionIsRefusedToAThreadThatNeverRead) {
  std::thread([] {
    const signal_section inside(default_domain());
    EXPECT_FALSE(inside);
  }).join();
}

// covers hf.reclaim.signal-safe
TEST(ReclaimSignal, SectionHandsOffToTwoSlotsOfItsOwn) {
  std::atomic<int> alive{0};
  auto* one = new counted(alive, 5);
  { section has_a_record(default_domain()); }
  {
    signal_section inside(default_domain());
    ASSERT_TRUE(inside);
    auto first = inside.hand_off(one, one);
    auto second = inside.hand_off(one, one);
    EXPECT_FALSE(inside.hand_off(one, one));
    first.reset();
    EXPECT_TRUE(inside.hand_off(one, one));
    retire(default_domain(), *one);
    EXPECT_TRUE(second);
  }
  default_domain().drain();
  EXPECT_EQ(alive, 0);
}

// covers hf.reclaim.signal-safe
TEST(ReclaimSignal, HandlersReadWhileTheThreadReads) {
  static std::atomic<counted*> source;
  static std::atomic<int> handled, wrong;
  static std::atomic<int> alive;
  alive = handled = wrong = 0;
  source = new counted(alive, 42);
  struct sigaction action {};
  action.sa_handler = [](int) {
    signal_section inside(default_domain());
    if (!inside) return;
    counted* const found = source.load(std::memory_order_acquire);
    const auto held = inside.hand_off(found, found);
    if (held->value != 42) ++wrong;
    ++handled;
  };
  struct sigaction before {};
  sigaction(SIGUSR2, &action, &before);
  std::atomic<bool> stop{false};
  std::atomic<bool> reading{false};
  std::thread reader([&] {
    while (!stop) {
      section inside(default_domain());
      counted* const found = source.load(std::memory_order_acquire);
      const auto held = inside.hand_off(found, found);
      if (held->value != 42) ++wrong;
      reading = true;
    }
  });
  while (!reading) std::this_thread::yield();
  const pthread_t target = reader.native_handle();
  for (int i = 0; i < 3000; ++i) {
    pthread_kill(target, SIGUSR2);
    counted* const old = source.exchange(new counted(alive, 42));
    old->value = 42;
    retire(default_domain(), *old);
  }
  stop = true;
  reader.join();
  sigaction(SIGUSR2, &before, nullptr);
  retire(default_domain(), *source.load());
  default_domain().drain();
  EXPECT_GT(handled, 0);
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(alive, 0);
}

}  // namespace
