// Unlocking what is not locked ends the program with Go's words, and nothing can catch it.
#include <holdfast/base/sync/rw_mutex.hpp>

#include <csignal>

#include <gtest/gtest.h>

#include "tests/death/death_test.hpp"

namespace {

using holdfast::mutex;
using holdfast::rw_mutex;

class LockDeath : public holdfast::tests::death_test {
 protected:
  // As under Go's recover.
  template <class Misuse>
  static void under_catch(Misuse misuse) {
    try {
      misuse();
    } catch (...) {
    }
  }
};

using holdfast::tests::aborted;
constexpr const char* of_mutex = "^fatal error: sync: unlock of unlocked mutex\n(.*\n)*  cure: unlock once";
constexpr const char* of_writer = "^fatal error: sync: Unlock of unlocked RWMutex\n(.*\n)*  cure: unlock once";
constexpr const char* of_reader = "^fatal error: sync: RUnlock of unlocked RWMutex\n(.*\n)*  cure: unlock once";

// contract R5, T98; covers hf.sync.unlock-checked
TEST_F(LockDeath, MutexNeverLocked) {
  EXPECT_EXIT(under_catch([] { mutex().unlock(); }), aborted, of_mutex);
}

TEST_F(LockDeath, MutexUnlockedTwice) {
  mutex lock;
  lock.lock();
  lock.unlock();
  EXPECT_EXIT(under_catch([&] { lock.unlock(); }), aborted, of_mutex);
}

TEST_F(LockDeath, WriterNeverCame) {
  EXPECT_EXIT(under_catch([] { rw_mutex().unlock(); }), aborted, of_writer);
}

TEST_F(LockDeath, WriterLeavesWhereReadersAre) {
  rw_mutex lock;
  lock.lock_shared();
  EXPECT_EXIT(under_catch([&] { lock.unlock(); }), aborted, of_writer);
}

TEST_F(LockDeath, WriterLeftBefore) {
  rw_mutex lock;
  lock.lock();
  lock.unlock();
  EXPECT_EXIT(under_catch([&] { lock.unlock(); }), aborted, of_writer);
}

TEST_F(LockDeath, ReaderNeverCame) {
  EXPECT_EXIT(under_catch([] { rw_mutex().unlock_shared(); }), aborted, of_reader);
}

TEST_F(LockDeath, ReaderLeavesWhereAWriterIs) {
  rw_mutex lock;
  lock.lock();
  EXPECT_EXIT(under_catch([&] { lock.unlock_shared(); }), aborted, of_reader);
}

TEST_F(LockDeath, ReaderViewUnlockedTwice) {
  rw_mutex lock;
  lock.reader().lock();
  lock.reader().unlock();
  EXPECT_EXIT(under_catch([&] { lock.reader().unlock(); }), aborted, of_reader);
}

}  // namespace
