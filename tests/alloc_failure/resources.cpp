// C resources when memory runs out: nothing is half adopted, and the pointer stays the caller's.
#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <new>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <holdfast/managed/resource_map.hpp>

#include "tests/alloc_failure/failing_new.hpp"
#include "tests/unit/base/reclaim/child.hpp"

namespace {

using namespace holdfast;
using holdfast::tests::heap;
using holdfast::tests::in_child;

int freed;
void count_free(int*) { ++freed; }

// covers hf.resources.no-memory
TEST(ResourcesOutOfMemory, ARegistryIsMadeOrThrows) {
  std::vector<std::unique_ptr<resource_registry>> others;
  for (int n = 0;; ++n) {
    bool failed = false;
    alignas(resource_registry) static unsigned char place[sizeof(resource_registry)];
    heap::fail_at(n);
    try {
      auto* const made = new (place) resource_registry;
      heap::never_fail();
      made->~resource_registry();
    } catch (const std::bad_alloc&) {
      failed = true;
    }
    heap::never_fail();
    if (!failed) break;
    ASSERT_LT(n, 100);
  }
}

// covers hf.resources.no-memory
TEST(ResourcesOutOfMemory, AMapTakesAResourceOrFreesIt) {
  int thing = 0;
  for (int n = 0;; ++n) {
    freed = 0;
    resource_options options;
    options.stacks = true;  // without memory a stack is left out
    resource_registry registry(options);
    resource_map<std::string, int> things(registry);
    const std::string key = "a key that is too long for a small string";
    const std::int64_t live = heap::live;
    heap::fail_at(n);
    bool failed = false;
    try {
      things.adopt(key, &thing, count_free);
    } catch (const std::bad_alloc&) {
      failed = true;
    }
    heap::never_fail();
    EXPECT_EQ(things.size(), failed ? 0u : 1u);
    EXPECT_EQ(freed, failed ? 1 : 0);
    EXPECT_EQ(registry.size(), things.size());
    if (failed) {
      EXPECT_EQ(heap::live, live) << "leak after allocation " << n << " failed";
    }
    things.clear();
    EXPECT_EQ(freed, 1);
    if (!failed) break;
    ASSERT_LT(n, 100);
  }
}

// covers hf.resources.no-memory
TEST(ResourcesOutOfMemory, AnAdoptionWithoutAddressSpaceChangesNothing) {
  if (address_sanitizer || thread_sanitizer) GTEST_SKIP() << "a sanitizer needs its address space";
  const int told = in_child([] {
    constexpr std::size_t most = 2'000'000;
    static char things[most];
    resource_options options;
    options.tell_leaks = false;
    static resource_registry registry(options);
    std::vector<resource_handle> held;
    held.reserve(most);
    std::size_t pages = 0;
    if (std::FILE* const file = std::fopen("/proc/self/statm", "r")) {
      if (std::fscanf(file, "%zu", &pages) != 1) return 1;
      std::fclose(file);
    }
    const rlimit limit{pages * 4096 + (16u << 20), RLIM_INFINITY};
    if (setrlimit(RLIMIT_AS, &limit) != 0) return 2;
    bool failed = false;
    for (std::size_t n = 0; n < most && !failed; ++n) {
      try {
        held.push_back(registry.adopt(&things[n], adoption{}).detach());
      } catch (const std::bad_alloc&) {
        failed = true;
      }
    }
    if (!failed || held.empty()) return 3;
    if (registry.size() != held.size()) return 4;
    for (const resource_handle each : held)
      if (registry.fault(each) != resource_error::none) return 5;
    // What was given back can be had again.
    if (registry.release(held.back()) != resource_error::none) return 6;
    return registry.adopt(&things[most - 1], adoption{}) ? 0 : 7;
  });
  EXPECT_EQ(told, 0);
}

// covers hf.resources.no-memory
TEST(ResourcesOutOfMemory, AnAddressForWhichThereIsNoChainIsNotAdopted) {
  if (address_sanitizer || thread_sanitizer) GTEST_SKIP() << "a sanitizer needs its address space";
  const int told = in_child([] {
    constexpr std::size_t most = 1000;
    static char things[most * 16];
    resource_options options;
    options.tell_leaks = false;
    static resource_registry registry(options);
    const auto first = registry.adopt(&things[0], adoption{});
    const rlimit none{0, RLIM_INFINITY};
    if (setrlimit(RLIMIT_AS, &none) != 0) return 1;
    // All that malloc still has; what is left in the end is smaller than the chains of a shard.
    for (std::size_t size = std::size_t{1} << 20; size >= 512; size /= 2)
      for (void* one = std::malloc(size); one != nullptr; one = std::malloc(size)) *static_cast<void**>(one) = nullptr;
    std::size_t refused = 0;
    for (std::size_t n = 1; n < most && refused == 0; ++n) {
      const resource_stats before = registry.stats();
      try {
        static_cast<void>(registry.adopt(&things[16 * n], adoption{}).detach());
      } catch (const std::bad_alloc&) {
        const resource_stats after = registry.stats();
        if (after.live != before.live || after.adopted != before.adopted || after.freed != before.freed) return 2;
        refused = n;
      }
    }
    if (refused == 0) return 3;
    const rlimit much{RLIM_INFINITY, RLIM_INFINITY};
    if (setrlimit(RLIMIT_AS, &much) != 0) return 4;
    return registry.adopt(&things[16 * refused], adoption{}) && first ? 0 : 5;
  });
  EXPECT_EQ(told, 0);
}

}  // namespace
