#include <holdfast/base/sync/thread_id.hpp>

#include <cstdint>
#include <thread>

#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

std::uint32_t kernels_id() { return static_cast<std::uint32_t>(syscall(SYS_gettid)); }

// covers hf.sync.thread-id-is-the-kernels
TEST(ThreadId, IsTheKernels) {
  EXPECT_EQ(holdfast::this_thread_id(), kernels_id());
  EXPECT_EQ(holdfast::this_thread_id(), holdfast::sync::known_thread_id);
  std::thread([] {
    EXPECT_EQ(holdfast::sync::known_thread_id, 0u);
    EXPECT_EQ(holdfast::this_thread_id(), kernels_id());
  }).join();
}

// covers hf.sync.thread-id-survives-fork
TEST(ThreadId, IsRightInAForkedChild) {
  static_cast<void>(holdfast::this_thread_id());
  const pid_t child = fork();
  if (child == 0) _exit(holdfast::this_thread_id() == kernels_id() ? 0 : 1);
  int status = -1;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

}  // namespace
