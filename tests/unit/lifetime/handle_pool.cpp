// A pool gives its objects to their handles, and to nobody else.
#include <holdfast/lifetime/handle_pool.hpp>

#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <unordered_set>
#include <vector>

#include <gtest/gtest.h>

#include <holdfast/base/sync/thread_id.hpp>

#include "tests/unit/map/counting_allocator.hpp"

namespace {

using holdfast::cause;
using holdfast::cause_record;
using holdfast::handle;
using holdfast::handle_pool;
using holdfast::handle_state;

// Slots that live twice: generations 1 and 3.
using short_lived_pool = handle_pool<int, std::allocator<int>, 3>;

// covers hf.lifetime.stale-never-live
TEST(HandlePool, GivesTheObjectWhileItIsThere) {
  handle_pool<std::string> pool;
  const auto one = pool.make("one");
  const auto two = pool.make(3, 'x');
  EXPECT_EQ(*pool.get(one), "one");
  EXPECT_EQ(pool.at(two), "xxx");
  EXPECT_EQ(pool.size(), 2u);
  EXPECT_TRUE(pool.erase(one));
  EXPECT_FALSE(pool.erase(one));
  EXPECT_EQ(pool.get(one), nullptr);
  EXPECT_FALSE(pool.contains(one));
  EXPECT_EQ(pool.state(one), handle_state::stale);
  EXPECT_EQ(pool.state(two), handle_state::live);
  EXPECT_EQ(pool.size(), 1u);
}

TEST(HandlePool, OfConstGivesConst) {
  handle_pool<int> pool;
  const auto one = pool.make(1);
  const auto& fixed = pool;
  static_assert(std::is_same_v<decltype(fixed.get(one)), const int*>);
  static_assert(std::is_same_v<decltype(fixed.at(one)), const int&>);
  EXPECT_EQ(fixed.at(one), 1);
}

// covers hf.lifetime.stale-never-live
TEST(HandlePool, ASlotThatIsUsedAgainDoesNotFitTheOldHandle) {
  handle_pool<int> pool;
  std::vector<handle<int>> old;
  for (int round = 0; round < 1000; ++round) {
    const auto now = pool.make(round);
    EXPECT_EQ(pool.at(now), round);
    for (const auto each : old) ASSERT_EQ(pool.get(each), nullptr);
    pool.erase(now);
    old.push_back(now);
  }
  EXPECT_EQ(pool.capacity(), 64u);
  EXPECT_EQ(std::set<handle<int>>(old.begin(), old.end()).size(), 1000u);
}

// covers hf.lifetime.first-in-first-out
TEST(HandlePool, UsesTheSlotThatHasBeenVacantForLongestFirst) {
  handle_pool<int> pool;
  std::vector<handle<int>> all;
  std::vector<const int*> where;
  for (int i = 0; i < 5; ++i) {
    all.push_back(pool.make(i));
    where.push_back(pool.get(all.back()));
  }
  const std::vector<int> order{3, 0, 4, 1, 2};
  for (const int i : order) pool.erase(all[static_cast<std::size_t>(i)]);
  for (const int i : order) EXPECT_EQ(pool.get(pool.make(i)), where[static_cast<std::size_t>(i)]);
}

// covers hf.lifetime.no-wrap
TEST(HandlePool, RetiresASlotAtItsLastGeneration) {
  short_lived_pool pool;
  std::vector<handle<int>> made;
  std::vector<const int*> where;
  for (int i = 0; i < 6; ++i) {
    made.push_back(pool.make(i));
    where.push_back(pool.get(made.back()));
    pool.erase(made.back());
    EXPECT_EQ(pool.retired(), static_cast<std::size_t>((i + 1) / 2));
  }
  EXPECT_EQ(where[0], where[1]);
  EXPECT_NE(where[1], where[2]);
  EXPECT_EQ(where[2], where[3]);
  EXPECT_EQ(std::set<handle<int>>(made.begin(), made.end()).size(), 6u);
  for (const auto each : made) {
    EXPECT_EQ(pool.state(each), handle_state::stale);
    EXPECT_EQ(pool.why(each).what(), cause::pool_erased);
  }
}

// covers hf.lifetime.no-wrap
TEST(HandlePool, TheRealLastGenerationDoesNotWrap) {
  using namespace holdfast::lifetime;
  static_assert(is_live(last_generation));
  static_assert(!may_live_again(last_generation + 1, last_generation) && last_generation + 1 != 0);
  static_assert(may_live_again(last_generation - 1, last_generation));
  static_assert(!is_live(last_generation + 1));
}

// covers hf.lifetime.foreign-told
TEST(HandlePool, TellsAHandleOfAnotherPoolFromAStaleOne) {
  constexpr int pools = 300;
  std::vector<std::unique_ptr<handle_pool<int>>> all;
  std::vector<handle<int>> lives;
  std::vector<handle<int>> ended;
  for (int i = 0; i < pools; ++i) {
    all.push_back(std::make_unique<handle_pool<int>>());
    lives.push_back(all.back()->make(i));
    for (int k = 0; k < 50; ++k) ended.push_back(all.back()->make(k));
    for (int k = 0; k < 50; ++k) all.back()->erase(ended[ended.size() - 50 + static_cast<std::size_t>(k)]);
  }
  for (std::size_t i = 0; i < pools; ++i) {
    for (std::size_t j = 0; j < pools; ++j) {
      ASSERT_EQ(all[i]->state(lives[j]), i == j ? handle_state::live : handle_state::foreign) << i << ' ' << j;
      ASSERT_EQ(all[i]->state(ended[j * 50]), i == j ? handle_state::stale : handle_state::foreign) << i << ' ' << j;
      ASSERT_EQ(all[i]->get(lives[j]) != nullptr, i == j);
    }
  }
  EXPECT_EQ(all[0]->why(lives[1]), cause_record());
  EXPECT_FALSE(all[0]->erase(lives[1]));
  EXPECT_EQ(all[1]->at(lives[1]), 1);
}

// covers hf.lifetime.foreign-told
TEST(HandlePool, TakesNoNumberForAHandleThatItHasNotMade) {
  handle_pool<int> pool;
  const auto live = pool.make(1);
  const auto gone = pool.make(2);
  pool.erase(gone);
  EXPECT_EQ(pool.state({}), handle_state::null);
  EXPECT_FALSE(handle<int>());
  const std::uint64_t a_slot_on = 1;
  const std::uint64_t a_life_on = std::uint64_t{1} << 32;
  EXPECT_EQ(pool.state(handle<int>::from_bits(live.bits() ^ a_life_on)), handle_state::foreign) << "vacant looks live";
  EXPECT_EQ(pool.state(handle<int>::from_bits(live.bits() ^ (a_slot_on << 10))), handle_state::foreign);
  // The number that stands in a vacant slot.
  EXPECT_EQ(pool.get(handle<int>::from_bits(gone.bits() ^ (a_life_on * 3))), nullptr);
}

// covers hf.lifetime.handle-is-a-number
TEST(Handle, IsAWordThatIsHashedOrderedAndGoneThrough) {
  static_assert(sizeof(handle<std::string>) == 8 && std::is_trivially_copyable_v<handle<std::string>>);
  handle_pool<int> pool;
  const auto one = pool.make(1);
  const auto two = pool.make(2);
  EXPECT_NE(one, two);
  EXPECT_EQ(handle<int>::from_bits(one.bits()), one);
  const std::unordered_set<handle<int>> both{one, two, one};
  EXPECT_EQ(both.size(), 2u);
  EXPECT_EQ(handle<int>(nullptr), handle<int>());
}

// covers hf.lifetime.why-told
TEST(HandlePool, KnowsHowWhenAndByWhomTheLatestTwoObjectsOfASlotEnded) {
  handle_pool<int> pool;
  pool.name("numbers");
  const auto first = pool.make(1);                  // operation 1
  EXPECT_EQ(pool.why(first), cause_record());
  EXPECT_EQ(pool.explain(first), "");
  pool.erase(first);                                // operation 2
  const std::uint32_t me = holdfast::this_thread_id();
  EXPECT_EQ(pool.why(first), cause_record(cause::pool_erased, 2, me));
  const auto second = pool.make(2);                 // operation 3, in the same slot
  EXPECT_EQ(pool.why(first), cause_record(cause::pool_erased, 2, me));
  pool.clear();                                     // operation 4
  EXPECT_EQ(pool.why(second), cause_record(cause::pool_cleared, 4, me));
  EXPECT_EQ(pool.why(first), cause_record(cause::pool_erased, 0, 0)) << "the record is that of the second";
  EXPECT_EQ(pool.explain(second), "stale reference to pool \"numbers\": pool cleared by operation #4 on thread " +
                                      std::to_string(me) + "; ask get() each time, and expect nothing");
}

// covers hf.lifetime.stale-policies
TEST(HandlePool, AtThrowsWhatWhyTells) {
  handle_pool<int> pool;
  const auto one = pool.make(1);
  pool.erase(one);
  try {
    (void)pool.at(one);
    FAIL() << "nothing was thrown";
  } catch (const holdfast::stale_reference& told) {
    EXPECT_EQ(told.why(), pool.why(one));
    EXPECT_EQ(told.what(), "holdfast: " + pool.explain(one));
  }
  handle_pool<int> other;
  try {
    (void)other.at(one);
    FAIL() << "nothing was thrown";
  } catch (const holdfast::stale_reference& told) {
    EXPECT_EQ(told.why(), cause_record());
    EXPECT_NE(std::string(told.what()).find("a pool (not named): the handle is of another pool"), std::string::npos);
  }
}

// Counts itself, and may ask its pool while it is destroyed.
struct counted {
  static inline int alive = 0;
  static inline int throw_at = -1;
  handle_pool<counted>* pool = nullptr;
  handle<counted> self;
  handle<counted> child;

  counted() {
    if (throw_at >= 0 && throw_at-- == 0) throw std::runtime_error("no");
    ++alive;
  }
  counted(const counted&) = delete;
  counted(counted&& from) noexcept : pool(from.pool), child(from.child) { ++alive; }
  ~counted() {
    --alive;
    if (pool == nullptr) return;
    EXPECT_EQ(pool->get(self), nullptr) << "an object's handle must be stale before its destructor runs";
    pool->erase(child);
  }
};

// covers hf.lifetime.destructors-may-use-the-pool
TEST(HandlePool, ADestructorMayEraseAndMakeOthers) {
  handle_pool<counted> pool;
  std::vector<handle<counted>> all;
  for (int i = 0; i < 200; ++i) all.push_back(pool.make());
  for (std::size_t i = 0; i < 200; ++i) {
    counted& one = pool.at(all[i]);
    one.pool = &pool;
    one.self = all[i];
    if (i + 1 < 200 && i % 10 != 9) one.child = all[i + 1];
  }
  EXPECT_TRUE(pool.erase(all[0]));
  EXPECT_EQ(pool.size(), 190u);
  pool.clear();
  EXPECT_EQ(counted::alive, 0);
}

TEST(HandlePool, DestroysWhatIsLeft) {
  {
    handle_pool<counted> pool;
    for (int i = 0; i < 100; ++i) static_cast<void>(pool.make());
    EXPECT_EQ(counted::alive, 100);
  }
  EXPECT_EQ(counted::alive, 0);
}

// covers hf.lifetime.make-strong
TEST(HandlePool, AConstructorThatThrowsLeavesThePoolAsItWas) {
  handle_pool<counted> pool;
  const auto first = pool.make();
  const auto second = pool.make();
  const counted* const where = pool.get(second);
  pool.erase(second);
  counted::throw_at = 0;
  EXPECT_THROW(static_cast<void>(pool.make()), std::runtime_error);
  EXPECT_EQ(pool.size(), 1u);
  EXPECT_EQ(pool.state(first), handle_state::live);
  EXPECT_EQ(pool.state(second), handle_state::stale);
  EXPECT_EQ(pool.get(pool.make()), where) << "the slot stays first in the line";
}

TEST(HandlePool, TakeMovesTheObjectOut) {
  handle_pool<std::unique_ptr<int>> pool;
  const auto one = pool.make(std::make_unique<int>(7));
  auto taken = pool.take(one);
  ASSERT_TRUE(taken.has_value());
  EXPECT_EQ(**taken, 7);
  EXPECT_FALSE(pool.take(one).has_value());
  EXPECT_TRUE(pool.empty());
}

// covers hf.lifetime.objects-stay
TEST(HandlePool, ObjectsStayWhereTheyAreAsItGrows) {
  handle_pool<int> pool;
  std::vector<handle<int>> all;
  std::vector<const int*> where;
  for (int i = 0; i < 20000; ++i) {
    all.push_back(pool.make(i));
    where.push_back(pool.get(all.back()));
  }
  for (int i = 0; i < 20000; ++i) {
    const auto n = static_cast<std::size_t>(i);
    ASSERT_EQ(pool.get(all[n]), where[n]);
    ASSERT_EQ(*where[n], i);
  }
  int visited = 0;
  pool.for_each([&](handle<int> one, int& object) {
    ASSERT_EQ(pool.get(one), &object);
    ++visited;
    if (object % 2 == 0) pool.erase(one);
  });
  EXPECT_EQ(visited, 20000);
  EXPECT_EQ(pool.size(), 10000u);
}

TEST(HandlePool, ReserveMakesRoomOnce) {
  handle_pool<int> pool;
  pool.reserve(1000);
  const std::size_t room = pool.capacity();
  EXPECT_GE(room, 1000u);
  for (int i = 0; i < 1000; ++i) static_cast<void>(pool.make(i));
  EXPECT_EQ(pool.capacity(), room);
  EXPECT_THROW(pool.reserve(pool.max_size() + 1), std::length_error);
}

// covers hf.lifetime.pools-move
TEST(HandlePool, HandlesGoWithThePoolThatIsMoved) {
  handle_pool<std::string> pool;
  pool.name("a");
  const auto one = pool.make("one");
  const std::string* const where = pool.get(one);
  handle_pool<std::string> moved(std::move(pool));
  EXPECT_EQ(moved.get(one), where);
  EXPECT_EQ(moved.name(), "a");
  EXPECT_EQ(pool.state(one), handle_state::foreign);
  const auto two = pool.make("two");
  EXPECT_EQ(moved.state(two), handle_state::foreign);
  pool = std::move(moved);
  EXPECT_EQ(pool.get(one), where);
  EXPECT_EQ(pool.state(two), handle_state::foreign) << "what was assigned over has gone with its handles";
}

// covers hf.lifetime.uses-its-allocator
TEST(HandlePool, TakesAllItsMemoryFromItsAllocator) {
  using allocator = holdfast::tests::counting_allocator<int>;
  holdfast::tests::ledger book;
  {
    handle_pool<int, allocator> pool{allocator(book)};
    EXPECT_EQ(book.allocations, 0);
    for (int i = 0; i < 1000; ++i) static_cast<void>(pool.make(i));
    EXPECT_EQ(book.allocations, 2 * 5) << "five segments, for each its slots and how they ended";
    handle_pool<int, allocator> moved(std::move(pool));
    EXPECT_EQ(book.allocations, 2 * 5);
    EXPECT_EQ(moved.size(), 1000u);
  }
  EXPECT_EQ(book.bytes, 0);
}

TEST(HandlePool, TypesAreAligned) {
  struct alignas(64) wide {
    char bytes[3];
  };
  handle_pool<wide> pool;
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(pool.get(pool.make())) % 64, 0u);
  }
}

}  // namespace
