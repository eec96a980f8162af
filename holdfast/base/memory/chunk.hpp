// Chunks of 64 KiB and the regions of 2 MiB that they are carved from.
//
// A region lies at a multiple of its size, a chunk at a multiple of its own, and what is known of the 32 chunks stands
// in the first page of the region. So masking an address gives what is known of it, and that page stays readable
// whatever becomes of the chunks:
//
//   region  | page 0: region, 32 chunk_headers | rest of chunk 0 | chunk 1 | ... | chunk 31 | tail of a very large
//   object
//
// Regions of a store are unmapped only when the store ends; the process's own never does.
//
// A *span* is one chunk, or several neighbours that hold one large object; the first one's header speaks for it. An
// object of more than 31 chunks has a region of its own, and a tail behind it.
//
// inv hf.arena.generation-only-grows: a chunk's generation never takes a value that it had.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include <holdfast/base/memory/page_source.hpp>

namespace holdfast::inline v0::memory {

inline constexpr std::size_t chunk_bytes = std::size_t{1} << 16;
inline constexpr std::size_t chunks_per_region = region_bytes / chunk_bytes;
inline constexpr std::size_t page_bytes = 4096;

// What a poisoned arena is filled with.
inline constexpr unsigned char poison_byte = 0xDB;

struct arena_round;

// Where one allocation of a watched arena was made.
struct allocation_site {
  std::uintptr_t object;
  const void* place;
};

enum class chunk_state : std::uint32_t { unused, in_use, protected_after_reset };

// Written by the store under its lock, or by the arena that has the chunk.
struct chunk_header {
  // Which life of the chunk this is. Arenas count it up, in a release; references compare it, in a relaxed load.
  std::atomic<std::uint64_t> generation{1};
  // How the life before this one ended: the word of a cause_record.
  std::atomic<std::uint64_t> ended{0};
  std::atomic<std::uint64_t> arena{0};  // whose life that was
  std::atomic<chunk_state> state{chunk_state::unused};
  std::uint32_t span = 0;        // chunks that this one speaks for; 0: another one speaks for it
  chunk_header* next = nullptr;  // in the list that it is in
  std::size_t used = 0;          // bytes from the start of the payload
  std::size_t poisoned = 0;      // bytes from the start of the payload that hold the pattern
  // Of a watched arena, for reports. Both are never freed: a signal handler may be reading them.
  const arena_round* round = nullptr;
  allocation_site* sites = nullptr;
  std::uint32_t site_count = 0;
  std::uint32_t site_room = 0;
};

class chunk_store;

// Page 0 of a region. Links and numbers are the store's.
struct region {
  chunk_store* store = nullptr;
  region* next = nullptr;      // of the store's regions
  region* next_free = nullptr; // of those with free chunks
  bool listed_free = false;
  page_kind pages = page_kind::plain;
  std::uint32_t free_chunks = 0;  // one bit for each
  std::size_t tail = 0;           // bytes behind the region
  alignas(64) chunk_header chunks[chunks_per_region];
};
static_assert(sizeof(region) <= page_bytes);

[[nodiscard]] inline region* region_of(const void* inside) noexcept {
  return reinterpret_cast<region*>(reinterpret_cast<std::uintptr_t>(inside) & ~std::uintptr_t{region_bytes - 1});
}

// Of a chunk of 64 KiB. In the tail of a very large object there is none.
[[nodiscard]] inline chunk_header* header_of(const void* inside) noexcept {
  return &region_of(inside)->chunks[reinterpret_cast<std::uintptr_t>(inside) % region_bytes / chunk_bytes];
}

[[nodiscard]] inline std::size_t index_of(const chunk_header* one) noexcept {
  return static_cast<std::size_t>(one - region_of(one)->chunks);
}

[[nodiscard]] inline std::uintptr_t payload_start(const chunk_header* one) noexcept {
  const std::size_t index = index_of(one);
  return reinterpret_cast<std::uintptr_t>(region_of(one)) + (index == 0 ? page_bytes : index * chunk_bytes);
}

[[nodiscard]] inline std::uintptr_t payload_end(const chunk_header* one) noexcept {
  const region* const in = region_of(one);
  const std::size_t last = index_of(one) + one->span;
  return reinterpret_cast<std::uintptr_t>(in) + last * chunk_bytes + (last == chunks_per_region ? in->tail : 0);
}

// With what is not payload, and the tail.
[[nodiscard]] inline std::size_t whole_bytes(const chunk_header* one) noexcept {
  const region* const in = region_of(one);
  return one->span * chunk_bytes + (index_of(one) + one->span == chunks_per_region ? in->tail : 0);
}

[[nodiscard]] inline chunk_store& store_of(const chunk_header* one) noexcept { return *region_of(one)->store; }

[[nodiscard]] inline std::size_t payload_bytes(const chunk_header* one) noexcept {
  return payload_end(one) - payload_start(one);
}

}  // namespace holdfast::inline v0::memory
