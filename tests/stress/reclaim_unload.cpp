// A library whose objects are retired is unloaded again and again, while threads that used it live on.
#include <dlfcn.h>

#include <atomic>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <holdfast/base/reclaim/domain.hpp>

namespace {

// covers hf.reclaim.barrier-leaves-nothing
TEST(ReclaimUnload, NothingOfALibraryIsCalledAfterItsBarrier) {
  // Readers that outlive the library, so that its objects wait for somebody.
  std::atomic<bool> stop{false};
  std::vector<std::thread> readers;
  for (int t = 0; t < 2; ++t)
    readers.emplace_back([&] {
      while (!stop) holdfast::reclaim::section inside(holdfast::reclaim::default_domain());
    });
  for (int turn = 0; turn < 20; ++turn) {
    void* const library = dlopen(HOLDFAST_PLUGIN, RTLD_NOW | RTLD_LOCAL);
    ASSERT_NE(library, nullptr) << dlerror();
    const auto work = reinterpret_cast<int (*)(int)>(dlsym(library, "plugin_work"));
    const auto close = reinterpret_cast<bool (*)()>(dlsym(library, "plugin_close"));
    ASSERT_TRUE(work != nullptr && close != nullptr);
    std::vector<std::thread> users;
    for (int t = 0; t < 3; ++t) users.emplace_back([&] { EXPECT_EQ(work(500), 0); });
    for (std::thread& each : users) each.join();
    EXPECT_TRUE(close());
    ASSERT_EQ(dlclose(library), 0);
    EXPECT_EQ(dlopen(HOLDFAST_PLUGIN, RTLD_NOW | RTLD_NOLOAD), nullptr) << "it was not unloaded, so nothing was tried";
    holdfast::reclaim::default_domain().drain();
  }
  stop = true;
  for (std::thread& each : readers) each.join();
}

}  // namespace
