// A table's figures at one moment, as a value.
//
// Cost: linear in the buckets, because of the chain lengths; the figures that need no walk are also in
// the header.
#pragma once

#include <cstdint>
#include <vector>

#include <holdfast/table/table.hpp>

namespace holdfast::inline v0::table {

struct stats {
  std::uint64_t entries = 0;
  std::uint64_t buckets = 0;            // primary ones of the array that growth moves into
  std::uint64_t slots_per_bucket = 0;
  bool growing = false;
  bool same_size = false;               // the growth under way only packs
  bool paused = false;
  bool in_place = false;                // the array grows inside a reserved range
  std::uint64_t old_buckets = 0;        // while growing
  std::uint64_t front = 0;              // old buckets moved so far
  std::uint64_t overflow_buckets = 0;
  std::uint64_t longest_chain = 0;      // in buckets
  std::uint64_t bytes = 0;              // held for buckets, overflow buckets and boxes
  std::uint64_t growths = 0;
  std::uint64_t same_size_growths = 0;
  std::uint64_t moved_buckets = 0;      // in the life of the table
  std::uint64_t seed = 0;
  double load = 0;                      // entries per slot of the buckets in use
  std::vector<std::uint64_t> fill;      // fill[n]: chains with n entries; the last one counts all longer
};

inline constexpr std::size_t longest_fill = 64;

// Buckets that hold entries now: while growing in place, the new half only as far as the front.
template <class Table>
[[nodiscard]] std::uint64_t buckets_in_use(const Table& table) noexcept {
  const header& head = table.head();
  if (!table.has_buckets()) return 0;
  if (head.growth != growth_kind::doubling) return bucket_count(head.now);
  return bucket_count(head.old) + head.front;
}

template <class Table>
[[nodiscard]] stats stats_of(const Table& table) {
  const header& head = table.head();
  stats s;
  s.entries = head.count;
  s.buckets = table.buckets();
  s.slots_per_bucket = Table::slots_per_bucket;
  s.growing = head.growth != growth_kind::none;
  s.same_size = head.growth == growth_kind::same_size;
  s.paused = head.paused;
  s.in_place = table.in_reserved_range();
  s.old_buckets = s.growing ? bucket_count(head.old) : 0;
  s.front = head.front;
  s.overflow_buckets = head.overflow;
  s.growths = head.growths;
  s.same_size_growths = head.same_size_growths;
  s.moved_buckets = head.moved_buckets;
  s.seed = head.seed;
  const std::uint64_t used = buckets_in_use(table);
  const bool two_arrays = head.growth == growth_kind::doubling && !head.in_place;
  const std::uint64_t held = two_arrays ? bucket_count(head.now) + bucket_count(head.old)
                             : s.in_place ? used : s.buckets;
  s.bytes = held * Table::array::bucket_bytes + head.overflow * sizeof(typename Table::overflow_node);
  if constexpr (Table::is_boxed) s.bytes += head.count * sizeof(typename Table::value_type);
  if (used != 0) s.load = static_cast<double>(head.count) / static_cast<double>(used * Table::slots_per_bucket);
  s.fill.resize(longest_fill + 1);
  table.for_each_primary([&](typename Table::bucket_view b, std::uint64_t) {
    std::uint64_t chain = 1;
    std::size_t entries = static_cast<std::size_t>(std::popcount(b.live()));
    for (auto* node = *b.link; node != nullptr; node = node->link, ++chain) {
      entries += static_cast<std::size_t>(std::popcount(node->view().live()));
    }
    s.longest_chain = std::max(s.longest_chain, chain);
    ++s.fill[std::min(entries, longest_fill)];
  });
  return s;
}

}  // namespace holdfast::inline v0::table
