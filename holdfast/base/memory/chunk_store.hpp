// The chunks that belong to no arena.
//
// Arenas take chunks here and give them back. Those given back last are kept warm, with their memory, up to a number;
// the others lose their memory and keep their addresses. Chunks that an arena has made unreachable wait in a queue,
// so that their addresses are not used again soon.
//
//   warm      o-o-o-o            taken first, last in first out
//   regions   o.o.|....|o        free chunks without memory
//   queue     x-x-x-x-x          unreachable; the oldest leaves when there are too many
//
// Threads: any, at once; one lock of the process. A child made by fork may go on with it.
#pragma once

#include <cstddef>
#include <cstdint>

#include <holdfast/base/memory/chunk.hpp>
#include <holdfast/base/memory/page_source.hpp>

namespace holdfast::inline v0::memory {

struct store_options {
  std::size_t warm_chunks = 256;         // 16 MiB
  std::size_t quarantined_chunks = 1024; // addresses of 64 MiB; they hold no memory
};

struct store_stats {
  std::size_t regions = 0;
  std::size_t warm_chunks = 0;
  std::size_t quarantined_chunks = 0;
  std::size_t used_chunks = 0;  // arenas have them
  std::size_t refusals = 0;     // how often the source gave no pages
  std::size_t regions_of[3] = {};  // by page_kind
};

// What a span for `bytes` takes of a region, with page 0 counted in.
[[nodiscard]] constexpr std::size_t span_bytes(std::size_t bytes) noexcept {
  // A page more, because chunk 0 of a region is that much smaller.
  const std::size_t needed = (bytes + page_bytes + chunk_bytes - 1) / chunk_bytes * chunk_bytes;
  return needed <= region_bytes - chunk_bytes ? needed : (needed + region_bytes - 1) / region_bytes * region_bytes;
}

class chunk_store {
 public:
  // Over the system's pages.
  constexpr chunk_store() noexcept = default;
  explicit chunk_store(page_source& source, store_options options = {}) noexcept
      : source_(&source), options_(options) {}
  chunk_store(const chunk_store&) = delete;
  chunk_store& operator=(const chunk_store&) = delete;
  // Unmaps everything. No arena may have a chunk of it any more, and no reference may be asked again.
  ~chunk_store();

  // A span whose payload has at least `bytes`, reachable; null if the source refuses.
  // `wish` counts where a region has to be made.
  [[nodiscard]] chunk_header* take(std::size_t bytes, page_kind wish) noexcept;

  // The span may serve another arena at once. Its generation was counted up before.
  void give(chunk_header* span) noexcept;

  // Makes the span unreachable and takes its memory. False where the system refuses: it is the caller's then, as it
  // was.
  [[nodiscard]] bool quarantine(chunk_header* span) noexcept;

  [[nodiscard]] store_stats stats() const noexcept;

 private:
  page_source& source() const noexcept;
  region* make_region(std::size_t bytes, page_kind wish) noexcept;
  chunk_header* take_free(std::uint32_t count) noexcept;
  chunk_header* take_whole_region(std::size_t bytes, page_kind wish) noexcept;
  chunk_header* handed_out(chunk_header* span, std::uint32_t count) noexcept;
  void free_span(chunk_header* span) noexcept;
  void give_locked(chunk_header* span) noexcept;
  void release_oldest() noexcept;
  void list_free(region* one) noexcept;

  page_source* source_ = nullptr;
  store_options options_;
  region* regions_ = nullptr;
  region* with_free_ = nullptr;
  chunk_header* warm_ = nullptr;
  chunk_header* oldest_ = nullptr;
  chunk_header* youngest_ = nullptr;
  store_stats counted_;
};

// What arenas use that are not told otherwise. Never destroyed.
[[nodiscard]] chunk_store& process_chunks() noexcept;

// The header for an address in memory of any store; null for all others. Async-signal-safe.
// Cost: proportional to the regions of the process.
[[nodiscard]] chunk_header* find_chunk(const void* address) noexcept;

}  // namespace holdfast::inline v0::memory
