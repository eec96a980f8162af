// Who is writing to a map, since what, and where: the evidence for a misuse report.
//
// A map is for one writer or many readers. Each write leaves its mark here for as long as it lasts, and
// everybody else looks before going in. As in Go this is evidence, not a lock: plain loads and stores,
// so two threads that enter in the same few nanoseconds may both pass. Their marks then disagree when
// they leave, which is reported too.
//
//   word   bits 0..31  thread id of the writer; 0 means free
//          bits 32..39 its operation; stays after it has left
//          bits 40..63 serial number of the write
//   place  program counter of the writer; stays after it has left
//
// inv hf.sync.mark-free-after-write: when no write is going on the thread id is 0.
#pragma once

#include <atomic>
#include <cstdint>

#include <holdfast/base/lang/config.hpp>
#include <holdfast/base/lang/place.hpp>
#include <holdfast/base/sync/misuse.hpp>
#include <holdfast/base/sync/operation.hpp>
#include <holdfast/base/sync/thread_id.hpp>

namespace holdfast::inline v0 {

class writer_mark {
 public:
  writer_mark() = default;
  writer_mark(const writer_mark&) = delete;
  writer_mark& operator=(const writer_mark&) = delete;

  // Every order below is relaxed and pairs with nothing, by design: the mark does not make a race
  // right, it makes one visible. No locked instruction, no fence.

  [[nodiscard]] bool free() const noexcept { return writer() == 0; }
  // Who writes; 0: nobody.
  [[nodiscard]] std::uint32_t writer() const noexcept { return thread_of(word()); }
  [[nodiscard]] std::uint64_t word() const noexcept { return word_.load(std::memory_order_relaxed); }
  [[nodiscard]] const void* place() const noexcept { return place_.load(std::memory_order_relaxed); }

  // Puts the mark up; the word it is from then on, for end_write. Fatal: somebody is writing.
  HOLDFAST_ALWAYS_INLINE std::uint64_t begin_write(operation mine, identity_source map = {}) noexcept {
    const std::uint64_t seen = word();
    const void* const my_place = here();
    if (thread_of(seen) != 0) [[unlikely]] report_misuse({this, seen, place()}, map, mine, my_place);
    place_.store(my_place, std::memory_order_relaxed);
    const std::uint64_t written =
        next_serial(seen) | std::uint64_t{static_cast<std::uint8_t>(mine)} << 32 | this_thread_id();
    word_.store(written, std::memory_order_relaxed);
    return written;
  }

  // Takes down what begin_write put up. Fatal: the mark is another write's, or somebody has taken it down.
  HOLDFAST_ALWAYS_INLINE void end_write(std::uint64_t written, identity_source map = {}) noexcept {
    const std::uint64_t seen = word();
    if (seen != written) [[unlikely]] report_misuse({this, seen, place()}, map, operation::none, here());
    word_.store(written & ~thread_bits, std::memory_order_relaxed);
  }

  // For read, iterate and clone. Fatal: somebody is writing.
  HOLDFAST_ALWAYS_INLINE void check_no_writer(operation mine, identity_source map = {}) const noexcept {
    const std::uint64_t seen = word();
    if (thread_of(seen) != 0) [[unlikely]] report_misuse({this, seen, place()}, map, mine, here());
  }

  // Takes the mark down whoever holds it: for a map whose write was cut off for good.
  void reset() noexcept { word_.store(word() & ~thread_bits, std::memory_order_relaxed); }

  [[nodiscard]] static constexpr std::uint32_t thread_of(std::uint64_t word) noexcept {
    return static_cast<std::uint32_t>(word);
  }
  [[nodiscard]] static constexpr operation operation_of(std::uint64_t word) noexcept {
    return static_cast<operation>(static_cast<std::uint8_t>(word >> 32));
  }
  [[nodiscard]] static constexpr std::uint32_t serial_of(std::uint64_t word) noexcept {
    return static_cast<std::uint32_t>(word >> 40);
  }

 private:
  static constexpr std::uint64_t thread_bits = 0xffff'ffff;

  static constexpr std::uint64_t next_serial(std::uint64_t word) noexcept { return ((word >> 40) + 1) << 40; }

  std::atomic<std::uint64_t> word_{0};
  std::atomic<const void*> place_{nullptr};
};

static_assert(sizeof(writer_mark) == 16);

// The mark is up from here to the end of the block, also when the block is left by an exception.
class [[nodiscard]] write_section {
 public:
  HOLDFAST_ALWAYS_INLINE write_section(writer_mark& mark, operation mine, identity_source map = {}) noexcept
      : mark_(mark), map_(map), written_(mark.begin_write(mine, map)) {}
  HOLDFAST_ALWAYS_INLINE ~write_section() { mark_.end_write(written_, map_); }
  write_section(const write_section&) = delete;
  write_section& operator=(const write_section&) = delete;

 private:
  writer_mark& mark_;
  identity_source map_;
  std::uint64_t written_;
};

}  // namespace holdfast::inline v0
