// What a pointer kept across reset() meets, by rung. What ends the process is in tests/death/base_arena.cpp.
#include <holdfast/base/memory/arena.hpp>

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <holdfast/base/memory/chunk_store.hpp>
#include <holdfast/base/memory/poison.hpp>
#include <holdfast/base/memory/sanitizer_hooks.hpp>

#include "tests/mutation/pages_for_tests.hpp"

namespace {

using namespace holdfast;
using memory::chunk_bytes;
using memory::chunk_store;

// Whether the kernel can read it: asked without touching it.
bool readable(const void* address) {
  int ends[2];
  if (pipe(ends) != 0) return false;
  const bool can = write(ends[1], address, 1) == 1;
  close(ends[0]);
  close(ends[1]);
  return can;
}

// covers hf.arena.ptr-knows-its-end, hf.arena.generation-only-grows
TEST(ArenaPtr, IsStaleAfterAResetAndStaysSo) {
  for (const after_reset rung : {after_reset::generation, after_reset::poison, after_reset::protect}) {
    arena memory({.check = rung});
    const auto one = memory.make_ptr<int>(5);
    const auto same = memory.ptr(one.get());
    EXPECT_TRUE(one);
    EXPECT_EQ(*one, 5);
    EXPECT_EQ(one, same);
    EXPECT_FALSE(one.why());
    memory.reset();
    EXPECT_FALSE(one);
    EXPECT_EQ(one.get(), nullptr);
    for (int n = 0; n < 100; ++n) {
      static_cast<void>(memory.make<int>(6));  // the chunk is used again
      EXPECT_FALSE(one.is_live());
      memory.reset();
    }
  }
}

// covers hf.arena.ptr-knows-its-end
TEST(ArenaPtr, OutlivesItsArena) {
  arena_ptr<int> small;
  arena_ptr<char> large;
  {
    arena memory({.check = after_reset::off});
    small = memory.make_ptr<int>(1);
    large = memory.ptr(static_cast<char*>(memory.allocate(5 * memory::region_bytes)));
    memory.reset();
    EXPECT_TRUE(small) << "off: told the end of the arena only";
    EXPECT_FALSE(large) << "its memory has gone back";
  }
  EXPECT_FALSE(small);
  EXPECT_FALSE(large);
  EXPECT_EQ(small.why().what(), cause::arena_destroyed);
}

// covers hf.arena.ptr-knows-its-end
TEST(ArenaPtr, ReachesEveryChunkOfALargeObject) {
  arena memory;
  auto* const first = static_cast<char*>(memory.allocate(20 * chunk_bytes));
  const auto beginning = memory.ptr(first);
  const auto later = memory.ptr(first + 19 * chunk_bytes);
  EXPECT_TRUE(beginning);
  EXPECT_TRUE(later);
  memory.reset();
  EXPECT_FALSE(beginning);
  EXPECT_FALSE(later);
  auto* const very_large = static_cast<char*>(memory.allocate(3 * memory::region_bytes));
  EXPECT_TRUE(memory.ptr(very_large));
  EXPECT_THROW(static_cast<void>(memory.ptr(very_large + 2 * memory::region_bytes)), std::length_error);
}

// covers hf.arena.stale-tells-cause
TEST(ArenaPtr, TellsWhichResetAndWhose) {
  arena memory({.name = "orders"});
  memory.reset();
  const auto one = memory.make_ptr<int, when_stale::raises>(5);
  memory.reset();
  EXPECT_EQ(one.why().what(), cause::arena_reset);
  EXPECT_EQ(one.why().serial(), 2u);
  EXPECT_EQ(one.why().thread(), static_cast<std::uint32_t>(syscall(SYS_gettid)));
  try {
    static_cast<void>(*one);
    FAIL() << "a stale pointer was followed";
  } catch (const stale_reference& stale) {
    const std::string said = stale.what();
    EXPECT_NE(said.find("arena " + std::to_string(memory.id()) + ": arena reset by operation #2 on thread"),
              std::string::npos)
        << said;
    EXPECT_EQ(stale.why(), one.why());
    EXPECT_EQ(said.find("not for the first time"), std::string::npos) << said;
  }
  static_cast<void>(memory.make<int>(6));
  memory.release();
  try {
    static_cast<void>(*one);
    FAIL() << "a stale pointer was followed";
  } catch (const stale_reference& stale) {
    EXPECT_NE(std::string(stale.what()).find("not for the first time"), std::string::npos) << stale.what();
  }
}

// covers hf.arena.stale-tells-cause
TEST(ArenaPtr, SaysItAsEveryReferenceDoes) {
  arena memory;
  const auto one = memory.make_ptr<int, when_stale::null>(5);
  EXPECT_EQ(*one.at(), 5);
  EXPECT_EQ(one.explain(), "");
  memory.reset();
  EXPECT_EQ(one.at(), nullptr);
  EXPECT_EQ(one.explain(), "stale reference to an object of arena " + std::to_string(memory.id()) +
                               ": arena reset by operation #1 on thread " + std::to_string(syscall(SYS_gettid)) +
                               "; copy what must outlive the request out of the arena");
  try {
    static_cast<void>(one.at<when_stale::raises>());
    FAIL() << "a stale pointer was followed";
  } catch (const stale_reference& stale) {
    EXPECT_EQ(stale.what(), "holdfast: " + one.explain());
    EXPECT_EQ(stale.why(), one.why());
  }
}

// covers hf.arena.ptr-knows-its-end
TEST(ArenaPtr, OfNothingIsNull) {
  arena memory;
  int outside = 0;
  const arena_ptr<int> none;
  EXPECT_FALSE(none);
  EXPECT_EQ(none, nullptr);
  EXPECT_FALSE(none.why());
  EXPECT_EQ(memory.ptr(&outside), nullptr);
  EXPECT_EQ(memory.ptr(static_cast<int*>(nullptr)), nullptr);
  const arena_ptr<int, when_stale::raises> throwing;
  EXPECT_THROW(static_cast<void>(*throwing), stale_reference);
  struct base {};
  struct derived : base {};
  const arena_ptr<base> upwards = memory.make_ptr<derived>();
  EXPECT_TRUE(upwards);
}

// covers hf.arena.poison-finds-writes
TEST(ArenaRungs, PoisonFillsWhatWasUsed) {
  arena memory({.check = after_reset::poison});
  auto* const text = static_cast<unsigned char*>(memory.allocate(100));
  std::fill_n(text, 100, static_cast<unsigned char>('x'));
  memory.reset();
  memory::mark_readable(reinterpret_cast<std::byte*>(text), 100);
  EXPECT_EQ(memory::find_unpoisoned(text, 100), 100u);
  EXPECT_EQ(memory.allocate(100), text) << "nobody has written: it is used again";
}

// covers hf.arena.poison-finds-writes
TEST(ArenaRungs, TheSearchFindsEveryByte) {
  unsigned char bytes[67];
  std::fill_n(bytes, sizeof bytes, memory::poison_byte);
  EXPECT_EQ(memory::find_unpoisoned(bytes, sizeof bytes), sizeof bytes);
  for (std::size_t i = 0; i < sizeof bytes; ++i) {
    bytes[i] ^= 1;
    EXPECT_EQ(memory::find_unpoisoned(bytes, sizeof bytes), i);
    bytes[i] ^= 1;
  }
}

// covers hf.arena.protect-stops-use
TEST(ArenaRungs, ProtectTakesEveryChunkAlsoThoseUsedInPart) {
  arena memory({.check = after_reset::protect});
  const std::size_t sizes[] = {1, 8, 1000, 20'000, 300'000, 5 << 20};
  std::vector<char*> rooms;
  for (const std::size_t size : sizes) rooms.push_back(static_cast<char*>(memory.allocate(size)));
  for (const char* const room : rooms) EXPECT_TRUE(readable(room));
  memory.reset();
  for (std::size_t i = 0; i < std::size(sizes); ++i) {
    EXPECT_FALSE(readable(rooms[i])) << sizes[i];
    EXPECT_FALSE(readable(rooms[i] + sizes[i] - 1)) << sizes[i];
  }
  EXPECT_EQ(memory.stats().bytes_held, 0u);
  EXPECT_EQ(memory.stats().unprotected, 0u);
}

// covers hf.arena.addresses-wait
TEST(ArenaRungs, AddressesWaitInTheQueue) {
  tests::pages_for_tests pages;
  chunk_store store(pages, {.warm_chunks = 4, .quarantined_chunks = 10});
  arena memory({.check = after_reset::protect, .chunks = &store});
  std::set<const void*> seen;
  for (int n = 0; n < 10; ++n) {
    EXPECT_TRUE(seen.insert(memory.allocate(8)).second) << "round " << n;
    memory.reset();
  }
  EXPECT_EQ(store.stats().quarantined_chunks, 10u);
  EXPECT_EQ(pages.opened, 0);
  for (int n = 0; n < 50; ++n) {
    seen.insert(memory.allocate(8));
    memory.reset();
  }
  EXPECT_EQ(store.stats().quarantined_chunks, 10u);
  EXPECT_EQ(pages.opened, 50);
  EXPECT_LE(seen.size(), 12u) << "they come back";
  EXPECT_EQ(pages.mapped, memory::region_bytes);
  // A large object leaves the queue as a whole.
  static_cast<void>(memory.allocate(3 * memory::region_bytes));
  memory.reset();
  EXPECT_LE(store.stats().quarantined_chunks, 10u);
  EXPECT_EQ(pages.mapped, 2 * memory::region_bytes);
}

// covers hf.arena.protect-refused
TEST(ArenaRungs, WhereProtectingIsRefusedItPoisons) {
  tests::pages_for_tests pages;
  chunk_store store(pages);
  arena memory({.check = after_reset::protect, .chunks = &store});
  const auto one = memory.make_ptr<std::uint64_t>(5);
  const std::uint64_t* const bare = one.get();
  pages.protect_refused = true;
  memory.reset();
  EXPECT_EQ(memory.stats().unprotected, 1u);
  EXPECT_FALSE(one);
  memory::mark_readable(reinterpret_cast<const std::byte*>(bare), 8);
  EXPECT_EQ(*bare, 0xDBDBDBDBDBDBDBDBu);
  EXPECT_EQ(memory.allocate(8), bare);
}

// covers hf.arena.sampled-every-nth
TEST(ArenaRungs, SampledProtectsEveryNthArena) {
  int protects = 0;
  for (int n = 0; n < 30; ++n) {
    arena memory({.check = after_reset::sampled, .sample_every = 10});
    protects += memory.stats().check == after_reset::protect;
    EXPECT_NE(memory.stats().check, after_reset::sampled);
    EXPECT_NE(memory.stats().check, after_reset::off);
  }
  EXPECT_EQ(protects, 3);
  arena always({.check = after_reset::sampled, .sample_every = 0});
  EXPECT_EQ(always.stats().check, after_reset::protect);
}

// covers hf.arena.asan-sees
TEST(ArenaRungs, AddressSanitizerIsToldOfEveryRung) {
  if (!memory::has_address_sanitizer()) GTEST_SKIP() << "needs AddressSanitizer";
  for (const after_reset rung : {after_reset::off, after_reset::generation, after_reset::poison}) {
    arena memory({.check = rung});
    auto* const room = static_cast<char*>(memory.allocate(24));
    room[23] = 'x';
    EXPECT_DEATH(static_cast<volatile char*>(room)[24] = 'x', "use-after-poison");
    memory.reset();
    EXPECT_DEATH(static_cast<volatile char*>(room)[0] = 'x', "use-after-poison");
  }
}

}  // namespace
