// go::ptr by itself; as a value and as a key: go_contract_any.cpp.
#include <holdfast/map/go_ptr.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include <gtest/gtest.h>

namespace {

namespace go = holdfast::go;

struct point {
  int x = 0;
  int y = 0;
};

std::uint64_t hash_of(const go::ptr<int>& pointer, std::uint64_t seed = 7) {
  return holdfast::hash<go::ptr<int>>{}(pointer, seed);
}

TEST(Ptr, IsNullUntilItPointsSomewhere) {
  const go::ptr<int> none;
  EXPECT_FALSE(none);
  EXPECT_EQ(none.get(), nullptr);
  EXPECT_EQ(none, go::ptr<int>(nullptr));
  EXPECT_EQ(none, nullptr);
  go::ptr<int> was = go::make_ptr<int>(1);
  was = nullptr;
  EXPECT_FALSE(was);
}

TEST(Ptr, MakesItsObjectAsGosNewDoes) {
  EXPECT_EQ(*go::make_ptr<int>(), 0);
  EXPECT_EQ(go::make_ptr<point>()->y, 0);
  EXPECT_EQ(*go::make_ptr<std::string>(3u, 'a'), "aaa");
}

TEST(Ptr, IsSharedByItsCopies) {
  const go::ptr<point> one = go::make_ptr<point>();
  const go::ptr<point> copy = one;
  copy->x = 3;
  (*copy).y = 4;
  EXPECT_EQ(one->x, 3);
  EXPECT_EQ(one->y, 4);
  EXPECT_EQ(one, copy);
  EXPECT_EQ(one.get(), copy.get());
}

TEST(Ptr, KeepsItsObjectUntilTheLastCopyHasGone) {
  const auto object = std::make_shared<int>(1);
  {
    const go::ptr<int> one(object);
    const go::ptr<int> copy = one;
    EXPECT_EQ(object.use_count(), 3);
    go::ptr<int> source = one;
    const go::ptr<int> moved = std::move(source);
    EXPECT_EQ(object.use_count(), 4);
  }
  EXPECT_EQ(object.use_count(), 1);
}

// contract M73
TEST(Ptr, IsComparedAndHashedByAddress) {
  const go::ptr<int> a = go::make_ptr<int>(1);
  const go::ptr<int> b = go::make_ptr<int>(1);
  EXPECT_EQ(a, a);
  EXPECT_NE(a, b);
  EXPECT_NE(a, nullptr);
  const std::uint64_t before = hash_of(a);
  *a = 2;
  EXPECT_EQ(hash_of(a), before);
  EXPECT_NE(hash_of(b), before);
  EXPECT_NE(hash_of(a, 8), before);
  EXPECT_EQ(hash_of(nullptr), hash_of(go::ptr<int>()));
}

TEST(Ptr, IsMadeOfASharedPointerOnlyWhenThatIsSaid) {
  static_assert(std::is_constructible_v<go::ptr<int>, std::shared_ptr<int>>);
  static_assert(!std::is_convertible_v<std::shared_ptr<int>, go::ptr<int>>);
  static_assert(!std::is_convertible_v<go::ptr<int>, bool>);
  static_assert(!std::is_constructible_v<go::ptr<int>, int*>);
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

TEST(Ptr, PanicsWhenANullOneIsFollowed) {
  const std::string expected = "runtime error: invalid memory address or nil pointer dereference";
  const go::ptr<point> none;
  EXPECT_EQ(panic_of([&] { none->x = 1; }), expected);
  EXPECT_EQ(panic_of([&] { (*none).x = 1; }), expected);
  EXPECT_EQ(panic_of([] { go::make_ptr<point>()->x = 1; }), "no panic");
}

#endif

}  // namespace
