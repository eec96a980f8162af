// Go's atomic.Value with its panics, by the tables of Go's own tests.
#include <holdfast/concurrent/go_atomic_value.hpp>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace {

using holdfast::go::any;
using holdfast::go::atomic_value;
using holdfast::go::runtime_error;

// What `act` panics with; empty if it does not.
template <class Act>
std::string panic_of(Act act) {
  try {
    act();
  } catch (const runtime_error& panic) {
    return panic.what();
  }
  return "";
}

// contract V1, T100
TEST(GoAtomicValue, IsNilBeforeTheFirstStoreAndThenHasTheLast) {
  atomic_value value;
  EXPECT_TRUE(value.load().is_nil());
  value.store(42);
  EXPECT_EQ(*value.load().as<int>(), 42);
  value.store(84);
  EXPECT_EQ(*value.load().as<int>(), 84);
  EXPECT_EQ(value.load().as<std::string>(), nullptr);
}

// contract V2, T100; covers hf.cell.go-panics
TEST(GoAtomicValue, PanicsForNilAndForAnotherTypeAlsoTheSecondTime) {
  atomic_value value;
  const char* const nil = "sync/atomic: store of nil value into Value";
  const char* const other = "sync/atomic: store of inconsistently typed value into Value";
  EXPECT_EQ(panic_of([&] { value.store(nullptr); }), nil);
  value.store(42);
  for (int times = 0; times < 2; ++times) {
    EXPECT_EQ(panic_of([&] { value.store(std::string("foo")); }), other);
    EXPECT_EQ(panic_of([&] { value.store(nullptr); }), nil);
  }
  EXPECT_EQ(*value.load().as<int>(), 42);
}

// contract V2, V3, T102; covers hf.cell.go-panics
TEST(GoAtomicValue, SwapGivesWhatWasThereOrPanics) {
  atomic_value value;
  EXPECT_EQ(panic_of([&] { (void)value.swap(nullptr); }), "sync/atomic: swap of nil value into Value");
  EXPECT_TRUE(value.swap(true).is_nil());
  EXPECT_EQ(panic_of([&] { (void)value.swap(1); }), "sync/atomic: swap of inconsistently typed value into Value");
  EXPECT_EQ(*value.swap(false).as<bool>(), true);
  EXPECT_EQ(*value.load().as<bool>(), false);
}

struct cannot_be_compared {
  int number = 0;
};

// contract V3, T103; covers hf.cell.go-panics
TEST(GoAtomicValue, CompareAndSwapGoesByValueOrPanics) {
  atomic_value value;
  EXPECT_EQ(panic_of([&] { (void)value.compare_and_swap(nullptr, nullptr); }),
            "sync/atomic: compare and swap of nil value into Value");
  EXPECT_EQ(panic_of([&] { (void)value.compare_and_swap(true, 1); }),
            "sync/atomic: compare and swap of inconsistently typed values");
  EXPECT_FALSE(value.compare_and_swap(1, 2)) << "there is none yet";
  EXPECT_TRUE(value.compare_and_swap(nullptr, 1));
  EXPECT_FALSE(value.compare_and_swap(nullptr, 2));
  EXPECT_FALSE(value.compare_and_swap(3, 2));
  EXPECT_TRUE(value.compare_and_swap(1, 2));
  EXPECT_EQ(panic_of([&] { (void)value.compare_and_swap(nullptr, true); }),
            "sync/atomic: compare and swap of inconsistently typed value into Value");
  EXPECT_EQ(*value.load().as<int>(), 2);

  atomic_value strange;
  strange.store(cannot_be_compared());
  EXPECT_NE(panic_of([&] {
              (void)strange.compare_and_swap(cannot_be_compared(), cannot_be_compared());
            }).find("comparing uncomparable type"),
            std::string::npos);
}

// contract V1, T101: of all first storers one decides the type
TEST(GoAtomicValue, OneOfTheFirstStorersDecidesTheType) {
  for (int round = 0; round < 200; ++round) {
    atomic_value value;
    std::atomic<int> stored{0};
    {
      std::vector<std::jthread> all;
      for (int thread = 0; thread < 4; ++thread) {
        all.emplace_back([&, thread] {
          const std::string panic =
              panic_of([&] { thread % 2 == 0 ? value.store(thread) : value.store(std::to_string(thread)); });
          stored += panic.empty() ? 1 : 0;
        });
      }
    }
    EXPECT_EQ(stored, 2);
  }
}

// contract T103: a counter by compare and swap
TEST(GoAtomicValue, CountsWithoutLosingAny) {
  constexpr int rounds = 300;
  atomic_value value;
  value.store(0);
  {
    std::vector<std::jthread> all;
    for (int thread = 0; thread < 4; ++thread) {
      all.emplace_back([&] {
        for (int n = 0; n < rounds; ++n) {
          for (any now = value.load(); !value.compare_and_swap(now, *now.as<int>() + 1); now = value.load()) {}
        }
      });
    }
  }
  EXPECT_EQ(*value.load().as<int>(), 4 * rounds);
}

}  // namespace
