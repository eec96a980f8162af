// Why a reference has ended: what was done to what it refers to, which operation that was, and whose.
//
// One word, so that whoever ends something can leave it in a single store, and whoever asks later reads it
// whole:
//
//   bits 0..4    the cause; 0: it has not ended
//   bits 5..26   thread id (the kernel gives none above 2^22); 0: not known
//   bits 27..63  serial number of the operation, counted by the map, pool, arena or registry; 0: not known
//
// Serial numbers begin at 1. Beyond 2^37 - 1 the number stays there: it then says "that or a later one".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace holdfast::inline v0 {

// The numbers are kept in memory that dumps show: append only.
enum class cause : std::uint8_t {
  none = 0,             // it has not ended
  grown = 1,            // growth, or a resize, has moved the entry
  erased = 2,           // the entry was erased
  overwritten = 3,      // another value was assigned over it
  map_cleared = 4,      // all entries were
  map_replaced = 5,     // another map was assigned to the map
  map_destroyed = 6,    // the map has come to its end
  arena_reset = 7,      // the arena was reset
  arena_destroyed = 8,  // the arena has come to its end
  freed_by_c = 9,       // C code has freed the memory
  released = 10,        // the last share of a C resource was given back
  pool_erased = 11,     // the object was erased from its pool
  pool_cleared = 12,    // all objects were
  pool_destroyed = 13,  // the pool has come to its end
  collected = 14,       // the collector has found that nothing leads to it
};

class cause_record {
 public:
  constexpr cause_record() noexcept = default;
  constexpr cause_record(cause what, std::uint64_t serial, std::uint32_t thread) noexcept
      : word_(static_cast<std::uint64_t>(what) | std::uint64_t{thread & thread_mask} << 5 |
              (serial < last_serial ? serial : last_serial) << 27) {}

  // For who keeps it in an atomic.
  [[nodiscard]] static constexpr cause_record from_word(std::uint64_t word) noexcept {
    cause_record read;
    read.word_ = word;
    return read;
  }
  [[nodiscard]] constexpr std::uint64_t word() const noexcept { return word_; }

  [[nodiscard]] constexpr cause what() const noexcept { return static_cast<cause>(word_ & 31); }
  [[nodiscard]] constexpr std::uint32_t thread() const noexcept {
    return static_cast<std::uint32_t>(word_ >> 5) & thread_mask;
  }
  [[nodiscard]] constexpr std::uint64_t serial() const noexcept { return word_ >> 27; }
  // Whether there is a cause: the reference has ended.
  [[nodiscard]] constexpr explicit operator bool() const noexcept { return what() != cause::none; }
  [[nodiscard]] friend constexpr bool operator==(cause_record, cause_record) noexcept = default;

  static constexpr std::uint64_t last_serial = (std::uint64_t{1} << 37) - 1;

 private:
  static constexpr std::uint32_t thread_mask = (std::uint32_t{1} << 22) - 1;

  std::uint64_t word_ = 0;
};

static_assert(sizeof(cause_record) == 8);

// "entry overwritten", "arena reset", ...: without article and full stop.
[[nodiscard]] std::string_view what_happened(cause what) noexcept;

// What to do so that it does not happen again; one sentence, small, without full stop.
[[nodiscard]] std::string_view cure_of(cause what) noexcept;

// "entry overwritten by operation #81234 on thread 4711", with what is known of it.
[[nodiscard]] std::string text_of(cause_record why);

}  // namespace holdfast::inline v0
