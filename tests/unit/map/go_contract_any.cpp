// Keys of dynamic type, as Go's interface keys, and pointer values that are checked when followed.
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <holdfast/map/go_map.hpp>

#include "tests/unit/map/key_kinds.hpp"
#include "tests/unit/map/sound.hpp"

namespace {

namespace go = holdfast::go;
using holdfast::tests::sound;

// contract M74
TEST(GoAny, TheDynamicTypeIsPartOfTheKey) {
  auto map = go::make_map<go::any, int>();
  map.set(1, 1);
  map.set(std::int64_t{1}, 2);
  map.set(1.0, 3);
  map.set("1", 4);
  map.set(true, 5);
  map.set(nullptr, 6);
  EXPECT_EQ(map.len(), 6u);
  EXPECT_EQ(map.get(1), 1);
  EXPECT_EQ(map.get(std::int64_t{1}), 2);
  EXPECT_EQ(map.get(1.0), 3);
  EXPECT_EQ(map.get(std::string("1")), 4);
  EXPECT_EQ(map.get(nullptr), 6);
  EXPECT_FALSE(map.lookup(std::uint8_t{1}).ok);
  EXPECT_TRUE(sound(map));
}

// contract M74: a nil interface is a legal key
TEST(GoAny, NilIsAKeyLikeAnyOther) {
  auto map = go::make_map<go::any, int>();
  map.set(go::any(), 1);
  EXPECT_EQ(map.get(nullptr), 1);
  map.erase(nullptr);
  EXPECT_EQ(map.len(), 0u);
}

// contract T31: amid a thousand others
TEST(GoAny, KeysOfManyTypesAreFoundAmongManyOthers) {
  auto map = go::make_map<go::any, std::string>();
  map.set(1.5F, "float");
  map.set(2.5, "double");
  map.set("text", "string");
  map.set(holdfast::tests::float_and_int{1.5, 2}, "struct");
  map.set(holdfast::tests::half_blank{7, 1}, "blank");
  for (int key = 0; key < 1000; ++key) map.set(key, "int");
  EXPECT_EQ(map.get(1.5F), "float");
  EXPECT_EQ(map.get(2.5), "double");
  EXPECT_EQ(map.get("text"), "string");
  EXPECT_EQ(map.get(holdfast::tests::float_and_int{1.5, 2}), "struct");
  EXPECT_EQ(map.get(holdfast::tests::half_blank{7, 2}), "blank");
  EXPECT_EQ(map.get(999), "int");
  EXPECT_TRUE(sound(map));
}

// contract T27
TEST(GoAny, KeysErasedOnTheWayOutOfScopeAreGone) {
  auto map = go::make_map<go::any, int>();
  {
    struct eraser {
      explicit eraser(go::map<go::any, int> m, double k) : map(std::move(m)), key(k) {}
      eraser(const eraser&) = delete;
      ~eraser() { map.erase(key); }
      go::map<go::any, int> map;
      double key;
    };
    std::vector<std::unique_ptr<eraser>> deferred;
    for (const double key : {1.0, 2.0, 3.0, 4.0}) {
      map.set(key, 1);
      deferred.push_back(std::make_unique<eraser>(map, key));
    }
  }
  EXPECT_EQ(map.len(), 0u);
}

#if HOLDFAST_EXCEPTIONS

template <class Run>
std::string panic_of(Run run) {
  try {
    run();
  } catch (const go::runtime_error& error) {
    return error.what();
  }
  return "no panic";
}

const std::string unhashable = "runtime error: hash of unhashable type ";

// contract M17, T32, T68: also on a nil and on an empty map
TEST(GoAny, AnUnhashableKeyPanicsInEveryOperationOnEveryMap) {
  const go::any sequence = std::vector<int>{1};
  const go::any dictionary = std::map<int, int>{};
  go::map<go::any, int> nil;
  auto empty = go::make_map<go::any, int>();
  auto filled = go::make_map<go::any, int>();
  for (int key = 0; key < 100; ++key) filled.set(key, key);
  for (auto map : {nil, empty, filled}) {
    for (const go::any& key : {sequence, dictionary}) {
      EXPECT_EQ(panic_of([&] { static_cast<void>(map.get(key)); }).rfind(unhashable, 0), 0u);
      EXPECT_EQ(panic_of([&] { static_cast<void>(map.lookup(key)); }).rfind(unhashable, 0), 0u);
      EXPECT_EQ(panic_of([&] { map.erase(key); }).rfind(unhashable, 0), 0u);
      EXPECT_NE(panic_of([&] { map.set(key, 1); }), "no panic");
    }
  }
  EXPECT_EQ(panic_of([&] { filled.set(sequence, 1); }).rfind(unhashable, 0), 0u);
}

// contract M20: nil is found out before the key is hashed
TEST(GoAny, AnUnhashableKeyIntoNilPanicsForTheNilMap) {
  go::map<go::any, int> nil;
  EXPECT_EQ(panic_of([&] { nil.set(std::vector<int>{1}, 1); }).rfind("assignment to entry in nil map", 0), 0u);
}

// contract M30
TEST(GoAny, APanicInTheHashLeavesTheMapUsable) {
  auto map = go::make_map<go::any, int>();
  for (int key = 0; key < 60; ++key) {
    map.set(key, key);
    EXPECT_THROW(map.set(std::vector<int>{}, 1), go::runtime_error);
    ASSERT_TRUE(sound(map));
  }
  EXPECT_EQ(map.len(), 60u);
  EXPECT_EQ(map.get(59), 59);
}

// what Go calls a nil pointer dereference
TEST(GoPtr, OfAnAbsentEntryPanicsWhenItIsFollowed) {
  auto map = go::make_map<std::string, go::ptr<int>>();
  map.set("ann", go::make_ptr<int>(41));
  *map.get("ann") += 1;
  EXPECT_EQ(*map.get("ann"), 42);
  EXPECT_EQ(panic_of([&] { *map.get("bob") = 1; }),
            "runtime error: invalid memory address or nil pointer dereference");
  EXPECT_FALSE(map.get("bob"));
}

#endif

// contract M73
TEST(GoPtr, IsAKeyByAddress) {
  auto map = go::make_map<go::ptr<int>, int>();
  const auto a = go::make_ptr<int>(1);
  const auto b = go::make_ptr<int>(1);
  map.set(a, 1);
  map.set(b, 2);
  EXPECT_EQ(map.get(a), 1);
  EXPECT_EQ(map.get(b), 2);
}

}  // namespace
