// A picture of a table: its buckets, tops, chains and front, as text or as a DOT graph.
//
// The picture is taken from a table of any kind and drawn by code that knows no kind.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <holdfast/table/table.hpp>

namespace holdfast::inline v0::table {

struct drawn_bucket {
  std::array<top, 16> tops;
  unsigned slots;
};

struct drawn_chain {
  std::uint64_t number;
  bool moved;      // growth has been here, or there is no growth
  std::vector<drawn_bucket> buckets;
};

struct picture {
  header const* head;
  unsigned slots_per_bucket;
  std::uint64_t chains_in_all;
  std::vector<drawn_chain> chains;
};

// The first `most` chains are drawn.
inline constexpr std::size_t most_drawn = 256;

[[nodiscard]] std::string draw_text(const picture& drawn);
[[nodiscard]] std::string draw_dot(const picture& drawn);

template <class Table>
[[nodiscard]] picture picture_of(const Table& table, std::size_t most = most_drawn) {
  picture drawn{&table.head(), Table::slots_per_bucket, 0, {}};
  table.for_each_primary([&](typename Table::bucket_view b, std::uint64_t number) {
    if (++drawn.chains_in_all > most) return;
    const header& head = table.head();
    const bool unmoved = head.growth != growth_kind::none && (number & head.old.mask) >= head.front;
    drawn_chain chain{number, !unmoved, {}};
    while (true) {
      drawn_bucket one{};
      std::copy_n(b.tops, b.size(), one.tops.begin());
      one.slots = b.size();
      chain.buckets.push_back(one);
      if (*b.link == nullptr) break;
      b = (*b.link)->view();
    }
    drawn.chains.push_back(std::move(chain));
  });
  return drawn;
}

}  // namespace holdfast::inline v0::table
