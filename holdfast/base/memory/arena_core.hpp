// What every arena does that depends on no type: chunks, the end of a round, what follows from it.
//
//   next_   where the next object goes                 one round:  allocate ... allocate, reset
//   end_    where the chunk ends; 0 if each allocation has to be seen (AddressSanitizer, protect)
//
//   chunks_  newest first, the first is being filled   kept_   emptied by a reset, filled again before others are taken
//   large_   spans of objects above 16 KiB             destructors_   newest first, inside the arena itself
//
// inv hf.arena.one-place: an object's bytes belong to no other object until the round ends.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <holdfast/base/lang/cause.hpp>
#include <holdfast/base/lang/config.hpp>
#include <holdfast/base/memory/arena_links.hpp>
#include <holdfast/base/memory/arena_options.hpp>
#include <holdfast/base/memory/arena_round.hpp>
#include <holdfast/base/memory/chunk.hpp>

namespace holdfast::inline v0::memory {

// Larger ones get a span of their own.
inline constexpr std::size_t largest_small = chunk_bytes / 4;

// An object to be destroyed at reset; lies in the arena.
struct destructor_record {
  destructor_record* before;
  void (*destroy)(void* first, std::size_t count) noexcept;
  void* first;
  std::size_t count;
};

class arena_core {
 public:
  arena_core(const arena_core&) = delete;
  arena_core& operator=(const arena_core&) = delete;

  // Ends the round: what was made since the last reset is gone, destructors run newest first, chunks are kept.
  // A destructor may still use the arena; what it allocates is gone as well.
  // Throws: only what copies of escaped objects throw (on_escape::copy_out); nothing has been reset then.
  // Fatal: from inside a destructor that a reset runs.
  // Invalidates: every pointer into the arena. Cost: by rung, see docs/design/arena.md.
  void reset() { end_round(cause::arena_reset, keep_chunks::yes); }

  // The same, and all chunks go back to where they were taken.
  void release() { end_round(cause::arena_reset, keep_chunks::no); }

  [[nodiscard]] arena_stats stats() const noexcept;
  [[nodiscard]] std::string_view name() const noexcept { return name_; }
  [[nodiscard]] std::uint64_t id() const noexcept { return id_; }
  [[nodiscard]] std::uint64_t resets() const noexcept { return resets_; }

  // Whether `address` lies in a chunk or span of this round. Cost: proportional to the chunks.
  [[nodiscard]] bool owns(const void* address) const noexcept { return span_of(address) != nullptr; }

  // Room for `size` bytes; null where `allocate` of arena.hpp would throw. `align` is a power of two.
  [[nodiscard]] void* try_allocate(std::size_t size, std::size_t align = alignof(std::max_align_t)) noexcept;

  // The generation of the chunk that holds `object`, for arena_ptr; 0 if the arena does not own it.
  // Throws: std::length_error for an address in a large object beyond its first 2 MiB.
  [[nodiscard]] std::uint64_t generation_of(const void* object) const;

  void link(escape_link& one) noexcept { escapes_.add(one), one.arena = this; }
  void unlink(escape_link& one) noexcept { escapes_.remove(one); }
  void link(arena_listener& one) noexcept { listeners_.add(one), one.arena = this; }
  void unlink(arena_listener& one) noexcept { listeners_.remove(one); }

  // Of request_arena. Fatal: a scope is open already.
  void open_scope() noexcept;
  void close_scope() noexcept { scope_open_ = false; }

 protected:
  arena_core(const arena_options& options, std::size_t granule);
  ~arena_core();

  void adopt_from(arena_core& other) noexcept;

  // The path that leaves the chunk. Null where there is no room.
  [[nodiscard]] HOLDFAST_COLD void* allocate_elsewhere(std::size_t size, std::size_t align);

  // What make() needs to have an object destroyed: room first, linked when the object is there.
  void destroy_later(destructor_record* record, void (*destroy)(void*, std::size_t) noexcept, void* first,
                     std::size_t count) noexcept {
    *record = {destructors_, destroy, first, count};
    destructors_ = record;
  }

  std::uintptr_t next_ = 0;
  std::uintptr_t end_ = 0;

 private:
  enum class keep_chunks : bool { no, yes };

  [[nodiscard]] void* serve(std::size_t size, std::size_t align, const void* place) noexcept;
  [[nodiscard]] void* serve_large(std::size_t size, const void* place) noexcept;
  [[nodiscard]] void* fit(std::size_t size, std::size_t align, const void* place) noexcept;
  [[nodiscard]] bool next_chunk() noexcept;
  [[nodiscard]] chunk_header* take_span(std::size_t bytes) noexcept;
  void prepare(chunk_header* span) noexcept;
  void note_site(chunk_header* span, std::uintptr_t object, const void* place) noexcept;
  void close_chunk() noexcept;
  [[nodiscard]] const chunk_header* span_of(const void* address) const noexcept;

  void end_round(cause why, keep_chunks keep);
  void settle_escapes(cause_record why);
  void run_destructors() noexcept;
  void end_spans(cause_record why, keep_chunks keep) noexcept;
  void end_span(chunk_header* span, cause_record why, keep_chunks keep) noexcept;
  void give_back(chunk_header* span) noexcept;

  std::uintptr_t chunk_end_ = 0;
  destructor_record* destructors_ = nullptr;
  chunk_header* chunks_ = nullptr;
  chunk_header* kept_ = nullptr;
  chunk_header* large_ = nullptr;
  arena_round* round_ = nullptr;  // of the rung protect
  chunk_store* store_;
  std::size_t granule_;
  std::size_t held_ = 0;
  std::size_t limit_;
  std::uint64_t resets_ = 0;
  std::uint64_t unprotected_ = 0;
  std::uint64_t id_;
  link_list<escape_link> escapes_;
  link_list<arena_listener> listeners_;
  after_reset check_;
  on_escape on_escape_;
  page_kind pages_;
  bool fixed_;
  bool ending_ = false;
  bool scope_open_ = false;
  bool address_sanitizer_;
  char name_[arena_name_room] = {};
};

}  // namespace holdfast::inline v0::memory
