#include <holdfast/table/entry.hpp>

#include <array>
#include <atomic>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include <holdfast/table/key.hpp>
#include <holdfast/table/policy.hpp>

namespace {

using namespace holdfast::table;

template <std::size_t Bytes>
using block = std::array<unsigned char, Bytes>;

// contract M3: 128 bytes inline, 129 behind a pointer
TEST(EntryKinds, AreInlineUpTo128BytesAKeyAndAValue) {
  EXPECT_TRUE((map_entry<block<128>, block<128>>::can_be_inline));
  EXPECT_FALSE((map_entry<block<129>, int>::can_be_inline));
  EXPECT_FALSE((map_entry<int, block<129>>::can_be_inline));
  EXPECT_TRUE((set_entry<block<128>>::can_be_inline));
  EXPECT_FALSE((set_entry<block<129>>::can_be_inline));
}

TEST(EntryKinds, AreBoxedWhereMovingCanFailOrIsForbidden) {
  struct throws {
    throws(throws&&) noexcept(false) {}
  };
  EXPECT_FALSE((map_entry<int, throws>::can_be_inline));
  EXPECT_FALSE((map_entry<int, std::atomic<int>>::can_be_inline));
  EXPECT_TRUE((map_entry<std::string, std::unique_ptr<int>>::can_be_inline));
}

TEST(EntryKinds, AreAlwaysBoxedInAStableTable) {
  using small = map_entry<int, int>;
  EXPECT_TRUE((std::is_same_v<slot_of<small, holdfast::fast_growth>, inline_slot<small>>));
  EXPECT_TRUE((std::is_same_v<slot_of<small, holdfast::stable<holdfast::fast_growth>>, boxed_slot<small>>));
}

// covers hf.map.key-refused
TEST(KeyType, IsAnythingWithHashAndEquality) {
  EXPECT_TRUE((key_type<int, holdfast::hash<int>, holdfast::equal_to<int>>));
  EXPECT_TRUE((key_type<std::string, holdfast::hash<std::string>, holdfast::equal_to<std::string>>));
  EXPECT_TRUE((key_type<double, holdfast::hash<double>, holdfast::equal_to<double>>));
  EXPECT_TRUE((key_type<int*, holdfast::hash<int*>, holdfast::equal_to<int*>>));
  struct nothing {};
  EXPECT_FALSE((key_type<nothing, holdfast::hash<nothing>, holdfast::equal_to<nothing>>));
}

}  // namespace
