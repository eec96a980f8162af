// Whatever a child does, the parent learns how it ended and nothing of the child is left.
#include <holdfast/hazard/child.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <holdfast/base/lang/config.hpp>
#include <holdfast/hazard/hidden.hpp>
#include <holdfast/hazard/judge.hpp>

namespace {

namespace fs = std::filesystem;
namespace hazard = holdfast::hazard;
using end = enum hazard::outcome::end;
using namespace std::chrono_literals;

void put(int descriptor, const std::string& text) { hazard::write_all(descriptor, text); }

hazard::outcome run(const hazard::child_body& body, hazard::child_rules rules = {}) { return run_child(body, rules); }

// Recursion without end, as far as any stack is concerned.
int fall(int depth) {
  volatile char room[4096] = {};
  room[0] = static_cast<char>(depth);
  return depth == 0 ? room[0] : fall(depth - 1) + room[0];
}

TEST(Child, GivesItsExitCodeAndBothStreams) {
  const auto seen = run([](int) {
    put(STDOUT_FILENO, "to out\n");
    put(STDERR_FILENO, "to err\n");
    return 7;
  });
  EXPECT_EQ(seen.end, end::exited);
  EXPECT_EQ(seen.exit_code, 7);
  EXPECT_EQ(seen.standard_output, "to out\n");
  EXPECT_EQ(seen.standard_error, "to err\n");
  EXPECT_EQ(seen.notes.signal, 0);
}

// covers hf.hazard.child-folder-removed
TEST(Child, RunsInAFolderOfItsOwnThatIsRemoved) {
  const auto seen = run([](int) {
    char path[4096];
    put(STDOUT_FILENO, getcwd(path, sizeof path));
    close(open("left behind", O_CREAT | O_WRONLY, 0600));
    return 0;
  });
  EXPECT_EQ(fs::path(seen.standard_output).filename(), fs::path(seen.folder).filename());
  EXPECT_FALSE(fs::exists(seen.folder));
}

TEST(Child, KeepsItsFolderWhereAsked) {
  hazard::child_rules rules;
  rules.keep_folder = true;
  const auto seen = run([](int) { return put(STDOUT_FILENO, "kept"), 0; }, rules);
  EXPECT_TRUE(fs::exists(fs::path(seen.folder) / "stdout"));
  EXPECT_EQ(fs::file_size(fs::path(seen.folder) / "stdout"), 4U);
  fs::remove_all(seen.folder);
}

// covers hf.hazard.child-time-out
TEST(Child, IsEndedWhenItsTimeIsUp) {
  hazard::child_rules rules;
  rules.time_out = 200ms;
  const auto seen = run([](int) {
    put(STDOUT_FILENO, "asleep");
    for (;;) pause();
    return 0;
  }, rules);
  EXPECT_EQ(seen.end, end::timed_out);
  EXPECT_GE(seen.took, 200ms);
  EXPECT_LT(seen.took, 5s);
  EXPECT_EQ(seen.standard_output, "asleep");
  EXPECT_FALSE(fs::exists(seen.folder));
  EXPECT_TRUE(hazard::ending_text(seen).starts_with("time-out after 2"));
}

TEST(Child, IsEndedWithWhateverItStartedItself) {
  hazard::child_rules rules;
  rules.time_out = 300ms;
  const auto seen = run([](int) {
    if (fork() == 0) {
      for (;;) pause();  // holds both streams open
    }
    return 3;
  }, rules);
  EXPECT_EQ(seen.end, end::exited);
  EXPECT_EQ(seen.exit_code, 3);
  EXPECT_LT(seen.took, 5s);
}

TEST(Child, IsEndedWhenTheParentIsInterrupted) {
  const std::atomic<bool> cancelled{true};
  hazard::child_rules rules;
  rules.cancelled = &cancelled;
  const auto seen = run([](int) {
    for (;;) pause();
    return 0;
  }, rules);
  EXPECT_EQ(seen.end, end::cancelled);
}

TEST(Child, MayWriteMoreThanIsKept) {
  const auto seen = run([](int) {
    const std::string line(1000, 'x');
    for (int i = 0; i < 2000; ++i) put(STDOUT_FILENO, line);
    return 0;
  });
  EXPECT_EQ(seen.exit_code, 0);
  EXPECT_EQ(seen.standard_output.size(), hazard::most_output);
  EXPECT_TRUE(seen.cut_short);
}

// covers hf.hazard.crash-is-told
TEST(Child, TellsAFaultWithAddressAndStack) {
  const auto seen = run([](int notes) {
    hazard::note_deadly_signals(notes);
    void* const page = mmap(nullptr, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    auto* const target = static_cast<char*>(page) + 24;
    hazard::note_expected_fault(notes, target, 1);
    *hazard::hidden(target) = 1;
    return 0;
  });
  EXPECT_EQ(seen.end, end::killed);
  EXPECT_EQ(seen.signal, SIGSEGV);
  EXPECT_EQ(seen.notes.signal, SIGSEGV);
  EXPECT_EQ(seen.notes.code, SEGV_ACCERR);
  ASSERT_TRUE(seen.notes.address.has_value());
  EXPECT_EQ(seen.notes.address, seen.notes.expected);
  EXPECT_EQ(*seen.notes.address % 4096, 24U);
  EXPECT_GE(seen.notes.frames.size(), 3U);
  EXPECT_TRUE(hazard::ending_text(seen).starts_with("SIGSEGV (no access) at 0x")) << hazard::ending_text(seen);
}

TEST(Child, TellsAnAbortWithoutAnAddress) {
  const auto seen = run([](int notes) {
    hazard::note_deadly_signals(notes);
    std::abort();
    return 0;
  });
  EXPECT_EQ(seen.signal, SIGABRT);
  EXPECT_EQ(seen.notes.signal, SIGABRT);
  EXPECT_FALSE(seen.notes.address.has_value());
  EXPECT_EQ(hazard::ending_text(seen), "SIGABRT");
}

TEST(Child, TellsAStackOverflow) {
  if (holdfast::address_sanitizer || holdfast::thread_sanitizer) GTEST_SKIP() << "sanitizers have their own stacks";
  const auto seen = run([](int notes) {
    hazard::note_deadly_signals(notes);
    rlimit small = {1 << 16, 1 << 16};
    setrlimit(RLIMIT_STACK, &small);
    return fall(1 << 30);
  });
  EXPECT_EQ(seen.signal, SIGSEGV);
  EXPECT_EQ(seen.notes.signal, SIGSEGV);
}

TEST(Child, TellsASignalThatCannotBeNoted) {
  const auto seen = run([](int) { return raise(SIGKILL); });
  EXPECT_EQ(seen.end, end::killed);
  EXPECT_EQ(seen.signal, SIGKILL);
  EXPECT_EQ(hazard::ending_text(seen), "SIGKILL");
}

TEST(Child, HasLimits) {
  const auto seen = run([](int) {
    rlimit core{};
    rlimit cpu{};
    getrlimit(RLIMIT_CORE, &core);
    getrlimit(RLIMIT_CPU, &cpu);
    return core.rlim_cur == 0 && cpu.rlim_cur == 21 ? 0 : 1;
  });
  EXPECT_EQ(seen.exit_code, 0);
}

TEST(Child, StartsWithPlainSignalsAndNoInput) {
  const auto seen = run([](int) {
    sigset_t blocked;
    sigprocmask(SIG_SETMASK, nullptr, &blocked);
    char byte = 0;
    return sigismember(&blocked, SIGINT) == 0 && read(STDIN_FILENO, &byte, 1) == 0 ? 0 : 1;
  });
  EXPECT_EQ(seen.exit_code, 0);
}

TEST(Child, DoesNotPrintAgainWhatTheParentHasBuffered) {
  testing::internal::CaptureStdout();
  std::printf("once");
  const auto seen = run([](int) { return 0; });
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "once");
  EXPECT_TRUE(seen.standard_output.empty());
}

}  // namespace
