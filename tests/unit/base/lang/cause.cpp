// What is written into a cause record is read out of it, and what is said of it names what is known.
#include <holdfast/base/lang/cause.hpp>

#include <set>
#include <string>

#include <gtest/gtest.h>

namespace {

using holdfast::cause;
using holdfast::cause_record;

constexpr int last_cause = static_cast<int>(cause::collected);

// covers hf.lang.cause-in-one-word
TEST(CauseRecord, GivesBackWhatWasPutIn) {
  constexpr cause_record one(cause::erased, 81234, 4711);
  static_assert(one.what() == cause::erased && one.serial() == 81234 && one.thread() == 4711);
  static_assert(cause_record::from_word(one.word()) == one);
  static_assert(static_cast<bool>(one) && !static_cast<bool>(cause_record()));
  constexpr std::uint32_t highest_thread = (1U << 22) - 1;
  for (int each = 1; each <= last_cause; ++each) {
    const cause_record full(static_cast<cause>(each), cause_record::last_serial, highest_thread);
    EXPECT_EQ(full.what(), static_cast<cause>(each));
    EXPECT_EQ(full.serial(), cause_record::last_serial);
    EXPECT_EQ(full.thread(), highest_thread);
  }
}

// covers hf.lang.cause-in-one-word
TEST(CauseRecord, ASerialThatIsTooLargeStaysAtTheLast) {
  const cause_record late(cause::grown, ~std::uint64_t{0}, 1);
  EXPECT_EQ(late.serial(), cause_record::last_serial);
  EXPECT_EQ(late.what(), cause::grown);
  EXPECT_EQ(late.thread(), 1u);
  EXPECT_EQ(holdfast::text_of(late), "entry moved in growth by operation #137438953471 or a later one on thread 1");
}

// covers hf.lang.cause-told
TEST(CauseText, NamesOperationAndThreadWhereTheyAreKnown) {
  EXPECT_EQ(holdfast::text_of({cause::overwritten, 81234, 4711}),
            "entry overwritten by operation #81234 on thread 4711");
  EXPECT_EQ(holdfast::text_of({cause::arena_reset, 0, 7}), "arena reset on thread 7");
  EXPECT_EQ(holdfast::text_of({cause::pool_erased, 3, 0}), "object erased from its pool by operation #3");
  EXPECT_EQ(holdfast::text_of({}), "nothing has happened to it");
}

// covers hf.lang.cause-told
TEST(CauseText, OfEachCauseIsItsOwnAndHasACure) {
  std::set<std::string> said;
  for (int each = 0; each <= last_cause; ++each) {
    const auto one = static_cast<cause>(each);
    EXPECT_TRUE(said.insert(std::string(what_happened(one))).second) << each;
    EXPECT_FALSE(cure_of(one).empty());
  }
}

}  // namespace
