// Tests of holdfast/base/reclaim/retired_list.hpp.
#include <holdfast/base/reclaim/retired_list.hpp>

#include <array>
#include <vector>

#include <gtest/gtest.h>

namespace {

using holdfast::reclaim::retirable;
using holdfast::reclaim::retired_list;

class RetiredList : public testing::Test {
 protected:
  RetiredList() {
    for (std::size_t i = 0; i < all.size(); ++i) all[i].note([](retirable*) noexcept {}, 10 * (i + 1));
  }

  // Numbers of those on the list, which is empty afterwards.
  std::vector<std::size_t> numbers_of(retired_list& list) const {
    std::vector<std::size_t> found;
    while (!list.empty()) found.push_back(static_cast<std::size_t>(&list.take_first() - all.data()));
    EXPECT_EQ(list.objects, 0u);
    EXPECT_EQ(list.bytes, 0u);
    return found;
  }

  std::array<retirable, 6> all;
};

TEST_F(RetiredList, AddsInFront) {
  retired_list list;
  for (std::size_t i = 0; i < 3; ++i) list.add(all[i]);
  EXPECT_EQ(list.objects, 3u);
  EXPECT_EQ(list.bytes, 60u);
  EXPECT_EQ(numbers_of(list), (std::vector<std::size_t>{2, 1, 0}));
}

TEST_F(RetiredList, TakesAnotherOneToItsEnd) {
  retired_list list, other;
  for (std::size_t i = 0; i < 2; ++i) list.add(all[i]);
  for (std::size_t i = 2; i < 4; ++i) other.add(all[i]);
  list.take(other);
  EXPECT_TRUE(other.empty());
  EXPECT_EQ(other.objects, 0u);
  EXPECT_EQ(list.objects, 4u);
  EXPECT_EQ(list.bytes, 100u);
  other.add(all[4]);
  list.take(other);
  EXPECT_EQ(numbers_of(list), (std::vector<std::size_t>{1, 0, 3, 2, 4}));
}

TEST_F(RetiredList, TakesFromAndToNothing) {
  retired_list list, other;
  list.take(other);
  EXPECT_TRUE(list.empty());
  other.add(all[0]);
  list.take(other);
  list.take(other);
  EXPECT_EQ(list.objects, 1u);
  // One that has run empty begins anew.
  EXPECT_EQ(numbers_of(list), std::vector<std::size_t>{0});
  other.add(all[1]);
  list.take(other);
  other.add(all[2]);
  list.take(other);
  EXPECT_EQ(numbers_of(list), (std::vector<std::size_t>{1, 2}));
}

}  // namespace
