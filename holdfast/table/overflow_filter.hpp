// One byte a chain tells which hashes may have gone into its overflow buckets.
//
// A lookup that does not find its key in a full bucket would have to follow the link to know that the chain
// ends there. One of eight bits, named by the hash, says so instead; it takes neither a cache line of the
// link nor a branch that goes now here, now there. A bit that is set may be left from an entry that is
// gone: it costs time, never truth. The bytes lie below the tops, in falling order, so that the same
// pointer leads to both:
//
//   | ... f2 f1 f0 | t0 .. t15 | t0 .. t15 | ...
//
// The idea is that of the overflow byte of Boost.Unordered's flat containers, which keep it in the bucket.
//
// inv hf.table.overflow-filter: whoever lies in an overflow bucket has its bit in the chain's filter.
#pragma once

#include <cstddef>
#include <cstdint>

#include <holdfast/table/top.hpp>

namespace holdfast::inline v0::table {

class overflow_filter {
 public:
  [[nodiscard]] bool may_hold(std::uint64_t hash) const noexcept { return (unsigned{bits_} >> (hash >> 61) & 1) != 0; }
  void add(std::uint64_t hash) noexcept { bits_ = static_cast<std::uint8_t>(bits_ | 1u << (hash >> 61)); }
  void clear() noexcept { bits_ = 0; }
  // Nothing was added since it was cleared.
  [[nodiscard]] bool empty() const noexcept { return bits_ == 0; }

 private:
  std::uint8_t bits_ = 0;
};

// That of bucket `number` of the array whose tops begin at `tops`.
[[nodiscard]] inline overflow_filter& filter_of(top* tops, std::uint64_t number) noexcept {
  return reinterpret_cast<overflow_filter*>(tops)[-1 - static_cast<std::ptrdiff_t>(number)];
}
[[nodiscard]] inline const overflow_filter& filter_of(const top* tops, std::uint64_t number) noexcept {
  return reinterpret_cast<const overflow_filter*>(tops)[-1 - static_cast<std::ptrdiff_t>(number)];
}

}  // namespace holdfast::inline v0::table
