// Tests of holdfast/base/reclaim/grace.hpp.
#include <holdfast/base/reclaim/grace.hpp>

#include <gtest/gtest.h>

#include <holdfast/base/sync/real_machine.hpp>

namespace {

using namespace holdfast::reclaim;

// Counts its fences, and may be told to refuse them.
struct counting_machine : holdfast::sync::real_machine {
  static inline int fences = 0;
  static inline bool granted = true;
  static inline std::uint64_t time = 0;
  static inline std::uint64_t fence_takes = 0;
  static bool heavy_fence() noexcept {
    ++fences;
    time += fence_takes;
    return granted;
  }
  static std::uint64_t now() noexcept { return time; }
};

class Grace : public testing::Test {
 protected:
  Grace() {
    counting_machine::fences = 0;
    counting_machine::granted = true;
    counting_machine::time = 1'000'000'000;
    counting_machine::fence_takes = 0;
  }
  ~Grace() override { records.destroy_records(); }

  basic_registry<counting_machine> records;
  basic_grace<counting_machine> periods{records};
};

// covers hf.reclaim.grace-covers
TEST_F(Grace, TicketTakenWhileAPeriodIsUnderWayIsGoodForTheNextOne) {
  auto &early = *records.claim(1), &late = *records.claim(2);
  const std::uint64_t first = early.enter();
  const std::uint64_t began = periods.ticket();
  periods.advance(began, haste::now);
  const std::uint64_t second = late.enter();
  const std::uint64_t ticket = periods.ticket();
  early.leave(first);
  periods.advance(ticket, haste::now);
  EXPECT_TRUE(periods.passed(began));
  EXPECT_FALSE(periods.passed(ticket)) << "`late` came after the fence of the first period";
  late.leave(second);
  periods.advance(ticket, haste::now);
  EXPECT_TRUE(periods.passed(ticket));
  EXPECT_EQ(periods.periods(), 2U);
}

// covers hf.reclaim.one-fence
TEST_F(Grace, TicketsOfOneMomentShareAFence) {
  const std::uint64_t one = periods.ticket(), two = periods.ticket();
  periods.advance(one, haste::now);
  periods.advance(two, haste::now);
  EXPECT_TRUE(periods.passed(one) && periods.passed(two));
  EXPECT_EQ(counting_machine::fences, 1);
  EXPECT_EQ(periods.fences(), 1U);
}

// covers hf.reclaim.one-fence
TEST_F(Grace, FencesAreSpacedUnlessSomebodyIsInHaste) {
  periods.advance(periods.ticket(), haste::none);
  EXPECT_EQ(counting_machine::fences, 1);
  counting_machine::time += periods.least_spacing - 1;
  const std::uint64_t ticket = periods.ticket();
  periods.advance(ticket, haste::none);
  EXPECT_FALSE(periods.passed(ticket));
  counting_machine::time += 1;
  periods.advance(ticket, haste::none);
  EXPECT_TRUE(periods.passed(ticket));
  periods.advance(periods.ticket(), haste::now);
  EXPECT_EQ(counting_machine::fences, 3);
}

// covers hf.reclaim.one-fence, hf.reclaim.garbage-bounded
TEST_F(Grace, FencesOfAThreadThatWasHeldUpAreNotPutOffForLong) {
  counting_machine::fence_takes = 30'000;
  periods.advance(periods.ticket(), haste::none);
  const std::uint64_t ticket = periods.ticket();
  counting_machine::time += 10 * counting_machine::fence_takes - 1;
  periods.advance(ticket, haste::none);
  EXPECT_FALSE(periods.passed(ticket)) << "a tenth of the time";
  counting_machine::time += 1;
  counting_machine::fence_takes = 5'000'000'000;
  periods.advance(ticket, haste::none);
  EXPECT_TRUE(periods.passed(ticket));
  const std::uint64_t after = periods.ticket();
  counting_machine::time += periods.most_spacing - 1;
  periods.advance(after, haste::none);
  EXPECT_FALSE(periods.passed(after));
  counting_machine::time += 1;
  periods.advance(after, haste::none);
  EXPECT_TRUE(periods.passed(after));
}

// covers hf.reclaim.fence-lost
TEST_F(Grace, NoPeriodEndsWithoutAFence) {
  counting_machine::granted = false;
  const std::uint64_t ticket = periods.ticket();
  periods.advance(ticket, haste::now);
  EXPECT_FALSE(periods.passed(ticket));
  EXPECT_TRUE(periods.is_lost());
  counting_machine::granted = true;
  periods.advance(ticket, haste::now);
  EXPECT_TRUE(periods.passed(ticket));
  EXPECT_FALSE(periods.is_lost());
}

// covers hf.reclaim.scope-budget
TEST_F(Grace, WhoBlocksTooLongIsNamedAndAsked) {
  auto& reader = *records.claim(4711);
  const std::uint64_t before = reader.enter();
  const std::uint64_t ticket = periods.ticket();
  periods.advance(ticket, haste::now);
  EXPECT_EQ(periods.find_blocker().thread, 4711U);
  EXPECT_EQ(periods.find_blocker().since, counting_machine::time);
  counting_machine::time += periods.patience;
  periods.advance(ticket, haste::now);
  EXPECT_FALSE(reader.was_asked_to_refresh());
  counting_machine::time += 1;
  periods.advance(ticket, haste::now);
  EXPECT_TRUE(reader.was_asked_to_refresh());
  reader.leave(before);
  periods.advance(ticket, haste::now);
  EXPECT_EQ(periods.find_blocker().thread, 0U);
}

// covers hf.reclaim.fork
TEST_F(Grace, AbandonedSectionsBlockNobody) {
  auto& lost = *records.claim(1);
  static_cast<void>(lost.enter());
  const std::uint64_t ticket = periods.ticket();
  periods.advance(ticket, haste::now);
  EXPECT_FALSE(periods.passed(ticket));
  lost.abandon_section();
  periods.advance(ticket, haste::now);
  EXPECT_TRUE(periods.passed(ticket));
  EXPECT_FALSE(lost.is_reading());
}

}  // namespace
