#include <holdfast/table/slot_set.hpp>

#include <cstdint>
#include <random>

#include <gtest/gtest.h>

namespace {

using namespace holdfast::table;

template <class Claim>
slot_bits one_by_one(const top* tops, unsigned slots, Claim claim) {
  slot_bits set = 0;
  for (unsigned i = 0; i < slots; ++i) set |= static_cast<slot_bits>(claim(tops[i])) << i;
  return set;
}

// All at once must equal one by one; what lies behind the bucket must not matter.
template <unsigned Slots>
void compare_with_one_by_one() {
  std::mt19937 random(1);
  alignas(16) top tops[32];
  for (int round = 0; round < 20000; ++round) {
    for (top& t : tops) t = static_cast<top>(round % 2 == 0 ? random() % 8 : random() % 256);
    const top wanted = tops[random() % 32];
    using set = slot_set<Slots>;
    ASSERT_EQ(set::match(tops, wanted), one_by_one(tops, Slots, [&](top t) { return t == wanted; }));
    ASSERT_EQ(set::live(tops), one_by_one(tops, Slots, is_live));
    ASSERT_EQ(set::vacant(tops), one_by_one(tops, Slots, is_empty));
    ASSERT_EQ(set::ends_chain(tops), one_by_one(tops, Slots, [](top t) { return t == top::empty_rest; }) != 0);
  }
}

TEST(SlotSet, OfEightSaysWhatALoopSays) { compare_with_one_by_one<8>(); }
TEST(SlotSet, OfSixteenSaysWhatALoopSays) { compare_with_one_by_one<16>(); }

}  // namespace
