// A fault inside protected arena memory: what is told, and that the program's own handler still has its turn.
#include <holdfast/base/memory/arena_fault.hpp>

#include <csetjmp>
#include <csignal>
#include <cstdint>
#include <cstdlib>

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <holdfast/base/lang/config.hpp>
#include <holdfast/base/memory/arena.hpp>

#include "tests/death/death_test.hpp"

namespace {

using namespace holdfast;

using ArenaFault = holdfast::tests::death_test;

struct order {
  std::uint64_t number;
  std::uint64_t price;
};

HOLDFAST_NOINLINE volatile order* make_order(arena& memory) { return memory.make<order>(17u, 5u); }
HOLDFAST_NOINLINE void end_of_request(arena& memory) {
  memory.reset();
  asm volatile("");
}
HOLDFAST_NOINLINE void late_write(volatile order* kept) {
  kept->price = 6;
  asm volatile("");
}

// covers hf.arena.fault-named
TEST_F(ArenaFault, NamesArenaAllocationAndReset) {
  if (thread_sanitizer) GTEST_SKIP() << "a child by clone has no ThreadSanitizer: it tells addresses";
  EXPECT_DEATH(
      {
        arena_fault_reports reports;
        arena memory({.name = "orders", .check = after_reset::protect});
        static_cast<void>(make_order(memory));
        volatile order* const kept = make_order(memory);
        memory.reset();
        volatile order* const other = make_order(memory);
        static_cast<void>(other);
        end_of_request(memory);
        late_write(kept);
      },
      "holdfast: use of arena memory after reset\n"
      "  write to 0x[0-9a-f]+ by thread [0-9]+, 8 bytes into an object at 0x[0-9a-f]+\n"
      "  arena \"orders\" \\(id [0-9]+\\): arena reset by operation #1 on thread [0-9]+\n"
      "  allocated at (.|\n)*make_order(.|\n)*"
      "  stack of the use:\n(.|\n)*late_write(.|\n)*"
      "  stack of the reset:\n(.|\n)*"
      "  cure: copy what must outlive the request out of the arena\n");
}

// covers hf.arena.fault-named
TEST_F(ArenaFault, NamesTheResetsStack) {
  if (thread_sanitizer) GTEST_SKIP() << "a child by clone has no ThreadSanitizer: it tells addresses";
  EXPECT_DEATH(
      {
        arena_fault_reports reports;
        arena memory({.check = after_reset::protect});
        volatile order* const kept = make_order(memory);
        end_of_request(memory);
        static_cast<void>(kept->number);
      },
      "  read of 0x[0-9a-f]+ by (.|\n)*, 0 bytes into(.|\n)*stack of the reset:\n(.|\n)*end_of_request");
}

// Named in a large object, and after its arena has gone.
// covers hf.arena.fault-named
TEST_F(ArenaFault, NamesALargeObjectOfAnArenaThatHasGone) {
  EXPECT_DEATH(
      {
        arena_fault_reports reports;
        volatile char* kept = nullptr;
        {
          arena memory({.name = "gone", .check = after_reset::sampled, .sample_every = 1});
          kept = static_cast<char*>(memory.allocate(5 << 20));
        }
        kept[(5 << 20) - 1] = 'x';
      },
      "5242879 bytes into an object(.|\n)*arena \"gone\" \\(id [0-9]+\\): arena destroyed");
}

// covers hf.arena.fault-chains
TEST_F(ArenaFault, WithoutAHandlerTheProcessEndsByTheSignal) {
  if (address_sanitizer || thread_sanitizer) GTEST_SKIP() << "the sanitizer has a handler";
  EXPECT_EXIT(
      {
        arena_fault_reports reports;
        arena memory({.check = after_reset::protect});
        volatile order* const kept = make_order(memory);
        memory.reset();
        kept->price = 1;
      },
      testing::KilledBySignal(SIGSEGV), "holdfast: use of arena memory after reset");
}

sigjmp_buf back;
volatile sig_atomic_t handled = 0;
const void* volatile handled_address = nullptr;

void own_handler(int, siginfo_t* sent, void*) {
  handled = handled + 1;
  handled_address = sent->si_addr;
  siglongjmp(back, 1);
}

struct sigaction with_own_handler() {
  struct sigaction ours = {};
  ours.sa_sigaction = own_handler;
  ours.sa_flags = SA_SIGINFO;
  sigemptyset(&ours.sa_mask);
  struct sigaction before = {};
  sigaction(SIGSEGV, &ours, &before);
  return before;
}

bool faults_into_own_handler(volatile char* address) {
  const sig_atomic_t before = handled;
  if (sigsetjmp(back, 1) == 0) *address = 'x';
  return handled == before + 1 && handled_address == address;
}

// covers hf.arena.fault-chains
TEST_F(ArenaFault, TheProgramsOwnHandlerHasItsTurn) {
  const struct sigaction before = with_own_handler();
  auto* const closed = static_cast<volatile char*>(mmap(nullptr, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  {
    const arena_fault_reports reports;
    const arena_fault_reports more;
    arena memory({.check = after_reset::protect});
    auto* const kept = static_cast<volatile char*>(memory.allocate(8));
    memory.reset();
    testing::internal::CaptureStderr();
    EXPECT_TRUE(faults_into_own_handler(kept));
    EXPECT_TRUE(faults_into_own_handler(kept)) << "and again";
    EXPECT_NE(testing::internal::GetCapturedStderr().find("after reset"), std::string::npos);
    testing::internal::CaptureStderr();
    EXPECT_TRUE(faults_into_own_handler(closed)) << "what is no arena's is none of ours";
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  }
  struct sigaction now = {};
  sigaction(SIGSEGV, nullptr, &now);
  EXPECT_EQ(now.sa_sigaction, own_handler) << "put back";
  sigaction(SIGSEGV, &before, nullptr);
  munmap(const_cast<char*>(closed), 4096);
}

// covers hf.arena.fault-chains
TEST_F(ArenaFault, AHandlerInstalledOverItIsLeftThere) {
  struct sigaction first = {};
  sigaction(SIGSEGV, nullptr, &first);
  {
    const arena_fault_reports reports;
    static_cast<void>(with_own_handler());
  }
  struct sigaction now = {};
  sigaction(SIGSEGV, nullptr, &now);
  EXPECT_EQ(now.sa_sigaction, own_handler);
  sigaction(SIGSEGV, &first, nullptr);
  const arena_fault_reports again;
  sigaction(SIGSEGV, nullptr, &now);
  EXPECT_NE(now.sa_sigaction, first.sa_sigaction) << "it was taken away, so it is installed anew";
}

// covers hf.arena.fault-chains
TEST_F(ArenaFault, ASignalThatWasSentGoesTheFormerWay) {
  if (address_sanitizer || thread_sanitizer) GTEST_SKIP() << "the sanitizer has a handler";
  EXPECT_EXIT(
      {
        arena_fault_reports reports;
        raise(SIGSEGV);
        _exit(0);
      },
      testing::KilledBySignal(SIGSEGV), "^$");
  EXPECT_EXIT(
      {
        std::signal(SIGSEGV, SIG_IGN);
        arena_fault_reports reports;
        raise(SIGSEGV);
        _exit(7);
      },
      testing::ExitedWithCode(7), "");
}

}  // namespace
