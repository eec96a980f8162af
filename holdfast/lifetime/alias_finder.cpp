// See alias_finder.hpp.
#include <holdfast/lifetime/alias_finder.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

#include <holdfast/base/hash/mix.hpp>

namespace holdfast::inline v0::lifetime {
namespace {

constexpr unsigned digit_bits = 11;
constexpr std::size_t digits = std::size_t{1} << digit_bits;
// Below, a comparison sort is done before the counts are cleared.
constexpr std::size_t few = 2048;

template <class Extent>
void sort_by_digit(const std::vector<Extent>& from, std::vector<Extent>& to, unsigned shift) {
  std::array<std::uint32_t, digits> starts{};
  for (const Extent& one : from) ++starts[one.begin >> shift & (digits - 1)];
  std::uint32_t next = 0;
  for (std::uint32_t& start : starts) next += std::exchange(start, next);
  for (const Extent& one : from) to[starts[one.begin >> shift & (digits - 1)]++] = one;
}

}  // namespace

// Extents of one beginning come with the longest first: it is the one that the others are inside of.
void alias_finder::sort_by_address(extents& all) {
  const auto before = [](const extent& a, const extent& b) {
    return a.begin != b.begin ? a.begin < b.begin : a.bytes > b.bytes;
  };
  if (all.size() < few || all.size() > UINT32_MAX) {
    std::ranges::sort(all, before);
    return;
  }
  std::uintptr_t differing = 0;
  for (const extent& one : all) differing |= one.begin ^ all.front().begin;
  extents other(all.size());
  while (differing != 0) {
    const auto shift = static_cast<unsigned>(std::countr_zero(differing));
    sort_by_digit(all, other, shift);
    all.swap(other);
    const unsigned done = shift + digit_bits;
    differing = done < 64 ? differing >> done << done : 0;
  }
  for (auto first = all.begin(); first != all.end();) {
    auto last = first + 1;
    while (last != all.end() && last->begin == first->begin) ++last;
    if (last - first > 1) std::sort(first, last, before);
    first = last;
  }
}

void alias_finder::find() {
  sort_by_address(extents_);
  find_suspects();
  extents_ = {};
  index_suspects();
}

std::uint32_t alias_finder::suspect_at(std::size_t first, std::size_t last) {
  suspects_.push_back({extents_[first].begin, extents_[first].bytes, last - first});
  return static_cast<std::uint32_t>(suspects_.size() - 1);
}

void alias_finder::find_suspects() {
  constexpr std::uint32_t none = UINT32_MAX;
  struct open_extent {
    std::size_t first;
    std::size_t last;
    std::uint32_t suspect;
  };
  std::vector<open_extent> open;
  for (std::size_t first = 0, last = 0; first < extents_.size(); first = last) {
    const extent here = extents_[first];
    for (last = first + 1;
         last < extents_.size() && extents_[last].begin == here.begin && extents_[last].bytes == here.bytes;) {
      ++last;
    }
    const auto is_over = [&](const open_extent& one) {
      return here.begin - extents_[one.first].begin >= extents_[one.first].bytes;
    };
    while (!open.empty() && is_over(open.back())) open.pop_back();
    std::uint32_t number = last - first > 1 ? suspect_at(first, last) : none;
    if (!open.empty()) {
      if (open.back().suspect == none) open.back().suspect = suspect_at(open.back().first, open.back().last);
      if (number == none) number = suspect_at(first, last);
      nestings_.push_back({number, open.back().suspect});
    }
    if (here.bytes != 0) open.push_back({first, last, number});
  }
}

std::size_t alias_finder::place_of(std::uintptr_t begin, std::size_t bytes) const noexcept {
  return mix(begin, bytes ^ 0x9e3779b97f4a7c15U) & (index_.size() - 1);
}

void alias_finder::index_suspects() {
  if (suspects_.empty()) return;
  index_.assign(std::bit_ceil(2 * suspects_.size()), 0);
  for (std::size_t number = 0; number < suspects_.size(); ++number) {
    std::size_t place = place_of(suspects_[number].begin, suspects_[number].bytes);
    while (index_[place] != 0) place = (place + 1) & (index_.size() - 1);
    index_[place] = static_cast<std::uint32_t>(number + 1);
  }
}

std::optional<std::uint32_t> alias_finder::number_of(const object_extent& one) const noexcept {
  if (index_.empty() || one.address == nullptr) return std::nullopt;
  const auto begin = reinterpret_cast<std::uintptr_t>(one.address);
  for (std::size_t place = place_of(begin, one.bytes); index_[place] != 0; place = (place + 1) & (index_.size() - 1)) {
    const suspect& here = suspects_[index_[place] - 1];
    if (here.begin == begin && here.bytes == one.bytes) return index_[place] - 1;
  }
  return std::nullopt;
}

}  // namespace holdfast::inline v0::lifetime
