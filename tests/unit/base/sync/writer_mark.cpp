// What a mark does while nobody misuses it; the reports are death tests.
#include <holdfast/base/sync/writer_mark.hpp>

#include <atomic>
#include <barrier>
#include <cstdint>
#include <cstring>
#include <future>
#include <stdexcept>
#include <thread>
#include <type_traits>
#include <vector>

#include <gtest/gtest.h>

#include <holdfast/base/lang/raise.hpp>

namespace {

using holdfast::operation;
using holdfast::write_section;
using holdfast::writer_mark;

// covers hf.sync.mark-free-after-write
TEST(WriterMark, IsUpFromBeginToEnd) {
  writer_mark mark;
  EXPECT_TRUE(mark.free());
  const std::uint32_t me = mark.begin_write(operation::insert);
  EXPECT_FALSE(mark.free());
  mark.end_write(me);
  EXPECT_TRUE(mark.free());
}

TEST(WriterMark, TellsWhoWritesWhatAndWhere) {
  writer_mark mark;
  const std::uint32_t me = mark.begin_write(operation::erase);
  EXPECT_EQ(writer_mark::thread_of(mark.word()), holdfast::this_thread_id());
  EXPECT_EQ(writer_mark::operation_of(mark.word()), operation::erase);
  EXPECT_NE(mark.place(), nullptr);
  mark.end_write(me);
}

TEST(WriterMark, StillTellsOfTheLastWriteWhenItIsFree) {
  writer_mark mark;
  const std::uint32_t me = mark.begin_write(operation::clear);
  const void* const place = mark.place();
  mark.end_write(me);
  EXPECT_EQ(writer_mark::operation_of(mark.word()), operation::clear);
  EXPECT_EQ(mark.place(), place);
}

TEST(WriterMark, NumbersItsWritesAndStartsOverQuietly) {
  writer_mark mark;
  constexpr std::uint32_t serials = 1u << 24;
  for (std::uint32_t i = 1; i < serials; ++i) {
    const std::uint32_t me = mark.begin_write(operation::assign);
    mark.end_write(me);
  }
  EXPECT_EQ(writer_mark::serial_of(mark.word()), serials - 1);
  const std::uint32_t me = mark.begin_write(operation::assign);
  EXPECT_EQ(writer_mark::serial_of(mark.word()), 0u);
  EXPECT_EQ(writer_mark::thread_of(mark.word()), holdfast::this_thread_id());
  mark.end_write(me);
  EXPECT_TRUE(mark.free());
}

// covers hf.sync.mark-layout
TEST(WriterMark, IsTwoWordsThatACoreReaderCanTakeApart) {
  static_assert(sizeof(writer_mark) == 16 && std::is_standard_layout_v<writer_mark>);
  writer_mark mark;
  const std::uint32_t me = mark.begin_write(operation::swap);
  std::uint64_t words[2];
  std::memcpy(words, static_cast<const void*>(&mark), sizeof words);
  EXPECT_EQ(words[0] & 0xffffffff, holdfast::this_thread_id());
  EXPECT_EQ(words[0] >> 32 & 0xff, 9u);
  EXPECT_EQ(words[0] >> 40, 1u);
  EXPECT_EQ(words[1], reinterpret_cast<std::uint64_t>(mark.place()));
  mark.end_write(me);
}

TEST(WriterMark, TakesNoNoticeOfReadersWhenNobodyWrites) {
  const writer_mark mark;
  mark.check_no_writer(operation::read);
  mark.check_no_writer(operation::iterate);
  mark.check_no_writer(operation::clone);
  EXPECT_TRUE(mark.free());
}

TEST(WriterMark, CanBeTakenDownByForce) {
  writer_mark mark;
  mark.begin_write(operation::insert);
  mark.reset();
  EXPECT_TRUE(mark.free());
}

// covers hf.sync.mark-free-after-write
TEST(WriteSection, TakesTheMarkDownWhenItIsLeftByAnException) {
  if constexpr (holdfast::exceptions_enabled) {
    writer_mark mark;
    // A packaged task catches everything.
    std::packaged_task<void()> write([&] {
      const write_section section(mark, operation::insert);
      EXPECT_FALSE(mark.free());
      holdfast::raise(std::runtime_error("constructor threw"));
    });
    write();
    EXPECT_TRUE(mark.free());
  }
}

// covers hf.sync.mark-silent-for-readers
TEST(WriterMark, NeverReportsSixteenReadersBetweenWrites) {
  constexpr int readers = 16;
  constexpr int rounds = 50;
  constexpr int steps = 250;
  writer_mark mark;
  std::barrier gate(readers + 1);
  std::vector<std::thread> threads;
  for (int reader = 0; reader < readers; ++reader)
    threads.emplace_back([&] {
      for (int round = 0; round < rounds; ++round) {
        gate.arrive_and_wait();
        for (int step = 0; step < steps; ++step) {
          mark.check_no_writer(operation::read);
          mark.check_no_writer(operation::iterate);
        }
        gate.arrive_and_wait();
      }
    });
  for (int round = 0; round < rounds; ++round) {
    for (int step = 0; step < steps; ++step) const write_section section(mark, operation::insert);
    gate.arrive_and_wait();
    gate.arrive_and_wait();
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(mark.free());
}

// covers hf.sync.mark-silent-for-readers
TEST(WriterMark, NeverReportsWritersThatTakeTurns) {
  writer_mark mark;
  std::atomic<int> turn{0};
  std::vector<std::thread> threads;
  for (int me = 0; me < 2; ++me)
    threads.emplace_back([&, me] {
      for (int i = 0; i < 2000; ++i) {
        // acquire and release: pair with each other; this is the lock that the caller owes the map.
        while (turn.load(std::memory_order_acquire) != me) std::this_thread::yield();
        { const write_section section(mark, operation::insert); }
        turn.store(1 - me, std::memory_order_release);
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(mark.free());
}

}  // namespace
