#include <holdfast/base/sync/operation.hpp>

#include <cstdint>
#include <set>
#include <string_view>

#include <gtest/gtest.h>

namespace {

using holdfast::operation;

TEST(Operation, HasAWordOfItsOwnForEach) {
  std::set<std::string_view> words;
  for (std::uint8_t code = 0; code <= static_cast<std::uint8_t>(operation::refer); ++code)
    words.insert(holdfast::doing(static_cast<operation>(code)));
  EXPECT_EQ(words.size(), 11u);
  EXPECT_EQ(holdfast::doing(operation::insert), "inserting");
}

TEST(Operation, SpeaksEvenOfBytesThatAreNone) {
  EXPECT_EQ(holdfast::doing(static_cast<operation>(200)), "doing something unknown");
}

TEST(Operation, KnowsWritesFromReads) {
  for (const operation one : {operation::none, operation::read, operation::iterate, operation::clone})
    EXPECT_FALSE(is_write(one));
  for (const operation one : {operation::insert, operation::assign, operation::erase, operation::clear,
                              operation::grow, operation::swap, operation::refer})
    EXPECT_TRUE(is_write(one));
}

// covers hf.sync.mark-layout
TEST(Operation, KeepsTheNumbersThatCoresHold) {
  static_assert(static_cast<int>(operation::read) == 1 && static_cast<int>(operation::insert) == 4 &&
                static_cast<int>(operation::swap) == 9 && static_cast<int>(operation::refer) == 10);
}

}  // namespace
