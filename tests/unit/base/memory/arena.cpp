// An arena: where objects lie, when they end, what happens when it is full.
#include <holdfast/base/memory/arena.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <memory_resource>
#include <new>
#include <numeric>
#include <random>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <vector>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <holdfast/base/memory/arena_resource.hpp>
#include <holdfast/base/memory/chunk_store.hpp>
#include <holdfast/base/memory/request_arena.hpp>
#include <holdfast/base/memory/sanitizer_hooks.hpp>

#include "tests/mutation/pages_for_tests.hpp"

namespace {

using namespace holdfast;
using memory::chunk_bytes;
using memory::largest_small;
using memory::page_kind;
using memory::region_bytes;

std::uintptr_t address(const void* object) { return reinterpret_cast<std::uintptr_t>(object); }

// covers hf.arena.one-place
TEST(Arena, ObjectsDoNotOverlapAndLieAtTheirAlignment) {
  arena memory;
  std::mt19937_64 random(1);
  std::map<std::uintptr_t, std::size_t> rooms;  // by address: size
  for (int n = 0; n < 20'000; ++n) {
    const std::size_t size = n % 50 == 0 ? random() % 100'000 : random() % 300;
    const std::size_t align = std::size_t{1} << random() % 13;
    void* const room = memory.allocate(size, align);
    ASSERT_EQ(address(room) % align, 0u);
    std::memset(room, n, size);
    rooms.emplace(address(room), std::max<std::size_t>(size, 1));
  }
  ASSERT_EQ(rooms.size(), 20'000u);
  for (auto one = rooms.begin(), next = std::next(one); next != rooms.end(); ++one, ++next)
    ASSERT_LE(one->first + one->second, next->first);
  for (const auto& [at, size] : rooms) EXPECT_TRUE(memory.owns(reinterpret_cast<void*>(at)));
}

// covers hf.arena.one-place
TEST(Arena, LineArenaGivesEachObjectItsLines) {
  line_arena memory;
  std::uintptr_t before = 0;
  for (int n = 0; n < 5000; ++n) {
    const std::uintptr_t at = address(memory.make<int>(n));
    EXPECT_EQ(at % 64, 0u);
    EXPECT_NE(at / 64, before / 64);
    before = at;
  }
}

TEST(Arena, MakesObjectsArraysAndStrings) {
  arena memory;
  struct pair {
    int a;
    double b;
  };
  const pair* const made = memory.make<pair>(1, 2.5);
  EXPECT_EQ(made->a, 1);
  EXPECT_EQ(made->b, 2.5);
  const std::span<int> zeros = memory.make_array<int>(1000);
  EXPECT_EQ(zeros.size(), 1000u);
  EXPECT_TRUE(std::ranges::all_of(zeros, [](int one) { return one == 0; }));
  EXPECT_TRUE(memory.make_array<int>(0).empty());
  const char text[] = "books";
  const std::string_view copy = memory.make_string(text);
  EXPECT_EQ(copy, "books");
  EXPECT_NE(copy.data(), text);
  EXPECT_EQ(copy.data()[5], '\0');
  EXPECT_EQ(memory.make_string("").size(), 0u);
  const std::string long_text(200'000, 'x');
  EXPECT_EQ(memory.make_string(long_text), long_text);
}

struct tracked {
  tracked(std::vector<int>& log, int number) : log_(log), number_(number) {}
  tracked(const tracked&) = delete;
  ~tracked() { log_.push_back(number_); }
  std::vector<int>& log_;
  int number_;
};

// covers hf.arena.destroyed-in-reverse
TEST(Arena, DestroysNewestFirstAndOnce) {
  std::vector<int> log;
  arena memory;
  for (int n = 0; n < 3; ++n) static_cast<void>(memory.make<tracked>(log, n));
  EXPECT_EQ(memory.stats().destructors, 3u);
  memory.reset();
  EXPECT_EQ(log, (std::vector<int>{2, 1, 0}));
  memory.reset();
  EXPECT_EQ(log.size(), 3u);
  static_cast<void>(memory.make<tracked>(log, 7));
  memory.release();
  EXPECT_EQ(log.back(), 7);
  {
    arena other;
    static_cast<void>(other.make<tracked>(log, 8));
  }
  EXPECT_EQ(log.back(), 8);
}

std::vector<int>* array_log = nullptr;
struct array_tracked {
  int number = array_log == nullptr ? 0 : static_cast<int>(array_log->size());
  ~array_tracked() { array_log->push_back(number); }
};

// covers hf.arena.destroyed-in-reverse
TEST(Arena, DestroysArraysLastElementFirst) {
  std::vector<int> log;
  array_log = &log;
  arena memory;
  const std::span<array_tracked> all = memory.make_array<array_tracked>(4);
  std::iota(reinterpret_cast<int*>(all.data()), reinterpret_cast<int*>(all.data()) + 4, 0);
  memory.reset();
  EXPECT_EQ(log, (std::vector<int>{3, 2, 1, 0}));
}

// covers hf.arena.destroyed-in-reverse
TEST(Arena, KeepsNoDestructorOfTrivialTypes) {
  arena memory;
  static_cast<void>(memory.make<int>(1));
  static_cast<void>(memory.make_array<double>(5));
  EXPECT_EQ(memory.stats().destructors, 0u);
}

struct allocates_when_it_dies {
  arena* memory;
  std::vector<int>* log;
  ~allocates_when_it_dies() { static_cast<void>(memory->make<tracked>(*log, 99)); }
};

// covers hf.arena.destroyed-in-reverse
TEST(Arena, DestructorsMayUseTheArena) {
  std::vector<int> log;
  arena memory;
  static_cast<void>(memory.make<allocates_when_it_dies>(&memory, &log));
  memory.reset();
  EXPECT_EQ(log, std::vector<int>{99});
  EXPECT_EQ(memory.stats().bytes_used, 0u);
}

struct throws_at_birth {
  explicit throws_at_birth(std::vector<int>& log) : part(log, 5) { throw std::runtime_error("no"); }
  tracked part;
};

// covers hf.arena.strong-make
TEST(Arena, DestroysNothingThatWasNeverMade) {
  std::vector<int> log;
  arena memory;
  static_cast<void>(memory.make<tracked>(log, 1));
  EXPECT_THROW(static_cast<void>(memory.make<throws_at_birth>(log)), std::runtime_error);
  EXPECT_EQ(log, std::vector<int>{5});
  memory.reset();
  EXPECT_EQ(log, (std::vector<int>{5, 1}));
}

// covers hf.arena.chunks-kept
TEST(Arena, WarmItAsksNobodyForMemory) {
  tests::pages_for_tests pages;
  memory::chunk_store store(pages);
  for (const after_reset rung : {after_reset::off, after_reset::generation, after_reset::poison}) {
    arena memory({.check = rung, .chunks = &store});
    for (int round = 0; round < 5; ++round) {
      for (int n = 0; n < 10'000; ++n) static_cast<void>(memory.make<std::array<char, 64>>());
      const std::size_t held = memory.stats().bytes_held;
      EXPECT_GE(held, 640'000u);
      EXPECT_LT(held, 800'000u + (memory::has_address_sanitizer() ? 300'000u : 0u));
      memory.reset();
      EXPECT_EQ(memory.stats().bytes_held, held);
      EXPECT_EQ(memory.stats().bytes_used, 0u);
      EXPECT_EQ(memory.stats().chunks, 0u);
      pages.maps_until_refusal = 0;  // and it works without
    }
    pages.maps_until_refusal = -1;
    memory.release();
    EXPECT_EQ(memory.stats().bytes_held, 0u);
  }
  EXPECT_EQ(store.stats().used_chunks, 0u);
  EXPECT_EQ(pages.mapped, region_bytes);
}

// covers hf.arena.large-apart
TEST(Arena, LargeObjectsHaveASpanOfTheirOwnAndGoBackAtReset) {
  tests::pages_for_tests pages;
  memory::chunk_store store(pages);
  arena memory({.chunks = &store});
  static_cast<void>(memory.allocate(8));
  for (const std::size_t size : {largest_small + 1, chunk_bytes, 5 * chunk_bytes, 31 * chunk_bytes - 4096,
                                 31 * chunk_bytes, region_bytes, 3 * region_bytes + 5}) {
    auto* const room = static_cast<char*>(memory.allocate(size));
    std::memset(room, 1, size);
    EXPECT_TRUE(memory.owns(room + size - 1));
  }
  EXPECT_EQ(memory.stats().large_objects, 7u);
  EXPECT_EQ(memory.stats().chunks, 8u);
  const std::size_t mapped = pages.mapped;
  memory.reset();
  EXPECT_EQ(memory.stats().bytes_held, chunk_bytes);
  EXPECT_LT(pages.mapped, mapped);  // the tails have gone
  memory.release();
  EXPECT_EQ(store.stats().used_chunks, 0u);
}

// covers hf.arena.large-apart
TEST(Arena, AVeryLargeObjectUsesTheAddressesOfTheOneBefore) {
  tests::pages_for_tests pages;
  memory::chunk_store store(pages);
  arena memory({.chunks = &store});
  for (int round = 0; round < 20; ++round) {
    auto* const room = static_cast<char*>(memory.allocate(3 * region_bytes));
    room[3 * region_bytes - 1] = 1;
    memory.reset();
  }
  EXPECT_LE(store.stats().regions, 3u);
}

// contract T110
TEST(Arena, ServesSmallAndManyLargeObjects) {
  arena memory({.pages = page_kind::plain});
  int* const one = memory.make<int>(5);
  const std::span<int> hundred = memory.make_array<int>(100);
  const std::span<int> slice = hundred.first(99);
  std::ranges::fill(slice, 7);
  std::vector<unsigned char*> large;
  for (int n = 0; n < 640; ++n) {
    large.push_back(static_cast<unsigned char*>(memory.allocate(1 << 20)));
    large.back()[0] = static_cast<unsigned char>(n);
  }
  for (std::size_t n = 0; n < 640; ++n) ASSERT_EQ(large[n][0], n & 0xff);
  EXPECT_EQ(*one, 5);
  EXPECT_EQ(slice[98] + hundred[99], 7);
}

// contract T111
TEST(Arena, ParallelArenasKeepTheirContentsApart) {
  arena one;
  arena two;
  std::vector<std::span<std::uint64_t>> of_one;
  std::vector<std::span<std::uint64_t>> of_two;
  for (std::uint64_t n = 0; n < 500; ++n) {
    of_one.push_back(one.make_array<std::uint64_t>(n % 3 == 0 ? 5000 : n % 70));
    of_two.push_back(two.make_array<std::uint64_t>(n % 70));
    std::ranges::fill(of_one.back(), n);
    std::ranges::fill(of_two.back(), ~n);
  }
  for (std::uint64_t n = 0; n < 500; ++n) {
    for (const std::uint64_t word : of_one[n]) ASSERT_EQ(word, n);
    for (const std::uint64_t word : of_two[n]) ASSERT_EQ(word, ~n);
  }
  two.release();
  for (std::uint64_t n = 0; n < 500; ++n)
    for (const std::uint64_t word : of_one[n]) ASSERT_EQ(word, n);
}

// covers hf.arena.overflow-policies
TEST(Arena, BoundedTakesUpToItsLimit) {
  arena memory({.when_full = overflow::bounded, .limit = 3 * chunk_bytes});
  EXPECT_EQ(memory.stats().bytes_held, 0u);
  std::size_t made = 0;
  EXPECT_THROW(for (;; ++made) static_cast<void>(memory.allocate(1024)), arena_overflow);
  EXPECT_GE(made, memory::has_address_sanitizer() ? 180u : 186u);
  EXPECT_LE(made, 192u);
  EXPECT_EQ(memory.stats().bytes_held, 3 * chunk_bytes);
  EXPECT_EQ(memory.try_allocate(1024), nullptr);
  EXPECT_THROW(static_cast<void>(memory.allocate(100'000)), std::bad_alloc);
  memory.reset();
  EXPECT_NE(memory.try_allocate(1024), nullptr);
}

// covers hf.arena.overflow-policies
TEST(Arena, FixedNeverAsksTheSystemAgain) {
  tests::pages_for_tests pages;
  memory::chunk_store store(pages);
  arena memory({.when_full = overflow::fixed, .limit = 1, .chunks = &store});
  EXPECT_EQ(memory.stats().bytes_held, chunk_bytes);
  pages.maps_until_refusal = 0;
  EXPECT_NE(memory.try_allocate(40'000), nullptr);  // larger than what has a span of its own elsewhere
  EXPECT_EQ(memory.try_allocate(40'000), nullptr);
  EXPECT_NE(memory.try_allocate(10'000), nullptr);
  EXPECT_THROW(for (;;) static_cast<void>(memory.make<std::array<char, 512>>()), arena_overflow);
  EXPECT_THROW(arena({.when_full = overflow::fixed, .limit = 40 * chunk_bytes, .chunks = &store}), std::bad_alloc);
  EXPECT_EQ(store.stats().used_chunks, 1u);
}

// covers hf.arena.overflow-policies
TEST(Arena, WhatNoArenaHasIsRefused) {
  arena memory;
  EXPECT_EQ(memory.try_allocate(SIZE_MAX), nullptr);
  EXPECT_EQ(memory.try_allocate(SIZE_MAX - 7), nullptr);
  EXPECT_EQ(memory.try_allocate(std::size_t{1} << 62), nullptr);
  EXPECT_EQ(memory.try_allocate(8, 8192), nullptr);
  EXPECT_THROW(static_cast<void>(memory.allocate(SIZE_MAX - 3)), arena_overflow);
  EXPECT_THROW(static_cast<void>(memory.make_array<double>(SIZE_MAX / 8)), std::length_error);
  EXPECT_NE(memory.allocate(0), nullptr);
  EXPECT_NE(memory.allocate(0), memory.allocate(0));
  EXPECT_STREQ(arena_overflow().what(), "holdfast: arena overflow");
}

// covers hf.arena.refusal-changes-nothing
TEST(Arena, WhatTheSystemRefusesChangesNothing) {
  tests::pages_for_tests pages;
  memory::chunk_store store(pages);
  std::vector<int> log;
  arena memory({.chunks = &store});
  int* const kept = memory.make<int>(7);
  static_cast<void>(memory.make<tracked>(log, 1));
  pages.maps_until_refusal = 0;
  const arena_stats before = memory.stats();
  EXPECT_THROW(static_cast<void>(memory.allocate(3 * region_bytes)), arena_overflow);
  EXPECT_EQ(memory.stats().bytes_used, before.bytes_used);
  EXPECT_EQ(memory.stats().bytes_held, before.bytes_held);
  EXPECT_GE(store.stats().refusals, 1u);
  EXPECT_EQ(*kept, 7);
  pages.maps_until_refusal = -1;
  EXPECT_NE(memory.allocate(3 * region_bytes), nullptr);
}

// covers hf.arena.pages-told
TEST(Arena, TellsWhichPagesItGot) {
  tests::pages_for_tests pages;
  for (const page_kind wish : {page_kind::plain, page_kind::transparent, page_kind::hugetlb}) {
    memory::chunk_store store(pages);
    arena memory({.pages = wish, .chunks = &store});
    static_cast<void>(memory.allocate(1));
    EXPECT_EQ(pages.wished, wish);
    EXPECT_LE(memory.stats().pages, wish);
    EXPECT_EQ(store.stats().regions_of[static_cast<std::size_t>(memory.stats().pages)], 1u);
    EXPECT_NE(memory::name_of(memory.stats().pages), nullptr);
    memory.release();
  }
}

// covers hf.arena.adopt-keeps-pointers
TEST(Arena, AdoptsAllThatAnotherHasMade) {
  std::vector<int> log;
  arena outer;
  arena inner;
  static_cast<void>(outer.make<tracked>(log, 1));
  static_cast<void>(inner.make<tracked>(log, 2));
  static_cast<void>(inner.make<tracked>(log, 3));
  const auto number = inner.make_ptr<int>(42);
  auto* const large = static_cast<char*>(inner.allocate(100'000));
  large[99'999] = 'x';
  const std::size_t held = outer.stats().bytes_held + inner.stats().bytes_held;
  outer.adopt(inner);
  EXPECT_EQ(inner.stats().bytes_held, 0u);
  EXPECT_EQ(inner.stats().bytes_used, 0u);
  EXPECT_EQ(outer.stats().bytes_held, held);
  EXPECT_TRUE(outer.owns(large));
  static_cast<void>(inner.make<tracked>(log, 4));  // it may go on
  inner.reset();
  EXPECT_EQ(log, std::vector<int>{4});
  ASSERT_TRUE(number.is_live());
  EXPECT_EQ(*number, 42);
  EXPECT_EQ(large[99'999], 'x');
  outer.adopt(outer);
  outer.reset();
  EXPECT_FALSE(number.is_live());
  EXPECT_EQ(log, (std::vector<int>{4, 3, 2, 1}));
}

// covers hf.arena.adopt-keeps-pointers
TEST(Arena, AdoptsIntoAnEmptyOne) {
  arena outer;
  arena inner;
  int* const one = inner.make<int>(1);
  outer.adopt(inner);
  int* const two = outer.make<int>(2);
  EXPECT_EQ(*one + *two, 3);
  EXPECT_EQ(outer.stats().chunks, 2u);
}

// covers hf.arena.request-scope
TEST(Arena, ARequestEndsWithItsScope) {
  std::vector<int> log;
  arena memory;
  for (int n = 0; n < 3; ++n) {
    request_arena request(memory);
    static_cast<void>(request->make<tracked>(log, n));
    static_cast<void>((*request).make<int>(1));
  }
  EXPECT_EQ(log, (std::vector<int>{0, 1, 2}));
  EXPECT_EQ(memory.resets(), 3u);
}

// covers hf.arena.pmr
TEST(Arena, IsTheMemoryOfStandardContainers) {
  arena memory;
  {
    arena_resource resource(memory);
    std::pmr::unordered_map<std::pmr::string, std::pmr::vector<int>> index(&resource);
    for (int n = 0; n < 2000; ++n)
      index[("key of some length, number " + std::to_string(n % 100)).c_str()].push_back(n);
    for (const auto& [key, numbers] : index) {
      EXPECT_EQ(numbers.size(), 20u);
      EXPECT_TRUE(memory.owns(key.data()));
      EXPECT_TRUE(memory.owns(numbers.data()));
    }
    EXPECT_TRUE(resource == arena_resource(memory));
    arena another;
    EXPECT_FALSE(resource == arena_resource(another));
    EXPECT_FALSE(resource == *std::pmr::new_delete_resource());
    EXPECT_EQ(&resource.memory(), &memory);
  }
  memory.reset();
  EXPECT_EQ(memory.stats().bytes_used, 0u);
}

// covers hf.arena.fork
TEST(Arena, AChildGoesOnWithIt) {
  std::vector<int> log;
  arena memory;
  const auto before = memory.make_ptr<int>(5);
  static_cast<void>(memory.make<tracked>(log, 1));
  const pid_t child = fork();
  if (child == 0) {
    alarm(20);
    if (*before != 5) _exit(1);
    for (int n = 0; n < 100'000; ++n) static_cast<void>(memory.make<std::array<char, 64>>());
    memory.reset();
    if (before.is_live() || log.size() != 1) _exit(2);
    if (before.why().thread() != static_cast<std::uint32_t>(getpid())) _exit(3);
    _exit(*memory.make<int>(3) == 3 ? 0 : 4);
  }
  int status = -1;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  EXPECT_TRUE(before.is_live());
  EXPECT_TRUE(log.empty());
}

// covers hf.arena.told
TEST(Arena, TellsOfItself) {
  arena memory({.name = "a name that is longer than thirty-one bytes"});
  EXPECT_EQ(memory.name(), "a name that is longer than thir");
  arena other;
  EXPECT_NE(memory.id(), other.id());
  static_cast<void>(memory.allocate(100));
  EXPECT_GE(memory.stats().bytes_used, 104u);
  EXPECT_EQ(memory.stats().chunks, 1u);
  EXPECT_FALSE(memory.owns(&memory));
  EXPECT_EQ(memory.stats().check, after_reset::generation);
}

}  // namespace
