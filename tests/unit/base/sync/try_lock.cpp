// Tests of holdfast/base/sync/try_lock.hpp.
#include <holdfast/base/sync/try_lock.hpp>

#include <gtest/gtest.h>

#include <holdfast/base/sync/real_machine.hpp>

namespace {

using namespace holdfast::sync;

struct two_processes : real_machine {
  static inline std::uint64_t now_in = 1;
  static std::uint64_t generation() noexcept { return now_in; }
};

TEST(TryLock, IsTakenByOneAtATime) {
  basic_try_lock<real_machine> lock;
  EXPECT_EQ(lock.try_lock(), taken::yes);
  EXPECT_EQ(lock.try_lock(), taken::no);
  lock.unlock();
  EXPECT_EQ(lock.lock(), taken::yes);
  lock.unlock();
}

// covers hf.reclaim.fork
TEST(TryLock, IsInheritedFromAThreadThatTheForkLeftBehind) {
  two_processes::now_in = 1;
  basic_try_lock<two_processes> lock;
  EXPECT_EQ(lock.lock(), taken::yes);
  two_processes::now_in = 2;
  EXPECT_EQ(lock.try_lock(), taken::inherited);
  EXPECT_EQ(lock.try_lock(), taken::no);
  lock.unlock();
  EXPECT_EQ(lock.try_lock(), taken::yes) << "told once";
}

}  // namespace
