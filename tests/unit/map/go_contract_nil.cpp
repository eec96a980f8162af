// A nil map, and what Go does when it is written to.
#include <stdexcept>
#include <string>

#include <gtest/gtest.h>

#include <holdfast/map/go_map.hpp>

namespace {

namespace go = holdfast::go;

// contract X4, M17, M40, M84
// covers hf.map.go-nil-reads
TEST(GoNil, ReadsLikeAnEmptyMap) {
  go::map<std::string, int> nil;
  EXPECT_TRUE(nil == nullptr);
  EXPECT_EQ(nil.len(), 0u);
  EXPECT_EQ(len(nil), 0u);
  EXPECT_EQ(nil.get("a"), 0);
  const auto found = nil.lookup("a");
  EXPECT_FALSE(found.ok);
  EXPECT_EQ(found.value, 0);
  const int read = nil["a"];
  EXPECT_EQ(read, 0);
  nil.erase("a");
  nil.clear();
  EXPECT_TRUE(nil == nullptr);
  EXPECT_FALSE(nil.audit());
}

#if HOLDFAST_EXCEPTIONS

template <class Write>
std::string text_of(Write write) {
  try {
    write();
  } catch (const go::runtime_error& error) {
    return error.what();
  }
  return "nothing was thrown";
}

// contract M20, T44
// covers hf.map.go-nil-refuses
TEST(GoNil, RefusesAnInsertWithGosText) {
  go::map<std::string, int> nil;
  const std::string text = "assignment to entry in nil map";
  EXPECT_EQ(text_of([&] { nil.set("a", 1); }).rfind(text, 0), 0u);
  EXPECT_EQ(text_of([&] { nil["a"] = 1; }).rfind(text, 0), 0u);
  EXPECT_EQ(text_of([&] { nil["a"] += 1; }).rfind(text, 0), 0u);
  EXPECT_TRUE(nil == nullptr);
}

// contract T44
TEST(GoNil, RefusalIsOfTheRuntimeErrorClass) {
  go::map<int, int> nil;
  EXPECT_THROW(nil.set(1, 1), go::runtime_error);
  EXPECT_THROW(nil.set(1, 1), std::exception);
}

struct never_hashed {
  int number;
  friend bool operator==(const never_hashed&, const never_hashed&) = default;
};

}  // namespace

template <>
struct std::hash<never_hashed> {
  std::size_t operator()(const never_hashed&) const { throw std::logic_error("hashed"); }
};

namespace {

// contract M20
// covers hf.map.go-nil-refuses
TEST(GoNil, RefusesBeforeTheKeyIsHashed) {
  go::map<never_hashed, int> nil;
  EXPECT_THROW(nil.set({1}, 1), go::runtime_error);
}

#endif

// contract M85, T70
TEST(GoNil, ClonesToNil) {
  go::map<int, int> nil;
  EXPECT_TRUE(nil.clone() == nullptr);
}

// contract M83: maps compare with nil only
template <class Map>
concept comparable_with_itself = requires(const Map& a, const Map& b) { a == b; };
TEST(GoNil, IsTheOnlyThingAMapComparesWith) {
  EXPECT_FALSE((comparable_with_itself<go::map<int, int>>));
  EXPECT_FALSE((go::make_map<int, int>() == nullptr));
}

// contract M16, T14
TEST(GoNil, AMissingEntryOfALargeTypeReadsAsZero) {
  struct large {
    unsigned char bytes[4000];
  };
  auto map = go::make_map<int, large>();
  large full{};
  for (unsigned char& byte : full.bytes) byte = 0xff;
  map.set(1, full);
  map.erase(1);
  const auto found = map.lookup(1);
  EXPECT_FALSE(found.ok);
  for (const unsigned char byte : found.value.bytes) ASSERT_EQ(byte, 0);
}

// contract M16
// covers hf.map.go-comma-ok
TEST(GoNil, CommaOkTellsAZeroValueFromAnAbsentOne) {
  auto map = go::make_map<int, int>();
  map.set(1, 0);
  EXPECT_TRUE(map.lookup(1).ok);
  EXPECT_FALSE(map.lookup(2).ok);
  auto [value, ok] = map.lookup(1);
  EXPECT_EQ(value, 0);
  EXPECT_TRUE(ok);
}

}  // namespace
