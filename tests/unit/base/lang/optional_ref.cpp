#include <holdfast/base/lang/optional_ref.hpp>

#include <optional>
#include <string>
#include <type_traits>

#include <gtest/gtest.h>

namespace {

using holdfast::optional_ref;

TEST(OptionalRef, IsAbsentWhenMadeOfNothing) {
  const optional_ref<int> none;
  const optional_ref<int> said_so = std::nullopt;
  EXPECT_FALSE(none);
  EXPECT_FALSE(said_so.has_value());
  EXPECT_EQ(none, std::nullopt);
  EXPECT_EQ(none.pointer(), nullptr);
}

TEST(OptionalRef, WritesThroughToWhatItRefersTo) {
  int age = 41;
  const optional_ref<int> ref = age;
  ASSERT_TRUE(ref);
  *ref += 1;
  EXPECT_EQ(age, 42);
  EXPECT_EQ(&*ref, &age);
  EXPECT_EQ(&ref.value(), &age);
  EXPECT_NE(ref, std::nullopt);
}

TEST(OptionalRef, ReachesMembersByArrow) {
  std::string name = "ann";
  const optional_ref<std::string> ref = name;
  EXPECT_EQ(ref->size(), 3u);
}

TEST(OptionalRef, RebindsOnAssignment) {
  int first = 1;
  int second = 2;
  optional_ref<int> ref = first;
  ref = optional_ref<int>(second);
  EXPECT_EQ(&*ref, &second);
  EXPECT_EQ(first, 1);
}

TEST(OptionalRef, GivesTheDefaultOnlyWhenAbsent) {
  const int present = 7;
  EXPECT_EQ(optional_ref<const int>(present).value_or(9), 7);
  EXPECT_EQ(optional_ref<const int>().value_or(9), 9);
  EXPECT_EQ(optional_ref<std::string>().value_or("nobody"), "nobody");
}

TEST(OptionalRef, ComesFromAPointerThatMayBeNull) {
  int value = 3;
  EXPECT_EQ(&*optional_ref<int>::from_pointer(&value), &value);
  EXPECT_FALSE(optional_ref<int>::from_pointer(nullptr));
}

struct base {};
struct derived : base {};

// covers hf.lang.optional-ref-const
TEST(OptionalRef, AddsConstAndNothingElse) {
  static_assert(std::is_convertible_v<optional_ref<int>, optional_ref<const int>>);
  static_assert(!std::is_constructible_v<optional_ref<int>, optional_ref<const int>>);
  static_assert(!std::is_constructible_v<optional_ref<base>, optional_ref<derived>>);
  int value = 5;
  const optional_ref<const int> ref = optional_ref<int>(value);
  EXPECT_EQ(&*ref, &value);
}

// covers hf.lang.optional-ref-no-temporaries
TEST(OptionalRef, RefusesTemporaries) {
  static_assert(!std::is_constructible_v<optional_ref<const std::string>, std::string>);
  static_assert(!std::is_constructible_v<optional_ref<std::string>, std::string>);
  static_assert(std::is_constructible_v<optional_ref<const std::string>, std::string&>);
}

TEST(OptionalRef, IsOneWord) {
  static_assert(sizeof(optional_ref<std::string>) == sizeof(void*));
  static_assert(std::is_trivially_copyable_v<optional_ref<std::string>>);
}

TEST(OptionalRef, WorksAtCompileTime) {
  static_assert(!optional_ref<const int>());
  static_assert(optional_ref<const int>(std::nullopt).value_or(3) == 3);
}

}  // namespace
