// The part of an object by which it can be retired: two words in front of it, or anywhere inside.
//
// Retiring must not allocate, so the list of what is retired runs through the objects themselves, and
// how to destroy one is told when it is retired. Its size shares the word with the destroying function:
//
//   next_retired   the next one of the list
//   how            bits 0..47   the function; 0: not retired
//                  bits 48..63  the bytes, as 11 bits and a shift of 5: exact up to 2047, then rounded
//                               up by less than a thousandth
//
// A function lies below 2^47 on x86-64 and below 2^48 on AArch64: the kernel gives higher addresses only to
// who asks for them.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

namespace holdfast::inline v0::reclaim {

struct retirable;

// Gets the very address that was retired. Runs on any thread, outside every section.
using destroy_function = void (*)(retirable*) noexcept;

struct retirable {
  retirable* next_retired = nullptr;
  std::uint64_t how = 0;

  [[nodiscard]] bool is_retired() const noexcept { return how != 0; }

  void note(destroy_function destroy, std::size_t bytes) noexcept {
    how = static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(destroy)) | std::uint64_t{packed(bytes)} << 48;
  }
  [[nodiscard]] destroy_function destroyer() const noexcept {
    return reinterpret_cast<destroy_function>(static_cast<std::uintptr_t>(how & ((std::uint64_t{1} << 48) - 1)));
  }
  [[nodiscard]] std::size_t bytes() const noexcept {
    const auto size = static_cast<std::uint16_t>(how >> 48);
    return std::size_t{size & 0x7ffU} << (size >> 11);
  }

  [[nodiscard]] static constexpr std::uint16_t packed(std::size_t bytes) noexcept {
    const auto width = static_cast<unsigned>(std::bit_width(bytes));
    unsigned shift = width > 11 ? width - 11 : 0;
    if (shift > 30) return 0xffff;
    std::size_t digits = (bytes + (std::size_t{1} << shift) - 1) >> shift;
    if (digits > 0x7ff) digits >>= 1, ++shift;
    return static_cast<std::uint16_t>(digits | shift << 11);
  }
};

static_assert(sizeof(retirable) == 16);

}  // namespace holdfast::inline v0::reclaim
