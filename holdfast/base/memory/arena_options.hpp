// What can be chosen when an arena is made, and what it tells of itself.
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>
#include <string_view>

#include <holdfast/base/memory/page_source.hpp>

namespace holdfast::inline v0 {

namespace memory {
class chunk_store;
}

// What an arena does when what it has is full.
enum class overflow : std::uint8_t {
  grow,     // takes more chunks for as long as the system gives some
  bounded,  // takes more chunks up to `limit` bytes, then refuses
  fixed,    // has taken `limit` bytes when it was made; never asks the system again, then refuses
};

// What an arena does with its memory at reset, so that a use after it is noticed. Each rung costs more than the one
// before; figures are in docs/design/arena.md. Under AddressSanitizer every rung is also seen by it.
enum class after_reset : std::uint8_t {
  off,         // nothing: an arena_ptr is told the end of the arena only
  generation,  // every arena_ptr made before is stale
  poison,      // and the memory is filled with 0xDB; when it is used again, a write in between is fatal
  protect,     // and no page of it can be touched; its addresses wait before they are used again
  sampled,     // `protect` for every n-th arena made, `generation` for the others
};

// What an arena does at reset with `escaped` handles that are still alive.
enum class on_escape : std::uint8_t {
  allow,     // they are stale from then on
  report,    // the same, and a report says how many
  fatal,     // the process ends with a report
  copy_out,  // each gets a copy of its object on the heap
};

struct arena_options {
  std::string_view name = {};  // for reports; the first 31 bytes are kept
  overflow when_full = overflow::grow;
  std::size_t limit = std::size_t{1} << 16;  // bytes, rounded up to whole chunks of 64 KiB
  after_reset check = after_reset::generation;
  std::uint32_t sample_every = 1000;  // arenas, under `sampled`
  on_escape escapes = on_escape::report;
  memory::page_kind pages = memory::page_kind::transparent;
  memory::chunk_store* chunks = nullptr;  // null: those of the process
};

struct arena_stats {
  std::size_t bytes_used = 0;  // handed out since the last reset, with what alignment cost
  std::size_t bytes_held = 0;  // chunks in use and chunks kept for later
  std::size_t chunks = 0;      // in use, large objects among them
  std::size_t kept_chunks = 0;
  std::size_t large_objects = 0;
  std::size_t destructors = 0;  // that a reset will run
  std::size_t escapes = 0;      // alive
  std::uint64_t resets = 0;
  std::uint64_t unprotected = 0;  // spans that the system refused to protect; they were poisoned instead
  after_reset check = after_reset::off;  // what this arena does: never `sampled`
  memory::page_kind pages = memory::page_kind::plain;  // of the last chunk taken
};

// An arena that may not grow, or an object larger than it may have.
class arena_overflow : public std::bad_alloc {
 public:
  [[nodiscard]] const char* what() const noexcept override { return "holdfast: arena overflow"; }
};

}  // namespace holdfast::inline v0
