// The one range of addresses that is the guard's own: a `free` knows by one comparison that a block is not the
// program's usual memory.
//
//   | spare, 128 KiB | scratch, 1 MiB | guarded slots ... |
//
// spare     what is allocated before the real malloc is known (dlsym itself may), never given back
// scratch   what is allocated while a report is written, begun anew by the next
// slots     see slots.hpp
#pragma once

#include <cstddef>
#include <cstdint>

namespace holdfast::guard {

struct address_range {
  std::uintptr_t begin = 0;
  std::size_t bytes = 0;

  [[nodiscard]] bool has(const void* address) const noexcept {
    return reinterpret_cast<std::uintptr_t>(address) - begin < bytes;
  }
};

// Both empty until reserve_own_memory(); written once, before there is a second thread or anything to compare.
extern constinit address_range own_range;
extern constinit address_range slot_range;

inline constexpr std::size_t page = 4096;

// Takes the addresses; where the system refuses, the ranges stay empty and everything is forwarded.
void reserve_own_memory(std::size_t slot_bytes) noexcept;

// A block aligned to 16, all zero, from scratch while this thread reports, else from the spare part. Null when spent.
[[nodiscard]] void* own_allocate(std::size_t bytes) noexcept;

// The size it was asked for with. Not for slots.
[[nodiscard]] std::size_t own_size(const void* block) noexcept;

// Forgets what lies in scratch. Only the thread that reports may call it.
void empty_scratch() noexcept;

}  // namespace holdfast::guard
