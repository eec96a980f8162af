// Passes over extents of memory and tells afterwards which of them may meet another one.
//
// Addresses are seen as grains of 16 bytes, and each grain has two bits: touched, and touched again. An extent all of
// whose grains were touched once shares nothing. Grains have pages, found by hash, so that memory is used for addresses
// that occur: 1 KiB of bits for 64 KiB of addresses, an 8th of a byte an object of malloc's least size.
//
// What lies closer together than a grain is suspected wrongly, for alias_finder to decide.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <holdfast/lifetime/object_extent.hpp>

namespace holdfast::inline v0::lifetime {

class alias_sieve {
 public:
  void add(const object_extent& one);

  [[nodiscard]] std::size_t added() const noexcept { return added_; }
  // Of these: those of no object.
  [[nodiscard]] std::size_t without_object() const noexcept { return without_object_; }
  // Whether two extents met at all.
  [[nodiscard]] bool any_met() const noexcept { return met_; }
  // False: nothing else that was added shares a byte with it.
  [[nodiscard]] bool may_share(const object_extent& one) const noexcept;

 private:
  static constexpr unsigned grain_bits = 4;
  static constexpr unsigned word_bits = grain_bits + 6;
  static constexpr unsigned page_bits = word_bits + 6;

  struct word {
    std::uint64_t touched = 0;
    std::uint64_t again = 0;
  };
  using page = std::array<word, 64>;
  struct entry {
    std::uintptr_t number = 0;
    std::size_t place = 0;  // in pages_, from 1; 0 is vacant
  };

  template <class Act>
  static void each_word(const object_extent& one, Act act);
  [[nodiscard]] const entry& entry_of(std::uintptr_t number) const noexcept;
  page& page_of(std::uintptr_t number);
  void grow();

  std::vector<page> pages_;
  std::vector<entry> entries_;
  std::size_t added_ = 0;
  std::size_t without_object_ = 0;
  bool met_ = false;
};

}  // namespace holdfast::inline v0::lifetime
