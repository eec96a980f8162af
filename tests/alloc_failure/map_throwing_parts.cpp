// Hash, equality, constructors and assignments of the user that throw at their n-th call, for all n.
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include <holdfast/map/map.hpp>

#include "tests/alloc_failure/every_failure.hpp"

namespace {

struct thrown {};

// Counts down at every call of the user's code; throws at zero.
struct fuse {
  static inline std::int64_t left = -1;
  static inline std::int64_t alive = 0;
  static void burn() {
    if (left >= 0 && left-- == 0) throw thrown();
  }
};

struct part {
  int number;
  explicit part(int n = 0) : number(n) {
    fuse::burn();
    ++fuse::alive;
  }
  part(const part& other) : number(other.number) {
    fuse::burn();
    ++fuse::alive;
  }
  part(part&& other) : number(other.number) {
    fuse::burn();
    ++fuse::alive;
  }
  part& operator=(const part& other) {
    fuse::burn();
    number = other.number;
    return *this;
  }
  ~part() { --fuse::alive; }

 protected:
  struct quietly {};
  part(quietly, int n) noexcept : number(n) { ++fuse::alive; }

 public:
  friend bool operator==(const part& a, const part& b) { return a.number == b.number; }
  friend bool operator<(const part& a, const part& b) { return a.number < b.number; }
};

// Inline in the table, but copying and hashing may throw.
struct light_part : part {
  using part::part;
  light_part(const light_part&) = default;
  light_part(light_part&& other) noexcept : part(quietly(), other.number) {}
  light_part& operator=(const light_part&) = default;
};

struct throwing_hash {
  std::size_t operator()(const part& key) const {
    fuse::burn();
    return static_cast<std::size_t>(key.number % 13);
  }
};
struct throwing_equal {
  bool operator()(const part& a, const part& b) const {
    fuse::burn();
    return a.number == b.number;
  }
};

template <class Policy>
class ThrowingParts : public testing::Test {
 protected:
  template <class Part>
  using map_of = holdfast::map<Part, Part, throwing_hash, throwing_equal, std::allocator<std::pair<const Part, Part>>, Policy>;

  template <class Part>
  static std::map<int, int> contents(const map_of<Part>& map) {
    std::map<int, int> all;
    for (const auto& [key, value] : map) all.emplace(key.number, value.number);
    return all;
  }

  // The arguments are made before the fuse is lit.
  template <class Part, class Operate>
  static int throw_at_every_call(int entries, Operate operate) {
    for (int n = 0;; ++n) {
      const std::int64_t alive = fuse::alive;
      {
        map_of<Part> map;
        for (int number = 0; number < entries; ++number) map.try_emplace(Part(number), number);
        const auto before = contents<Part>(map);
        const Part new_key(1000);
        const Part old_key(entries / 2);
        const Part value(77);
        bool failed = false;
        fuse::left = n;
        try {
          operate(map, new_key, old_key, value);
        } catch (const thrown&) {
          failed = true;
        }
        fuse::left = -1;
        const auto fault = map.audit();
        EXPECT_FALSE(fault) << "call " << n << ": " << fault->invariant << ": " << fault->text;
        if (!failed) return n;
        EXPECT_EQ(contents<Part>(map), before) << "call " << n << " of " << entries << " entries";
      }
      EXPECT_EQ(fuse::alive, alive) << "call " << n;
      if (testing::Test::HasFailure()) return n;
    }
  }
  template <class Operate>
  static void check(Operate operate) {
    for (const int entries : {0, 1, 7, 8, 13, 14, 24, 26, 28, 56, 57, 112}) {
      EXPECT_GT((throw_at_every_call<part>(entries, operate)), 0);
      EXPECT_GT((throw_at_every_call<light_part>(entries, operate)), 0);
      if (testing::Test::HasFailure()) return;
    }
  }
};
using policies = testing::Types<holdfast::fast_growth, holdfast::go_growth, holdfast::stable<holdfast::fast_growth>>;
TYPED_TEST_SUITE(ThrowingParts, policies);

TYPED_TEST(ThrowingParts, InInsertLeaveTheMapAsItWas) {
  this->check([](auto& map, const auto& key, const auto&, const auto& value) { map.insert({key, value}); });
}
TYPED_TEST(ThrowingParts, InTryEmplaceLeaveTheMapAsItWas) {
  this->check([](auto& map, const auto& key, const auto&, const auto& value) { map.try_emplace(key, value); });
}
TYPED_TEST(ThrowingParts, InEmplaceLeaveTheMapAsItWas) {
  this->check([](auto& map, const auto& key, const auto&, const auto& value) { map.emplace(key, value); });
}
TYPED_TEST(ThrowingParts, InSubscriptLeaveTheMapAsItWas) {
  this->check([](auto& map, const auto& key, const auto&, const auto&) { map[key]; });
}
TYPED_TEST(ThrowingParts, InInsertOrAssignLeaveTheMapAsItWas) {
  this->check([](auto& map, const auto& key, const auto&, const auto& value) { map.insert_or_assign(key, value); });
  this->check([](auto& map, const auto&, const auto& key, const auto& value) { map.insert_or_assign(key, value); });
}
TYPED_TEST(ThrowingParts, InEraseLeaveTheMapAsItWas) {
  this->check([](auto& map, const auto&, const auto& key, const auto&) {
    const bool throws_before = map.contains(key);
    static_cast<void>(throws_before);
    map.erase(key);
  });
}
TYPED_TEST(ThrowingParts, InLookupsLeaveTheMapAsItWas) {
  this->check([](auto& map, const auto& key, const auto& old_key, const auto&) {
    static_cast<void>(map.contains(key));
    static_cast<void>(map.get(old_key));
    static_cast<void>(map.find(old_key) == map.end());
  });
}
TYPED_TEST(ThrowingParts, InReserveLeaveTheEntriesAsTheyWere) {
  for (const int entries : {9, 28, 57}) {
    EXPECT_GT((this->template throw_at_every_call<part>(entries, [](auto& map, auto&&...) { map.reserve(600); })), 0);
    EXPECT_GT((this->template throw_at_every_call<light_part>(entries, [](auto& map, auto&&...) { map.reserve(600); })), 0);
  }
}
TYPED_TEST(ThrowingParts, InShrinkLeaveTheEntriesAsTheyWere) {
  const auto shrink = [](auto& map, auto&&...) { map.shrink_to_fit(); };
  const auto shrink_after_reserve = [](auto& map, auto&&...) {
    const std::int64_t left = std::exchange(fuse::left, -1);
    map.reserve(2000);
    fuse::left = left;
    map.shrink_to_fit();
  };
  for (const int entries : {9, 28, 57}) {
    static_cast<void>(this->template throw_at_every_call<light_part>(entries, shrink));
    EXPECT_GT((this->template throw_at_every_call<light_part>(entries, shrink_after_reserve)), 0);
    EXPECT_GT((this->template throw_at_every_call<part>(entries, shrink_after_reserve)), 0);
  }
}
TYPED_TEST(ThrowingParts, InGrowthStepsLoseNothing) {
  this->template throw_at_every_call<light_part>(113, [](auto& map, auto&&...) { map.step_growth(3); });
  this->template throw_at_every_call<light_part>(113, [](auto& map, auto&&...) { map.finish_growth(); });
}
TYPED_TEST(ThrowingParts, InACopyLeaveNothingBehind) {
  for (const int entries : {1, 28, 57}) {
    EXPECT_GT((this->template throw_at_every_call<part>(entries, [](auto& map, auto&&...) { const auto copy = map; })), 0);
    EXPECT_GT((this->template throw_at_every_call<light_part>(entries, [](auto& map, auto&&...) { const auto copy = map; })), 0);
  }
}

}  // namespace
