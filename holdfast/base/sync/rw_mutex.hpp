// A lock for many readers or one writer, with the contract of Go's sync.RWMutex.
//
// A writer that waits holds off new readers, so that readers cannot starve it; when it leaves, all readers
// that waited go in before the next writer. std::shared_mutex promises neither, and glibc's lets readers
// pass a waiting writer for ever. A thread that holds it for reading must therefore not lock it again, not
// even for reading: a writer may have come in between, and then both wait for ever.
//
// Any thread may unlock, not only the one that locked (std::shared_mutex forbids it): a handle that holds
// the lock can be given to another thread. Unlocking what is not locked is fatal with Go's words.
//
// Works with std::unique_lock and std::shared_lock. 20 bytes, no allocation.
//
//   readers_   how many read, minus `most_readers` while a writer is in or waits
//   leaving_   how many of those that were in when the writer came are still in
//
// Cost: a reader makes two locked additions to one shared word, so readers on several cores hand its
// cache line around: 5 ns alone, tens of nanoseconds together. That is what sharding is for.
#pragma once

#include <atomic>
#include <cstdint>

#include <holdfast/base/lang/config.hpp>
#include <holdfast/base/sync/gate.hpp>
#include <holdfast/base/sync/mutex.hpp>

namespace holdfast::inline v0 {

class rw_mutex {
 public:
  // More readers than this at once are not told from a writer.
  static constexpr std::int32_t most_readers = 1 << 30;

  // The reading half, as a lock of its own.
  class reader_view {
   public:
    explicit reader_view(rw_mutex& of) noexcept : of_(of) {}
    void lock() noexcept { of_.lock_shared(); }
    [[nodiscard]] bool try_lock() noexcept { return of_.try_lock_shared(); }
    void unlock() noexcept { of_.unlock_shared(); }

   private:
    rw_mutex& of_;
  };

  rw_mutex() = default;
  rw_mutex(const rw_mutex&) = delete;
  rw_mutex& operator=(const rw_mutex&) = delete;

  void lock_shared() noexcept {
    // acquire: pairs with the release in unlock(), when the writer has left before.
    if (readers_.fetch_add(1, std::memory_order_acquire) < 0) [[unlikely]] reader_gate_.pass();
  }

  // False if a writer is in or waits.
  [[nodiscard]] bool try_lock_shared() noexcept {
    std::int32_t seen = readers_.load(std::memory_order_relaxed);
    while (seen >= 0) {
      // acquire: pairs with the release in unlock().
      if (readers_.compare_exchange_weak(seen, seen + 1, std::memory_order_acquire, std::memory_order_relaxed))
        return true;
    }
    return false;
  }

  // Fatal: nobody holds it for reading.
  void unlock_shared() noexcept {
    // release: pairs with the acquire of the writer that counts the readers in wait_for_readers().
    const std::int32_t before = readers_.fetch_sub(1, std::memory_order_release);
    if (before <= 0) [[unlikely]] last_reader_leaves(before);
  }

  void lock() noexcept {
    writers_.lock();
    wait_for_readers();
  }

  // False if anybody is in.
  [[nodiscard]] bool try_lock() noexcept;

  // Fatal: it is not locked for writing.
  void unlock() noexcept;

  [[nodiscard]] reader_view reader() noexcept { return reader_view(*this); }

 private:
  HOLDFAST_NOINLINE void last_reader_leaves(std::int32_t before) noexcept;
  void wait_for_readers() noexcept;

  std::atomic<std::int32_t> readers_{0};
  std::atomic<std::int32_t> leaving_{0};
  sync::gate reader_gate_;
  sync::gate writer_gate_;
  mutex writers_;
};

}  // namespace holdfast::inline v0
