// Small blocks of memory that many threads take and give back, without a lock in the usual case.
//
// Nodes of shared maps are made by one thread and freed by whichever thread reclaims them, long after,
// perhaps after their map has gone. So the pool belongs to the process. Each thread keeps a list of free
// blocks for each size; a list that has grown long hands half of itself to the others, a list that is
// empty takes such a half or carves new blocks from a chunk.
//
//   thread  | 32: o-o-o | 48: | 64: o-o | ...          taken and given by this thread alone
//   process | 32: half, half | 48: half | ...          under one lock for each size
//   chunk   | o o o o . . . . . . . . . . |            not carved yet
//
// Blocks of 32 bytes lie on multiples of 32, blocks of 64 on multiples of 64, and so on: one that fits
// into a cache line is in one line. Under a sanitizer every block comes from operator new.
//
// The memory of a chunk is never returned to the system: it serves later blocks of the same size.
//
// inv hf.memory.blocks-in-line: a block of 16, 32 or 64 bytes lies in one line.
#pragma once

#include <cstddef>
#include <cstdint>

#include <holdfast/base/lang/config.hpp>

namespace holdfast::inline v0::memory {

inline constexpr std::size_t largest_block = 256;
inline constexpr std::size_t block_step = 16;
inline constexpr std::size_t block_sizes = largest_block / block_step + 1;

// What every block is aligned to at least.
inline constexpr std::size_t block_alignment = 16;

struct free_block {
  free_block* next;
  std::uint64_t next_half;  // of the first block of a half in the process's list: 16 bits count, 48 bits address
};

// The free blocks of one thread.
struct block_lists {
  struct list {
    free_block* first = nullptr;
    std::uint32_t count = 0;
  };
  list of_size[block_sizes];
};

// Null until the thread has taken a block, after it has ended, and always under a sanitizer.
HOLDFAST_NEAR_TLS extern constinit thread_local block_lists* near_blocks;

// The paths that leave the thread's list.
[[nodiscard]] HOLDFAST_COLD void* fetch_block(std::size_t bytes) noexcept;
HOLDFAST_COLD void hand_back_block(void* block, std::size_t bytes) noexcept;

// When a list is longer than this, half of it goes to the other threads.
inline constexpr std::uint32_t longest_list = 512;

// The room for `bytes`, at most `largest_block`; null if the system has no more.
// Threads: any. Cost: about 2 ns; every 256th call one lock.
[[nodiscard]] inline void* take_block(std::size_t bytes) noexcept {
  block_lists* const mine = near_blocks;
  if (mine == nullptr) [[unlikely]] return fetch_block(bytes);
  block_lists::list& list = mine->of_size[(bytes + block_step - 1) / block_step];
  free_block* const block = list.first;
  if (block == nullptr) [[unlikely]] return fetch_block(bytes);
  list.first = block->next;
  // Blocks come back in any order: the next one is fetched while this one is used.
  __builtin_prefetch(list.first, 1);
  --list.count;
  return block;
}

// `bytes` as it was taken. Threads: any, also another than the one that took it.
inline void give_block(void* block, std::size_t bytes) noexcept {
  block_lists* const mine = near_blocks;
  if (mine == nullptr) [[unlikely]] return hand_back_block(block, bytes);
  block_lists::list& list = mine->of_size[(bytes + block_step - 1) / block_step];
  if (list.count >= longest_list) [[unlikely]] return hand_back_block(block, bytes);
  auto* const freed = static_cast<free_block*>(block);
  freed->next = list.first;
  list.first = freed;
  ++list.count;
}

// Bytes that the pool has from the system.
[[nodiscard]] std::size_t block_pool_bytes() noexcept;

}  // namespace holdfast::inline v0::memory
