// The global operator new of a mutation suite. It finds what a sanitizer would, without the time a
// sanitizer takes to compile:
//   - fresh memory is filled with 0xa5, freed memory with 0xdd and kept for a while; a byte of it that
//     has changed when it is let go was written after it was freed;
//   - words before and behind each block tell of writes beyond its ends and of blocks freed twice;
//   - `live` counts blocks, so a leak shows;
//   - the n-th call can be made to fail.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>

#include "tests/mutation/promise.hpp"

namespace holdfast::tests {

struct heap {
  static inline std::int64_t live = 0;
  static inline std::int64_t fail_after = -1;  // calls until one fails; negative: never

  struct label {  // directly before the block
    std::size_t bytes;
    void* start;
    std::uint64_t word;
    std::uint64_t word_again;
  };
  static constexpr std::uint64_t in_use = 0x600d'b10c'600d'b10c;
  static constexpr std::uint64_t freed = 0xdead'b10c'dead'b10c;
  static constexpr std::size_t kept = 1024;
  static inline void* waiting[kept] = {};
  static inline std::size_t turn = 0;

  static label& label_of(void* block) noexcept { return static_cast<label*>(block)[-1]; }

  static void* obtain(std::size_t bytes, std::size_t alignment) {
    if (fail_after >= 0 && fail_after-- == 0) throw std::bad_alloc();
    const std::size_t before = alignment < 64 ? 64 : alignment;
    const std::size_t whole = (before + bytes + sizeof in_use + before - 1) / before * before;
    auto* const start = static_cast<std::byte*>(std::aligned_alloc(before, whole));
    if (start == nullptr) throw std::bad_alloc();
    std::memset(start + before, 0xa5, bytes);
    std::memcpy(start + before + bytes, &in_use, sizeof in_use);
    label_of(start + before) = {bytes, start, in_use, in_use};
    ++live;
    return start + before;
  }

  static constexpr std::size_t not_told = ~std::size_t{0};

  static void give_back(void* block, std::size_t bytes = not_told) noexcept {
    if (block == nullptr) return;
    label& about = label_of(block);
    require(bytes == not_told || bytes == about.bytes, "a block is freed as one of another size");
    require(about.word != freed, "a block is freed twice");
    std::uint64_t behind = 0;
    if (about.word == in_use) std::memcpy(&behind, static_cast<std::byte*>(block) + about.bytes, sizeof behind);
    require(about.word == in_use && about.word_again == in_use && behind == in_use, "written beyond the end of a block");
    about.word = freed;
    std::memset(block, 0xdd, about.bytes);
    --live;
    void*& place = waiting[turn++ % kept];
    void* const leaving = place;
    place = block;
    if (leaving != nullptr) let_go(leaving);
  }

  static void let_go(void* block) noexcept {
    const auto* const bytes = static_cast<const unsigned char*>(block);
    bool untouched = label_of(block).word == freed;
    for (std::size_t i = 0; i < label_of(block).bytes; ++i) untouched &= bytes[i] == 0xdd;
    require(untouched, "memory is written after it was freed");
    std::free(label_of(block).start);
  }

  // Looks at all that was freed; to be called at the end of a case.
  static void settle() noexcept {
    for (void*& block : waiting) {
      if (block != nullptr) let_go(block);
      block = nullptr;
    }
  }
};

}  // namespace holdfast::tests

void* operator new(std::size_t bytes) { return holdfast::tests::heap::obtain(bytes, 16); }
void* operator new[](std::size_t bytes) { return holdfast::tests::heap::obtain(bytes, 16); }
void* operator new(std::size_t bytes, std::align_val_t a) { return holdfast::tests::heap::obtain(bytes, static_cast<std::size_t>(a)); }
void operator delete(void* block) noexcept { holdfast::tests::heap::give_back(block); }
void operator delete[](void* block) noexcept { holdfast::tests::heap::give_back(block); }
void operator delete(void* block, std::size_t bytes) noexcept { holdfast::tests::heap::give_back(block, bytes); }
void operator delete[](void* block, std::size_t) noexcept { holdfast::tests::heap::give_back(block); }
void operator delete(void* block, std::align_val_t) noexcept { holdfast::tests::heap::give_back(block); }
void operator delete(void* block, std::size_t bytes, std::align_val_t) noexcept { holdfast::tests::heap::give_back(block, bytes); }
