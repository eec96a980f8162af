// What sync_map promises where key and value lie in the bucket: which types do, and what a pin of one is.
#include <holdfast/concurrent/sync_map.hpp>

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "tests/unit/map/counting_allocator.hpp"

namespace {

using holdfast::sync_map;

template <class Key, class T, class Hash = holdfast::hash<Key>, class Equal = holdfast::equal_to<Key>>
constexpr bool in_bucket = holdfast::concurrent::fits_in_pair<Key, T, Hash, Equal>;

enum class colour : std::uint8_t { red, green };
struct point {
  float x, y;
  friend bool operator==(const point&, const point&) = default;
};
struct padded {
  char letter;
  int number;
  friend bool operator==(const padded&, const padded&) = default;
};
struct not_default {
  explicit not_default(int n) : number(n) {}
  int number;
  friend bool operator==(const not_default&, const not_default&) = default;
};
struct copies_itself {
  copies_itself() = default;
  copies_itself(const copies_itself& other) : number(other.number + 1) {}
  int number = 0;
};
struct throwing_hash {
  std::uint64_t operator()(int key, std::uint64_t) const { return static_cast<std::uint64_t>(key); }
};
struct own_equal {
  bool operator()(int a, int b) const noexcept { return a % 10 == b % 10; }
};

// Letters that differ in case are one key, and hash alike.
enum class letter : char {};
constexpr char small(letter one) { return static_cast<char>(static_cast<char>(one) | 0x20); }
constexpr bool operator==(letter a, letter b) { return small(a) == small(b); }
struct letter_hash {
  std::uint64_t operator()(letter one, std::uint64_t seed) const noexcept {
    return holdfast::mix_word(static_cast<std::uint64_t>(small(one)), seed);
  }
};

static_assert(!in_bucket<letter, int, letter_hash>);
static_assert(in_bucket<std::uint64_t, void*> && in_bucket<int, colour> && in_bucket<colour, point> && in_bucket<bool, bool>);
static_assert(in_bucket<const char*, padded> && in_bucket<char, not_default> && in_bucket<int, double>);
static_assert(in_bucket<int, int, std::hash<int>, std::equal_to<int>>);
static_assert(!in_bucket<std::string, int> && !in_bucket<int, std::string> && !in_bucket<int, std::unique_ptr<int>>);
static_assert(!in_bucket<double, int> && !in_bucket<int, copies_itself> && !in_bucket<int, std::array<int, 3>>);
static_assert(!in_bucket<int, int, throwing_hash> && !in_bucket<int, int, holdfast::hash<int>, own_equal>);
static_assert(!in_bucket<int, std::atomic<int>>);

template <class Key, class T>
void keeps(std::vector<Key> keys, std::vector<T> values) {
  sync_map<Key, T> map;
  for (std::size_t i = 0; i < keys.size(); ++i) map.store(keys[i], values[i]);
  for (std::size_t i = 0; i < keys.size(); ++i) {
    ASSERT_TRUE(map.pin(keys[i]));
    EXPECT_EQ(*map.pin(keys[i]), values[i]);
    EXPECT_EQ(map.load(keys[i]), values[i]);
    EXPECT_TRUE(map.compare_exchange(keys[i], values[i], values[0]));
    EXPECT_TRUE(map.compare_erase(keys[i], values[0]));
    EXPECT_FALSE(map.load(keys[i]));
  }
  EXPECT_TRUE(map.empty());
}

TEST(SyncMapPairs, KeepTypesOfEverySize) {
  keeps<bool, bool>({false, true}, {true, false});
  keeps<std::int8_t, point>({-128, 0, 127}, {{1, 2}, {0, -0.0F}, {3, 4}});
  keeps<std::int64_t, double>({std::numeric_limits<std::int64_t>::min(), -1, 0, 1}, {1.5, -0.5, 0.0, 2.5});
  keeps<colour, padded>({colour::red, colour::green}, {{'a', 1}, {'b', -1}});
  int one = 0, two = 0;
  keeps<int*, not_default>({nullptr, &one, &two}, {not_default(1), not_default(2), not_default(3)});
}

TEST(SyncMapPairs, AreNotWhatHasAnEqualityOfItsOwn) {
  sync_map<letter, int, letter_hash> map;
  map.store(letter{'a'}, 1);
  map.store(letter{'A'}, 2);
  EXPECT_EQ(map.size(), 1U);
  EXPECT_EQ(map.load(letter{'a'}), 2);
}

// The bytes between members are anything; they do not make a value another one.
TEST(SyncMapPairs, DoNotCompareWhatIsBetweenMembers) {
  sync_map<int, padded> map;
  alignas(padded) unsigned char room[sizeof(padded)];
  for (unsigned char& byte : room) byte = 0xee;
  auto* const odd = ::new (room) padded{'x', 5};
  map.store(1, *odd);
  EXPECT_TRUE(map.compare_exchange(1, padded{'x', 5}, padded{'y', 6}));
  EXPECT_TRUE(map.alter(1, [](const padded* old) { return std::optional(padded{old->letter, old->number + 1}); }));
  EXPECT_EQ(map.load(1), (padded{'y', 7}));
}

TEST(SyncMapPairs, AreChangedByAlterUntilNobodyComesBetween) {
  sync_map<int, int> map;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&] {
      for (int n = 0; n < 5000; ++n) map.alter(7, [](const int* old) { return std::optional(old == nullptr ? 1 : *old + 1); });
    });
  }
  for (std::thread& one : threads) one.join();
  EXPECT_EQ(map.load(7), 20'000);
}

// covers hf.concurrent.pin-holds
TEST(SyncMapPairs, PinsHaveTheValueInThemselves) {
  auto map = std::make_unique<sync_map<int, int>>();
  map->store(1, 10);
  auto held = map->pin(1);
  auto again = held.dup();
  map->store(1, 20);
  map.reset();
  EXPECT_EQ(*held, 10);
  const auto moved = std::move(held);
  EXPECT_FALSE(held);
  EXPECT_EQ(held.get(), nullptr);
  EXPECT_EQ(*moved, 10);
  EXPECT_EQ(*again.get(), 10);
  again.reset();
  EXPECT_FALSE(again);
  EXPECT_FALSE(again.dup());
  static_assert(!std::is_copy_constructible_v<decltype(again)>);
}

// covers hf.concurrent.overwrite-allocates-nothing
TEST(SyncMapPairs, NeedNoMemoryToBeStoredAgain) {
  using namespace holdfast::tests;
  using counted = sync_map<std::uint64_t, std::uint64_t, holdfast::hash<std::uint64_t>, holdfast::equal_to<std::uint64_t>,
                           counting_allocator<std::pair<const std::uint64_t, std::uint64_t>>>;
  ledger book;
  {
    counted map{counted::allocator_type(book)};
    for (std::uint64_t key = 0; key < 5000; ++key) map.store(key, key);
    const auto before = book.allocations;
    for (std::uint64_t key = 0; key < 5000; ++key) map.store(key, key + 1);
    EXPECT_EQ(book.allocations, before);
    for (std::uint64_t key = 0; key < 5000; ++key) ASSERT_EQ(map.load(key), key + 1);
  }
  EXPECT_EQ(book.bytes, 0);
}

// A reader must never see the key of one store beside the value of another, nor what is left over in a slot.
// covers hf.concurrent.pair-is-whole, hf.concurrent.found-is-published
TEST(SyncMapPairs, AreReadWholeWhileKeysTakeTurnsInASlot) {
  struct one_bucket {  // and one tag: every key may lie in every slot
    std::uint64_t operator()(std::uint64_t, std::uint64_t) const noexcept { return 0x7700'0000'0000'0000; }
  };
  sync_map<std::uint64_t, std::uint64_t, one_bucket> map;
  std::atomic<bool> stop{false};
  std::thread writer([&] {
    // About half of the keys are absent at a time, so a slot has one after the other.
    for (std::uint64_t n = 0; !stop.load(std::memory_order_relaxed); ++n) {
      const std::uint64_t random = holdfast::mix_word(n, 1);
      if (const std::uint64_t key = random % 5; random >> 63 != 0) map.store(key, n << 8 | key);
      else map.erase(key);
    }
  });
  for (int n = 0; n < 200'000; ++n) {
    const std::uint64_t key = static_cast<std::uint64_t>(n) % 5;
    if (const auto there = map.load(key)) {
      ASSERT_EQ(*there & 0xff, key);
    }
  }
  stop = true;
  writer.join();
}

#if HOLDFAST_HAVE_ATOMIC_PAIR && !defined(__AVX__) && !HOLDFAST_TSAN
// As on a processor that does not move sixteen bytes as a whole: lookups take the slow way, and find the same.
TEST(SyncMapPairs, AreFoundWithoutWholeMoves) {
  struct without_whole_moves {
    const bool before = std::exchange(holdfast::moves_pairs_whole, false);
    ~without_whole_moves() { holdfast::moves_pairs_whole = before; }
  } for_now;
  sync_map<std::uint64_t, std::uint64_t> map;
  for (std::uint64_t n = 0; n < 5000; ++n) map.store(n, n * n);
  for (std::uint64_t n = 0; n < 5000; n += 2) EXPECT_TRUE(map.erase(n));
  for (std::uint64_t n = 0; n < 5000; ++n) EXPECT_EQ(map.load(n), n % 2 == 0 ? std::nullopt : std::optional(n * n));
  EXPECT_FALSE(map.audit());
}
#endif

}  // namespace
