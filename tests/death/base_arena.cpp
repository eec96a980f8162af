// Uses after reset that end the process, rung by rung, and misuse of arenas.
#include <holdfast/base/memory/arena.hpp>

#include <algorithm>
#include <cstring>

#include <gtest/gtest.h>

#include <holdfast/base/memory/request_arena.hpp>
#include <holdfast/base/memory/sanitizer_hooks.hpp>

#include "tests/death/death_test.hpp"

namespace {

using namespace holdfast;

using ArenaDeath = holdfast::tests::death_test;

// covers hf.arena.stale-tells-cause
TEST_F(ArenaDeath, FollowingAStalePointer) {
  EXPECT_DEATH(
      {
        arena memory;
        const auto one = memory.make_ptr<int>(5);
        memory.reset();
        static_cast<void>(*one);
      },
      "fatal error: use of a stale reference\n"
      "  stale reference to an object of arena [0-9]+: arena reset by operation #1 on thread [0-9]+\n"
      "(.|\n)*cure: copy what must outlive the request out of the arena");
  EXPECT_DEATH({ static_cast<void>(*arena_ptr<int>()); }, "it never pointed anywhere");
}

// covers hf.arena.poison-finds-writes
TEST_F(ArenaDeath, WritingAfterAResetThatPoisons) {
  if (memory::has_address_sanitizer()) GTEST_SKIP() << "AddressSanitizer sees the write itself";
  EXPECT_DEATH(
      {
        arena memory({.check = after_reset::poison});
        static_cast<void>(memory.allocate(16));
        auto* const kept = static_cast<char*>(memory.allocate(16));
        memory.reset();
        kept[3] = 'x';
        static_cast<void>(memory.allocate(16));
      },
      "holdfast: fatal: arena memory written after reset\n"
      "  address 0x[0-9a-f]+, [0-9]+ bytes into its chunk, holds 0x78 instead of 0xdb\n"
      "  after: arena reset by operation #1 on thread [0-9]+\n(.|\n)*cure: find who kept a pointer");
  // Whoever gets the chunk next looks, whatever its own rung is.
  EXPECT_DEATH(
      {
        char* kept = nullptr;
        {
          arena memory({.check = after_reset::poison});
          kept = static_cast<char*>(memory.allocate(16));
          std::memset(kept, 0, 16);
        }
        kept[0] = 'x';
        arena other({.check = after_reset::off});
        static_cast<void>(other.allocate(16));
      },
      "arena memory written after reset(.|\n)*after: arena destroyed");
}

// covers hf.arena.protect-stops-use
TEST_F(ArenaDeath, TouchingAfterAResetThatProtects) {
  EXPECT_DEATH(
      {
        arena memory({.check = after_reset::protect});
        auto* const kept = static_cast<volatile char*>(memory.allocate(16));
        memory.reset();
        kept[3] = 'x';
      },
      "");
  EXPECT_DEATH(
      {
        arena memory({.check = after_reset::sampled, .sample_every = 1});
        auto* const kept = static_cast<volatile char*>(memory.allocate(50'000));
        memory.release();
        static_cast<void>(kept[49'999]);
      },
      "");
}

struct resets_at_death {
  arena* memory;
  ~resets_at_death() { memory->reset(); }
};

// covers hf.arena.misuse-told
TEST_F(ArenaDeath, ResettingInsideAReset) {
  EXPECT_DEATH(
      {
        arena memory({.name = "orders"});
        static_cast<void>(memory.make<resets_at_death>(&memory));
        memory.reset();
      },
      "holdfast: fatal: arena reset inside its own reset\n  arena \"orders\" \\(id [0-9]+\\)\n(.|\n)*cure: do not reset");
}

// covers hf.arena.misuse-told
TEST_F(ArenaDeath, ARequestInsideARequest) {
  EXPECT_DEATH(
      {
        arena memory({.name = "orders"});
        request_arena outer(memory);
        request_arena inner(memory);
      },
      "holdfast: fatal: request_arena inside another one\n  arena \"orders\"(.|\n)*cure: give the inner request");
}

}  // namespace
