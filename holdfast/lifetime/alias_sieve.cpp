// See alias_sieve.hpp.
#include <holdfast/lifetime/alias_sieve.hpp>

#include <algorithm>
#include <utility>

#include <holdfast/base/hash/mix.hpp>

namespace holdfast::inline v0::lifetime {

// act(number of the page, number of the word in it, its grains) -> whether to go on.
template <class Act>
void alias_sieve::each_word(const object_extent& one, Act act) {
  const auto begin = reinterpret_cast<std::uintptr_t>(one.address);
  const std::uintptr_t last = begin + std::max<std::size_t>(one.bytes, 1) - 1;
  for (std::uintptr_t at = begin >> word_bits; at <= last >> word_bits; ++at) {
    std::uint64_t grains = ~std::uint64_t{0};
    if (at == begin >> word_bits) grains &= ~std::uint64_t{0} << (begin >> grain_bits & 63);
    if (at == last >> word_bits) grains &= ~std::uint64_t{0} >> (63 - (last >> grain_bits & 63));
    if (!act(at >> (page_bits - word_bits), at & 63, grains)) return;
  }
}

const alias_sieve::entry& alias_sieve::entry_of(std::uintptr_t number) const noexcept {
  std::size_t at = mix(number, mix_multiplier) & (entries_.size() - 1);
  while (entries_[at].place != 0 && entries_[at].number != number) at = (at + 1) & (entries_.size() - 1);
  return entries_[at];
}

void alias_sieve::grow() {
  std::vector<entry> larger(std::max<std::size_t>(64, 2 * entries_.size()));
  entries_.swap(larger);
  for (const entry& one : larger) {
    if (one.place != 0) const_cast<entry&>(entry_of(one.number)) = one;
  }
}

alias_sieve::page& alias_sieve::page_of(std::uintptr_t number) {
  if (2 * pages_.size() >= entries_.size()) grow();
  auto& here = const_cast<entry&>(entry_of(number));
  if (here.place == 0) {
    pages_.emplace_back();
    here = {number, pages_.size()};
  }
  return pages_[here.place - 1];
}

void alias_sieve::add(const object_extent& one) {
  ++added_;
  if (one.address == nullptr) {
    ++without_object_;
    return;
  }
  each_word(one, [&](std::uintptr_t number, std::size_t at, std::uint64_t grains) {
    word& here = page_of(number)[at];
    const std::uint64_t both = here.touched & grains;
    met_ |= both != 0;
    here.again |= both;
    here.touched |= grains;
    return true;
  });
}

bool alias_sieve::may_share(const object_extent& one) const noexcept {
  if (!met_ || one.address == nullptr) return false;
  bool met = false;
  each_word(one, [&](std::uintptr_t number, std::size_t at, std::uint64_t grains) {
    const std::size_t place = entry_of(number).place;
    met = place != 0 && (pages_[place - 1][at].again & grains) != 0;
    return !met;
  });
  return met;
}

}  // namespace holdfast::inline v0::lifetime
