// A must_check gives its object to who asks first.
#include <holdfast/lifetime/must_check.hpp>

#include <memory>
#include <optional>
#include <string>
#include <type_traits>

#include <gtest/gtest.h>

#include <holdfast/lifetime/sync_handle_pool.hpp>

namespace {

using holdfast::must_check;

struct user {
  int age = 41;
};

must_check<const user*> find(const user* one) { return one; }

// covers hf.lifetime.must-check-tested
TEST(MustCheck, GivesTheObjectAfterATest) {
  const user ann;
  if (auto found = find(&ann).checked()) {
    EXPECT_EQ(found->age, 41);
    EXPECT_EQ((*found).age, 41);
    EXPECT_EQ(found.get(), &ann);
  } else {
    FAIL();
  }
  EXPECT_FALSE(find(nullptr).checked());
  EXPECT_TRUE(find(nullptr) == nullptr);
  EXPECT_FALSE(find(&ann) == nullptr);
  EXPECT_EQ(&find(&ann).must(), &ann);
}

// covers hf.lifetime.must-check-tested
TEST(MustCheck, VisitsOneOfTwoFunctions) {
  const user ann;
  const auto age = [](const user* one) {
    return find(one).visit([](const user& found) { return found.age; }, [] { return -1; });
  };
  EXPECT_EQ(age(&ann), 41);
  EXPECT_EQ(age(nullptr), -1);
  EXPECT_EQ(find(&ann).value_or(user{7}).age, 41);
  EXPECT_EQ(find(nullptr).value_or(user{7}).age, 7);
}

// covers hf.lifetime.must-check-constexpr
TEST(MustCheck, WorksAtCompileTime) {
  // Objects of the evaluation itself: under UBSan g++ does not know that those of the program are not at null.
  constexpr auto kept = [] {
    const user ann;
    const must_check<const user*> present(&ann);
    const must_check<const user*> absent(nullptr);
    return present.checked() && present.checked()->age == 41 && !absent.checked() && absent == nullptr &&
           absent.visit([](const user& one) { return one.age; }, [] { return 0; }) == 0 &&
           absent.value_or(user{3}).age == 3 && present.must().age == 41;
  };
  static_assert(kept());
}

// covers hf.lifetime.must-check-any-pointer
TEST(MustCheck, OwnsWhatItsPointerOwns) {
  must_check<std::unique_ptr<user>> owner(std::make_unique<user>(user{5}));
  EXPECT_EQ(owner.checked()->age, 5);
  owner.checked()->age = 6;
  EXPECT_EQ(owner.must().age, 6);
  const std::unique_ptr<user> taken = std::move(owner).unchecked();
  EXPECT_EQ(taken->age, 6);
  EXPECT_FALSE(owner.checked());
  static_assert(!std::is_copy_constructible_v<must_check<std::unique_ptr<user>>>);

  const must_check<std::shared_ptr<user>> shared(std::make_shared<user>());
  EXPECT_EQ(shared.unchecked().use_count(), 1);
  EXPECT_EQ(shared.value_or(user{1}).age, 41);

  holdfast::sync_handle_pool<user> pool;
  const auto one = pool.make(user{9});
  const must_check<holdfast::reclaim::pin<user>> pinned(one.pin());
  pool.erase(one);
  EXPECT_EQ(pinned.checked()->age, 9);
}

template <class One>
concept answers = requires(One&& one) {
  std::forward<One>(one).checked();
  std::forward<One>(one).must();
};

TEST(MustCheck, AnOwnerIsNotAskedAsATemporary) {
  using owner = must_check<std::unique_ptr<user>>;
  static_assert(answers<owner&> && answers<const owner&> && !answers<owner>);
  static_assert(answers<must_check<user*>>);
  SUCCEED();
}

}  // namespace
