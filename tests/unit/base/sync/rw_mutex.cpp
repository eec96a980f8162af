// The two locks keep Go's contract; unlocking what is not locked is a death test.
#include <holdfast/base/sync/rw_mutex.hpp>

#include <atomic>
#include <barrier>
#include <chrono>
#include <mutex>
#include <shared_mutex>
#include <thread>
#include <type_traits>
#include <vector>

#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;
using holdfast::mutex;
using holdfast::rw_mutex;

template <class Work>
void together(int count, Work work) {
  std::barrier start(count);
  std::vector<std::thread> all;
  for (int thread = 0; thread < count; ++thread) {
    all.emplace_back([&, thread] {
      start.arrive_and_wait();
      work(thread);
    });
  }
  for (std::thread& one : all) one.join();
}

// covers hf.sync.lock-excludes
TEST(Mutex, LetsInOneAtATime) {
  mutex lock;
  int inside = 0;
  int sum = 0;
  together(4, [&](int) {
    for (int n = 0; n < 20'000; ++n) {
      const std::scoped_lock held(lock);
      ASSERT_EQ(++inside, 1);
      ++sum;
      --inside;
    }
  });
  EXPECT_EQ(sum, 80'000);
  EXPECT_EQ(sizeof(mutex), 4U);
  EXPECT_FALSE(std::is_copy_constructible_v<mutex>);
}

// contract R7, R6
TEST(Mutex, MayBeUnlockedByAnotherThread) {
  mutex lock;
  lock.lock();
  EXPECT_FALSE(lock.try_lock());
  std::thread([&] { lock.unlock(); }).join();
  EXPECT_TRUE(lock.try_lock());
  lock.unlock();
}

// contract R9: a thread that takes the lock again and again lets the others in all the same
TEST(Mutex, StarvesNobody) {
  mutex lock;
  std::atomic<bool> over{false};
  std::thread greedy([&] {
    while (!over) {
      const std::scoped_lock held(lock);
      const auto end = std::chrono::steady_clock::now() + 200us;
      while (std::chrono::steady_clock::now() < end) {
      }
    }
  });
  for (int n = 0; n < 50; ++n) {
    lock.lock();
    lock.unlock();
    std::this_thread::sleep_for(100us);
  }
  over = true;
  greedy.join();
}

// contract T95, R1
TEST(RwMutex, LetsReadersInTogether) {
  for (int readers = 1; readers <= 4; ++readers) {
    rw_mutex lock;
    std::barrier all_inside(readers);
    together(readers, [&](int) {
      const std::shared_lock held(lock);
      all_inside.arrive_and_wait();  // would never end if one had to wait for another
    });
  }
  EXPECT_EQ(sizeof(rw_mutex), 20U);
}

// contract T96; covers hf.sync.lock-excludes
TEST(RwMutex, HasReadersOrOneWriter) {
  rw_mutex lock;
  std::atomic<int> inside{0};  // a reader counts 1, a writer 1000
  int plain = 0;               // ThreadSanitizer watches this one
  together(6, [&](int thread) {
    for (int n = 0; n < 5'000; ++n) {
      if (thread < 2) {
        const std::unique_lock held(lock);
        ASSERT_EQ(inside.fetch_add(1000), 0);
        ++plain;
        inside -= 1000;
      } else {
        const std::shared_lock held(lock);
        ASSERT_LT(inside.fetch_add(1), 1000);
        ASSERT_LE(plain, 10'000);
        inside -= 1;
      }
    }
  });
  EXPECT_EQ(plain, 10'000);
  EXPECT_TRUE(lock.try_lock());
}

// contract T96, R6
TEST(RwMutex, TriesByTheTable) {
  rw_mutex lock;
  EXPECT_TRUE(lock.try_lock());
  EXPECT_FALSE(lock.try_lock());
  EXPECT_FALSE(lock.try_lock_shared());
  lock.unlock();
  EXPECT_TRUE(lock.try_lock_shared());
  EXPECT_TRUE(lock.try_lock_shared());
  EXPECT_FALSE(lock.try_lock());
  lock.unlock_shared();
  EXPECT_FALSE(lock.try_lock());
  lock.unlock_shared();
  EXPECT_TRUE(lock.try_lock());
  lock.unlock();
}

// contract R2, R3, R6; covers hf.sync.writer-first
TEST(RwMutex, AWaitingWriterHoldsOffNewReadersWhoThenGoFirst) {
  rw_mutex lock;
  std::atomic<int> order{0};
  std::atomic<int> first_writer{0};
  std::atomic<int> reader{0};
  lock.lock_shared();
  std::thread writer([&] {
    lock.lock();
    first_writer = ++order;
    lock.unlock();
  });
  while (lock.try_lock_shared()) {  // until the writer waits
    lock.unlock_shared();
    std::this_thread::yield();
  }
  std::thread late([&] {
    lock.lock_shared();
    reader = ++order;
    lock.unlock_shared();
  });
  std::this_thread::sleep_for(20ms);
  EXPECT_EQ(order, 0) << "somebody passed the reader that was in or the writer that waited";
  lock.unlock_shared();
  writer.join();
  late.join();
  EXPECT_EQ(first_writer, 1);
  EXPECT_EQ(reader, 2);
}

// contract R4
TEST(RwMutex, HasRoomForAsManyReadersAsGos) {
  static_assert(rw_mutex::most_readers == 1 << 30);
  rw_mutex lock;
  for (int reader = 0; reader < 1'000'000; ++reader) ASSERT_TRUE(lock.try_lock_shared());
  EXPECT_FALSE(lock.try_lock());
  for (int reader = 0; reader < 1'000'000; ++reader) lock.unlock_shared();
  EXPECT_TRUE(lock.try_lock());
  lock.unlock();
}

// contract R7
TEST(RwMutex, MayBeUnlockedByAnotherThread) {
  rw_mutex lock;
  lock.lock_shared();
  std::thread([&] { lock.unlock_shared(); }).join();
  lock.lock();
  std::thread([&] { lock.unlock(); }).join();
  EXPECT_TRUE(lock.try_lock());
  lock.unlock();
}

// contract T97, R8
TEST(RwMutex, ItsReaderIsALockOfItsOwn) {
  rw_mutex lock;
  rw_mutex::reader_view reader = lock.reader();
  {
    const std::scoped_lock held(reader);
    EXPECT_FALSE(lock.try_lock());
    EXPECT_TRUE(reader.try_lock());
    reader.unlock();
  }
  lock.lock();
  EXPECT_FALSE(reader.try_lock());
  std::atomic<bool> in{false};
  std::thread waits([&] {
    const std::scoped_lock held(reader);
    in = true;
  });
  std::this_thread::sleep_for(10ms);
  EXPECT_FALSE(in);
  lock.unlock();
  waits.join();
  EXPECT_TRUE(in);
}

// contract R1: without any fairness readers that overlap all the time would keep the writer out for good
TEST(RwMutex, ReadersDoNotStarveAWriter) {
  rw_mutex lock;
  std::atomic<bool> over{false};
  std::vector<std::thread> readers;
  for (int n = 0; n < 3; ++n) {
    readers.emplace_back([&] {
      while (!over) {
        const std::shared_lock held(lock);
        std::this_thread::sleep_for(100us);
      }
    });
  }
  for (int n = 0; n < 20; ++n) {
    const std::unique_lock held(lock);
    std::this_thread::yield();
  }
  over = true;
  for (std::thread& one : readers) one.join();
}

}  // namespace
