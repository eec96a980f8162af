// Finds which of many extents of memory are the same, and which begin inside another one.
//
// Addresses are sorted by radix: heaps use few of the 64 bits, so two or three passes over 16 bytes an extent are
// enough, and a pass whose digit is the same everywhere is left out. In the order of addresses equal extents are
// neighbours, and one walk with a stack of what is open finds for each extent the latest one that it begins in.
//
// What is found has a number each, a *suspect*: who has the extents' keys asks for it and files them there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <holdfast/lifetime/object_extent.hpp>

namespace holdfast::inline v0::lifetime {

class alias_finder {
 public:
  struct suspect {
    std::uintptr_t begin;
    std::size_t bytes;
    std::size_t times;  // how often it was added
  };
  // Suspect number `inner` begins inside suspect number `outer`.
  struct nesting {
    std::uint32_t inner;
    std::uint32_t outer;
  };

  // Of an object.
  void add(const object_extent& one) { extents_.push_back({reinterpret_cast<std::uintptr_t>(one.address), one.bytes}); }

  // Once, when all are added; gives the memory of all but the suspects back.
  void find();

  [[nodiscard]] std::span<const suspect> suspects() const noexcept { return suspects_; }
  [[nodiscard]] std::span<const nesting> nestings() const noexcept { return nestings_; }
  // The number of the suspect that is this extent.
  [[nodiscard]] std::optional<std::uint32_t> number_of(const object_extent& one) const noexcept;

 private:
  struct extent {
    std::uintptr_t begin;
    std::size_t bytes;
  };
  using extents = std::vector<extent>;

  static void sort_by_address(extents& all);
  void find_suspects();
  void index_suspects();
  std::uint32_t suspect_at(std::size_t first, std::size_t last);
  [[nodiscard]] std::size_t place_of(std::uintptr_t begin, std::size_t bytes) const noexcept;

  extents extents_;
  std::vector<suspect> suspects_;
  std::vector<nesting> nestings_;
  std::vector<std::uint32_t> index_;  // by hash; 0 is vacant, n is suspect n - 1
};

}  // namespace holdfast::inline v0::lifetime
