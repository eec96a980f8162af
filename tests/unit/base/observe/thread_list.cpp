#include <holdfast/base/observe/thread_list.hpp>

#include <algorithm>
#include <cstdint>
#include <latch>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <pthread.h>

#include <holdfast/base/sync/thread_id.hpp>

namespace {

namespace observe = holdfast::observe;

bool has(const std::vector<std::uint32_t>& ids, std::uint32_t id) {
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

// covers hf.observe.threads-are-named
TEST(ThreadList, ShowsEveryThreadByIdAndName) {
  std::latch named(1);
  std::latch seen(1);
  std::uint32_t id = 0;
  std::thread worker([&] {
    pthread_setname_np(pthread_self(), "worker-1");
    id = holdfast::this_thread_id();
    named.count_down();
    seen.wait();
  });
  named.wait();
  EXPECT_TRUE(has(observe::thread_ids(), id));
  EXPECT_TRUE(has(observe::thread_ids(), holdfast::this_thread_id()));
  EXPECT_EQ(observe::thread_name(id), "worker-1");
  EXPECT_EQ(observe::thread_label(id), std::to_string(id) + " \"worker-1\"");
  seen.count_down();
  worker.join();
}

TEST(ThreadList, SaysThatAThreadHasGone) {
  constexpr std::uint32_t beyond_every_id = 0x7fffffff;
  EXPECT_EQ(observe::thread_name(beyond_every_id), "");
  EXPECT_EQ(observe::thread_label(beyond_every_id), "2147483647 (gone)");
}

}  // namespace
