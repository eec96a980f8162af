// See thread_id.hpp.
#include <holdfast/base/sync/thread_id.hpp>

#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace holdfast::inline v0::sync {

constinit thread_local std::uint32_t known_thread_id = 0;

namespace {

void learn_own_id() noexcept { known_thread_id = static_cast<std::uint32_t>(syscall(SYS_gettid)); }

// Written once at load, before there are threads. Not a static in a function: a fork while another thread
// is inside its initialisation leaves the child one that nobody will ever finish.
constinit bool watching = false;

HOLDFAST_AT_LOAD void watch_forks() noexcept { watching = pthread_atfork(nullptr, nullptr, learn_own_id) == 0; }

}  // namespace

std::uint32_t ask_thread_id() noexcept {
  // Without the watch a forked child would keep its parent's number: then nothing is remembered.
  learn_own_id();
  const std::uint32_t own = known_thread_id;
  if (!watching) known_thread_id = 0;
  return own;
}

}  // namespace holdfast::inline v0::sync
