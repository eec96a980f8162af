// An audit of a sound table is silent; of a damaged one it names the invariant that was broken.
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include <gtest/gtest.h>

#include <holdfast/map/map.hpp>

namespace {

using map_type = holdfast::map<std::uint64_t, int>;
using holdfast::table::header;
using holdfast::table::top;

header& header_of(const map_type& map) { return const_cast<header&>(map.header()); }

// What the audit says while `damage` is done; the damage is undone before the map is destroyed.
std::string found(const map_type& map, const std::function<void(header&)>& damage,
                  const std::function<void(header&)>& undo) {
  damage(header_of(map));
  const std::optional<holdfast::table::fault> fault = map.audit();
  undo(header_of(map));
  EXPECT_FALSE(map.audit()) << "the damage was not undone";
  return fault ? fault->invariant : "nothing";
}

map_type filled(std::uint64_t entries) {
  map_type map;
  for (std::uint64_t key = 0; key < entries; ++key) map[key * 7919] = 1;
  map.finish_growth();
  return map;
}

std::uint64_t first_slot(const header& head, bool live) {
  for (std::uint64_t slot = 0; slot <= head.tops_mask + 15; ++slot) {
    if (holdfast::table::is_live(head.now.tops[slot]) == live) return slot;
  }
  return 0;
}

// covers hf.table.header
TEST(Audit, FindsAnOverwrittenBucketCount) {
  const map_type map = filled(1000);
  const std::uint64_t mask = map.header().now.mask;
  EXPECT_EQ(found(map, [](header& head) { head.now.mask = 0; }, [&](header& head) { head.now.mask = mask; }),
            "hf.table.header");
  EXPECT_EQ(found(map, [](header& head) { head.now.mask = 5; }, [&](header& head) { head.now.mask = mask; }),
            "hf.table.header");
}

// covers hf.table.count
TEST(Audit, FindsAWrongCount) {
  const map_type map = filled(1000);
  EXPECT_EQ(found(map, [](header& head) { ++head.count; }, [](header& head) { --head.count; }), "hf.table.count");
}

// covers hf.table.overflow-counted
TEST(Audit, FindsAWrongCountOfOverflowBuckets) {
  const map_type map = filled(1000);
  EXPECT_EQ(found(map, [](header& head) { ++head.overflow; }, [](header& head) { --head.overflow; }),
            "hf.table.overflow-counted");
}

// covers hf.table.top-of-key
TEST(Audit, FindsATopThatIsNotTheKeys) {
  const map_type map = filled(100);
  top* const tops = map.header().now.tops;
  const std::uint64_t slot = first_slot(map.header(), true);
  const top before = tops[slot];
  const top other = before == top{200} ? top{201} : top{200};
  EXPECT_EQ(found(map, [&](header&) { tops[slot] = other; }, [&](header&) { tops[slot] = before; }),
            "hf.table.top-of-key");
}

TEST(Audit, FindsAMovedMarkInUse) {
  const map_type map = filled(100);
  top* const tops = map.header().now.tops;
  const std::uint64_t slot = first_slot(map.header(), false);
  const top before = tops[slot];
  EXPECT_EQ(found(map, [&](header&) { tops[slot] = top::moved_high; }, [&](header&) { tops[slot] = before; }),
            "hf.table.top-below-five");
}

// covers hf.table.growth-in-order
TEST(Audit, FindsAFrontWithoutGrowth) {
  const map_type map = filled(100);
  EXPECT_EQ(found(map, [](header& head) { head.front = 1; }, [](header& head) { head.front = 0; }),
            "hf.table.growth-in-order");
}

// covers hf.table.keys-differ
TEST(Audit, FindsAKeyThatStandsTwice) {
  const map_type map = filled(10);
  auto* const slots = static_cast<std::pair<std::uint64_t, int>*>(map.header().now.slots);
  top* const tops = map.header().now.tops;
  ASSERT_EQ(map.header().now.mask, 0u);
  const std::uint64_t from = first_slot(map.header(), true);
  const std::uint64_t to = first_slot(map.header(), false);
  slots[to] = slots[from];
  EXPECT_EQ(found(
                map,
                [&](header& head) {
                  tops[to] = tops[from];
                  ++head.count;
                },
                [&](header& head) {
                  tops[to] = top::empty_rest;
                  --head.count;
                }),
            "hf.table.keys-differ");
}

}  // namespace
