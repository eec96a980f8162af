// Who is writing to a map, since what, and where: the evidence for a misuse report.
//
// A map is for one writer or many readers. Each write leaves its mark here for as long as it lasts, and
// everybody else looks before going in. As in Go this is evidence, not a lock: plain loads and stores,
// so two threads that enter in the same few nanoseconds may both pass. Their marks then disagree when
// they leave, which is reported too.
//
//   thread  of the writer; 0 means free
//   what    bits 0..7 its operation, bits 8..31 serial number of the write; both stay after it has left
//   place   program counter of the writer; stays after it has left
//
// Thread and what are halves of one word to whoever reads a core.
//
// inv hf.sync.mark-free-after-write: when no write is going on the thread id is 0.
#pragma once

#include <atomic>
#include <bit>
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
  [[nodiscard]] std::uint32_t writer() const noexcept { return thread_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t word() const noexcept { return sighting_of(writer()).word; }
  [[nodiscard]] const void* place() const noexcept { return place_.load(std::memory_order_relaxed); }

  // Puts the mark up; what end_write wants to know. Fatal: somebody is writing.
  HOLDFAST_ALWAYS_INLINE std::uint32_t begin_write(operation mine, identity_source map = {}) noexcept {
    const void* const my_place = here();
    if (const std::uint32_t other = writer(); other != 0) [[unlikely]] {
      report_misuse(sighting_of(other), map, mine, my_place);
    }
    place_.store(my_place, std::memory_order_relaxed);
    const std::uint32_t last = what_.load(std::memory_order_relaxed);
    what_.store((last & ~operation_bits) + one_write + static_cast<std::uint8_t>(mine), std::memory_order_relaxed);
    const std::uint32_t me = this_thread_id();
    thread_.store(me, std::memory_order_relaxed);
    return me;
  }

  // Takes down what begin_write put up. Fatal: the mark is another thread's, or somebody has taken it down.
  HOLDFAST_ALWAYS_INLINE void end_write(std::uint32_t me, identity_source map = {}) noexcept {
    if (const std::uint32_t other = writer(); other != me) [[unlikely]] {
      report_misuse(sighting_of(other), map, operation::none, here());
    }
    thread_.store(0, std::memory_order_relaxed);
  }

  // For read, iterate and clone. Fatal: somebody is writing.
  HOLDFAST_ALWAYS_INLINE void check_no_writer(operation mine, identity_source map = {}) const noexcept {
    if (const std::uint32_t other = writer(); other != 0) [[unlikely]] {
      report_misuse(sighting_of(other), map, mine, here());
    }
  }

  // Takes the mark down whoever holds it: for a map whose write was cut off for good.
  void reset() noexcept { thread_.store(0, std::memory_order_relaxed); }

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
  static constexpr std::uint32_t operation_bits = 0xff;
  static constexpr std::uint32_t one_write = 0x100;

  [[nodiscard]] mark_sighting sighting_of(std::uint32_t thread) const noexcept {
    return {this, std::uint64_t{what_.load(std::memory_order_relaxed)} << 32 | thread, place()};
  }

  std::atomic<std::uint32_t> thread_{0};
  std::atomic<std::uint32_t> what_{0};
  std::atomic<const void*> place_{nullptr};
};

static_assert(sizeof(writer_mark) == 16 && std::endian::native == std::endian::little);

// The mark is up from here to the end of the block, also when the block is left by an exception.
class [[nodiscard]] write_section {
 public:
  HOLDFAST_ALWAYS_INLINE write_section(writer_mark& mark, operation mine, identity_source map = {}) noexcept
      : mark_(mark), map_(map), me_(mark.begin_write(mine, map)) {}
  HOLDFAST_ALWAYS_INLINE ~write_section() { mark_.end_write(me_, map_); }
  write_section(const write_section&) = delete;
  write_section& operator=(const write_section&) = delete;

 private:
  writer_mark& mark_;
  identity_source map_;
  std::uint32_t me_;
};

}  // namespace holdfast::inline v0
