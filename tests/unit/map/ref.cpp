// A reference into a checked map gives the value it was made for, or says what has become of it.
#include <holdfast/map/ref.hpp>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <holdfast/base/sync/thread_id.hpp>
#include <holdfast/map/map.hpp>
#include <holdfast/map/set.hpp>

namespace {

using holdfast::cause;
using holdfast::cause_record;
using holdfast::checked;
using holdfast::checked_map;
using holdfast::reference_rules;
using holdfast::stale_reference;
using holdfast::when_moved;
using holdfast::when_overwritten;
using holdfast::when_stale;

constexpr reference_rules strict{when_moved::ends, when_overwritten::ends, when_stale::raises};

template <class Policy>
using map_under = holdfast::map<int, int, holdfast::hash<int>, holdfast::equal_to<int>,
                                std::allocator<std::pair<const int, int>>, Policy>;

// A map in which every reference to 0 … 99 was made when there were so few entries.
template <class Map>
auto references_to_a_hundred(Map& map) {
  std::vector<decltype(map.ref(0))> all;
  for (int i = 0; i < 100; ++i) {
    map.insert_or_assign(i, i * 10);
    all.push_back(map.ref(i));
  }
  return all;
}

// covers hf.map.ref-never-dangles
TEST(Ref, GivesTheValueUnderItsKey) {
  checked_map<std::string, int> ages;
  ages["ann"] = 41;
  auto ann = ages.ref("ann");
  EXPECT_EQ(*ann, 41);
  *ann = 42;
  EXPECT_EQ(ages.at("ann"), 42);
  EXPECT_EQ(ann.get(), &ages.at("ann"));
  EXPECT_TRUE(ann);
  EXPECT_EQ(ann.why(), cause_record());
  EXPECT_EQ(ann.explain(), "");
  EXPECT_FALSE(ages.ref("bob"));
}

// covers hf.map.ref-follows
TEST(Ref, FollowsItsEntryThroughGrowthAndShrinking) {
  checked_map<int, int> map;
  const auto all = references_to_a_hundred(map);
  const int* const before = &map.at(0);
  for (int i = 100; i < 100000; ++i) map[i] = i;
  EXPECT_NE(&map.at(0), before) << "nothing has moved, so the test shows nothing";
  for (int i = 0; i < 100; ++i) {
    ASSERT_EQ(*all[static_cast<std::size_t>(i)], i * 10);
    ASSERT_EQ(all[static_cast<std::size_t>(i)].get(), &map.at(i));
  }
  for (int i = 100; i < 100000; ++i) map.erase(i);
  map.shrink_to_fit();
  for (int i = 0; i < 100; ++i) ASSERT_EQ(all[static_cast<std::size_t>(i)].get(), &map.at(i));
  EXPECT_FALSE(map.audit());
}

template <class Policy>
class RefUnder : public testing::Test {};
using policies = testing::Types<checked<holdfast::fast_growth>, checked<holdfast::go_growth>,
                                checked<holdfast::article_growth>, checked<holdfast::stable<holdfast::fast_growth>>>;
TYPED_TEST_SUITE(RefUnder, policies);

// covers hf.map.ref-follows
TYPED_TEST(RefUnder, FollowsThroughEveryStepOfGrowthAndPacking) {
  map_under<TypeParam> map;
  const auto all = references_to_a_hundred(map);
  // A moving window of entries: chains are packed in place, and doubled.
  for (int i = 1000; i < 30000; ++i) {
    map[i] = i;
    if (i % 3 != 0) map.erase(i - 500);
    const auto n = static_cast<std::size_t>(i % 100);
    ASSERT_EQ(all[n].get(), &map.at(static_cast<int>(n))) << i;
  }
  for (int i = 0; i < 100; i += 2) map.erase(i);
  for (std::size_t i = 0; i < 100; ++i) ASSERT_EQ(all[i].get() == nullptr, i % 2 == 0);
}

// covers hf.map.ref-rules
TEST(Ref, WhereTheRulesSaySoGrowthEndsIt) {
  checked_map<int, int, strict> map;
  map.name("numbers");
  const auto all = references_to_a_hundred(map);
  for (int i = 100; i < 5000; ++i) map[i] = i;
  std::size_t stale = 0;
  for (const auto& each : all) {
    if (each) {
      EXPECT_EQ(each.get(), &map.at(*each / 10));
      continue;
    }
    ++stale;
    EXPECT_EQ(each.why().what(), cause::grown);
    EXPECT_THROW(static_cast<void>(*each), stale_reference);
    EXPECT_EQ(each.explain().find("stale reference to map \"numbers\": entry moved in growth by operation #"), 0u);
  }
  EXPECT_GT(stale, 10u);
  EXPECT_EQ(map.ref(1).get(), &map.at(1)) << "a new one leads to where it is now";
}

// covers hf.map.ref-rules
TEST(Ref, OfAStableMapIsNeverMoved) {
  map_under<checked<holdfast::stable<holdfast::fast_growth>, strict>> map;
  map[1] = 1;
  const auto one = map.ref(1);
  for (int i = 2; i < 5000; ++i) map[i] = i;
  EXPECT_EQ(one.get(), &map.at(1));
  map.erase(1);
  EXPECT_EQ(one.why().what(), cause::erased);
}

// covers hf.map.ref-rules
TEST(Ref, AssigningToTheKeyEndsItOrNotAsTheRulesSay) {
  checked_map<int, std::string> lenient;
  lenient[1] = "old";
  const auto stays = lenient.ref(1);
  lenient.insert_or_assign(1, "new");
  EXPECT_EQ(*stays, "new");

  checked_map<int, std::string, strict> exact;
  exact[1] = "old";
  const auto ends = exact.ref(1);
  exact.insert_or_assign(1, "new");
  EXPECT_EQ(ends.get(), nullptr);
  EXPECT_EQ(ends.why().what(), cause::overwritten);
  EXPECT_EQ(*exact.ref(1), "new");
}

// covers hf.map.ref-tells
TEST(Ref, TellsWhatHasEndedIt) {
  auto map = std::make_unique<checked_map<int, int>>();
  map->name("users");
  const std::uint32_t me = holdfast::this_thread_id();
  const auto fresh = [&](int key) {
    (*map)[key] = key;
    return map->ref(key);
  };
  const auto erased = fresh(1);          // operations 1 and 2
  EXPECT_EQ(map->erase(1), 1u);          // 3
  EXPECT_EQ(erased.why(), cause_record(cause::erased, 3, me));
  const auto taken = fresh(2);
  EXPECT_TRUE(map->take(2));
  EXPECT_EQ(taken.why(), cause_record(cause::erased, 6, me));
  const auto by_position = fresh(3);
  map->erase(map->find(3));
  EXPECT_EQ(by_position.why().what(), cause::erased);
  const auto claimed = fresh(4);
  erase_if(*map, [](const auto&) { return true; });
  EXPECT_EQ(claimed.why().what(), cause::erased);
  const auto cleared = fresh(5);
  map->clear();
  EXPECT_EQ(cleared.why().what(), cause::map_cleared);
  const auto replaced = fresh(6);
  *map = checked_map<int, int>{{6, 60}};
  EXPECT_EQ(replaced.why().what(), cause::map_replaced);
  EXPECT_EQ(*map->ref(6), 60);
  const auto outlives = fresh(7);
  map.reset();
  EXPECT_EQ(outlives.why().what(), cause::map_destroyed);
  try {
    static_cast<void>(*outlives);
    FAIL() << "nothing was thrown";
  } catch (const stale_reference& told) {
    EXPECT_EQ(told.what(), "holdfast: " + outlives.explain());
    EXPECT_EQ(outlives.explain().find("stale reference to map \"users\": map destroyed by operation #"), 0u)
        << told.what();
  }
  EXPECT_EQ(erased.why(), cause_record(cause::erased, 3, me)) << "what was told stays";
}

// covers hf.map.ref-never-dangles
TEST(Ref, IsNotForAnotherEntryAtTheSamePlace) {
  checked_map<int, int> map;
  map[1] = 1;
  const auto one = map.ref(1);
  const int* const where = one.get();
  map.erase(1);
  map[1] = 2;
  const auto again = map.ref(1);
  EXPECT_EQ(again.get(), where) << "otherwise this shows nothing";
  EXPECT_FALSE(one);
  EXPECT_FALSE(one) << "asking twice changes nothing";
  EXPECT_THROW(static_cast<void>(*one), stale_reference);
  EXPECT_NE(one, again);
}

// covers hf.map.ref-goes-with-entries
TEST(Ref, GoesWithEntriesThatAreMovedOrSwapped) {
  checked_map<int, int> a{{1, 10}};
  checked_map<int, int> b{{2, 20}};
  const auto one = a.ref(1);
  const auto two = b.ref(2);
  swap(a, b);
  EXPECT_EQ(one.get(), &b.at(1));
  EXPECT_EQ(two.get(), &a.at(2));
  b.erase(1);
  EXPECT_EQ(one.why().what(), cause::erased);
  b.name("b");
  EXPECT_NE(one.explain().find("map \"b\""), std::string::npos) << one.explain();
  EXPECT_TRUE(two);
  checked_map<int, int> c(std::move(a));
  EXPECT_EQ(two.get(), &c.at(2));
  b = std::move(c);
  EXPECT_EQ(two.get(), &b.at(2));
  const checked_map<int, int> copy = b;
  b.clear();
  EXPECT_FALSE(two) << "a copy's entries are others";
}

TEST(Ref, IsCountedAndLetsGo) {
  checked_map<int, int> map{{1, 10}};
  auto one = map.ref(1);
  {
    const auto copy = one;
    EXPECT_EQ(copy, one);
    EXPECT_EQ(copy.get(), one.get());
    auto moved = std::move(one);
    EXPECT_FALSE(one);
    EXPECT_EQ(*moved, 10);
    one = moved;
    moved = map.ref(1);
    EXPECT_EQ(moved, one) << "one watch for each entry";
    one = *&one;
    EXPECT_EQ(*one, 10);
  }
  EXPECT_EQ(*one, 10);
  one = nullptr;
  EXPECT_FALSE(one);
  EXPECT_EQ(map.erase(1), 1u);
}

// covers hf.map.ref-tells
TEST(Ref, AnEmptyOneSaysSo) {
  checked_map<int, int> map;
  const auto none = map.ref(7);
  EXPECT_EQ(none.get(), nullptr);
  EXPECT_EQ(none.why(), cause_record());
  EXPECT_NE(none.explain().find("the reference is empty"), std::string::npos);
  EXPECT_THROW(static_cast<void>(*none), stale_reference);
}

// covers hf.map.ref-costs-others-nothing
TEST(Ref, OtherMapsHaveNotAByteOfIt) {
  using plain = holdfast::map<int, int>;
  struct bare_growth : holdfast::fast_growth {};
  static_assert(sizeof(plain) == sizeof(map_under<bare_growth>));
  static_assert(sizeof(checked_map<int, int>) > sizeof(plain));
  static_assert(sizeof(plain) == 360, "what a map cost before there were references");
  SUCCEED();
}

// An entry that looks at a reference to itself while it is destroyed.
struct looks_back {
  holdfast::ref<looks_back>* self = nullptr;
  bool* was_stale = nullptr;
  looks_back() = default;
  looks_back(looks_back&& from) noexcept
      : self(std::exchange(from.self, nullptr)), was_stale(std::exchange(from.was_stale, nullptr)) {}
  ~looks_back() {
    if (self != nullptr) *was_stale = self->get() == nullptr;
  }
};

// covers hf.map.ref-never-dangles
TEST(Ref, IsStaleBeforeItsEntryIsDestroyed) {
  for (const int how : {0, 1, 2}) {
    bool was_stale = false;
    holdfast::ref<looks_back> self;
    {
      checked_map<int, looks_back> map;
      map.try_emplace(1);
      self = map.ref(1);
      self->self = &self;
      self->was_stale = &was_stale;
      if (how == 0) map.erase(1);
      if (how == 1) map.clear();
    }
    EXPECT_TRUE(was_stale) << how;
  }
}

}  // namespace
