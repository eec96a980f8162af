// C frees what is held: what the guard, the sanitizers, note_freed, a cookie and an address that comes back tell.
//
// The guard of these tests is the list at the beginning: it is looked up by name as the real one is.
#include <holdfast/lifetime/guard_abi.h>
#include <holdfast/lifetime/resource_registry.hpp>

#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <holdfast/base/sync/thread_id.hpp>

#include "tests/unit/base/reclaim/child.hpp"
#include "tests/unit/lifetime/refusals.hpp"

namespace {

std::vector<holdfast_keeper*>& keepers() {
  static auto& connected = *new std::vector<holdfast_keeper*>();  // asked for by static objects to the last
  return connected;
}

}  // namespace

extern "C" int holdfast_guard_connect(holdfast_keeper* keeper) {
  keepers().push_back(keeper);
  return 0;
}
extern "C" int holdfast_guard_disconnect(holdfast_keeper* keeper) {
  std::erase(keepers(), keeper);
  return 0;
}

namespace {

using namespace holdfast;
using holdfast::tests::in_child;
using holdfast::tests::refusals;
using testing::HasSubstr;
using testing::Not;

bool has_bit(const holdfast_keeper& keeper, const void* address) {
  const std::uint32_t bit = holdfast_filter_bit(address);
  return (keeper.filter[bit / 64] >> bit % 64 & 1) != 0;
}

// What the guard does with an address that is about to be freed.
holdfast_verdict frees(void* address, holdfast_leave how = holdfast_leave_free, std::size_t size = 0) {
  holdfast_verdict verdict = holdfast_let_go;
  for (holdfast_keeper* keeper : keepers())
    if ((how == holdfast_leave_munmap || has_bit(*keeper, address)) &&
        keeper->on_leave(keeper, address, size, how) == holdfast_keep)
      verdict = holdfast_keep;
  return verdict;
}

resource_options with_policy(when_freed what) {
  resource_options options;
  options.freed = what;
  options.name = "watched";
  return options;
}

int freed_by_callback;

adoption counted() {
  freed_by_callback = 0;
  adoption how;
  how.name = "buffer";
  how.size = 32;
  how.free = [](void*, void*, std::size_t) { ++freed_by_callback; };
  return how;
}

class ResourceGuard : public testing::Test {
 protected:
  alignas(16) char block[64] = {};
};

// covers hf.resources.filter-covers
TEST_F(ResourceGuard, ARegistryIsAKeeperWhileItOrAResourceOfItLives) {
  const std::size_t before = keepers().size();
  resource_share<char> held;
  {
    resource_options options;
    options.tell_leaks = false;
    resource_registry registry(options);
    ASSERT_EQ(keepers().size(), before + 1);
    EXPECT_EQ(keepers().back()->abi, std::uint32_t{holdfast_guard_abi});
    EXPECT_EQ(keepers().back()->size, sizeof(holdfast_keeper));
    held = registry.adopt(&block[0], counted());
  }
  EXPECT_EQ(keepers().size(), before + 1) << "it watches over what is still held";
  held.reset();
  EXPECT_EQ(keepers().size(), before);
}

// covers hf.resources.filter-covers
TEST_F(ResourceGuard, TheFilterHasTheBitsOfWhatIsHeldAndNoOthers) {
  resource_registry registry;
  const holdfast_keeper& keeper = *keepers().back();
  const auto set = [&] {
    int bits = 0;
    for (int word = 0; word < holdfast_filter_bits / 64; ++word) bits += __builtin_popcountll(keeper.filter[word]);
    return bits;
  };
  EXPECT_EQ(set(), 0);
  // Enough for shards to split their chains.
  const auto many = std::make_unique<std::uint64_t[]>(2 * 300'000);
  std::vector<resource_share<std::uint64_t>> held;
  for (std::size_t i = 0; i < 300'000; ++i) held.push_back(registry.adopt(&many[2 * i], {}));
  std::size_t missing = 0;
  for (const auto& one : held) missing += has_bit(keeper, one.get()) ? 0 : 1;
  EXPECT_EQ(missing, 0u);
  EXPECT_GT(set(), 60'000);
  held.resize(10);
  for (const auto& one : held) EXPECT_TRUE(has_bit(keeper, one.get()));
  EXPECT_LE(set(), 10);
  held.clear();
  EXPECT_EQ(set(), 0);
}

// covers hf.resources.leave-marks
TEST_F(ResourceGuard, WhatCFreesIsRefusedAndNotFreedAgain) {
  resource_registry registry(with_policy(when_freed::mark));
  auto held = registry.adopt(&block[0], counted());
  const resource_handle handle = held.handle();
  EXPECT_TRUE(registry.with(handle, [](void*) {}));
  EXPECT_EQ(frees(block), holdfast_let_go);
  EXPECT_EQ(registry.fault(handle), resource_error::freed);
  EXPECT_EQ(held.get(), nullptr);
  EXPECT_TRUE(held);
  EXPECT_FALSE(registry.with(handle, [](void*) { FAIL(); }));
  EXPECT_FALSE(registry.share(handle));
  EXPECT_EQ(frees(block), holdfast_let_go) << "the address is nobody's any more";
  EXPECT_EQ(registry.stats().freed_by_c, 1u);
  EXPECT_EQ(registry.why(handle).what(), cause::freed_by_c);
  EXPECT_EQ(registry.why(handle).thread(), this_thread_id());
  held.reset();
  registry.drain();
  EXPECT_EQ(freed_by_callback, 0);
  EXPECT_EQ(registry.fault(handle), resource_error::stale);
  EXPECT_EQ(registry.why(handle).what(), cause::freed_by_c);
}

// covers hf.resources.leave-marks
TEST_F(ResourceGuard, AnAddressThatComesBackIsSomethingElse) {
  resource_registry registry(with_policy(when_freed::mark));
  const auto before = registry.adopt(&block[0], counted());
  static_cast<void>(frees(block));
  const auto after = registry.adopt(&block[0], counted());
  EXPECT_NE(before.handle(), after.handle());
  EXPECT_EQ(before.get(), nullptr);
  EXPECT_EQ(after.get(), block);
  EXPECT_EQ(registry.stats().readopted, 0u) << "we were told";
}

// covers hf.resources.leave-told
TEST_F(ResourceGuard, TheReportNamesBothParties) {
  resource_options options = with_policy(when_freed::report);
  options.stacks = true;
  resource_registry registry(options);
  refusals said;
  adoption how = counted();
  how.tag = 9;
  const auto held = registry.adopt(&block[0], how);
  const auto second = held;
  const auto adopter = std::to_string(this_thread_id());
  std::string other;
  std::thread([&] {
    other = std::to_string(this_thread_id());
    static_cast<void>(frees(block));
  }).join();
  ASSERT_EQ(said.texts().size(), 1u);
  const std::string& text = said.texts()[0];
  EXPECT_THAT(text, HasSubstr("holdfast: C memory was freed while it is held\n  registry \"watched\"\n"));
  EXPECT_THAT(text, HasSubstr("resource \"buffer\" (handle " + to_string(held.handle()) + ", tag 9, 32 bytes at 0x"));
  EXPECT_THAT(text, HasSubstr("shares: 2"));
  EXPECT_THAT(text, HasSubstr("adopted by thread " + adopter + " at "));
  EXPECT_THAT(text, HasSubstr("resource_guard.cpp:"));
  EXPECT_THAT(text, HasSubstr("stack of the adoption:\n    #0"));
  EXPECT_THAT(text, HasSubstr("this thread " + other + " is freeing it with free\n"));
  EXPECT_THAT(text, HasSubstr("stack of this thread " + other + ":\n    #0"));
  EXPECT_THAT(text, HasSubstr("cure: release the handle instead of freeing"));
}

// covers hf.resources.leave-told
TEST_F(ResourceGuard, EachDoorHasItsWordsAndReportsAreBounded) {
  resource_options options = with_policy(when_freed::report);
  options.most_reports = 3;
  resource_registry registry(options);
  refusals said;
  for (const holdfast_leave how : {holdfast_leave_realloc, holdfast_leave_delete}) {
    const auto held = registry.adopt(&block[0], counted());
    EXPECT_EQ(frees(block, how), holdfast_let_go);
  }
  for (int i = 0; i < 5; ++i) {
    const auto held = registry.adopt(&block[0], counted());
    EXPECT_FALSE(registry.note_freed(block));
  }
  ASSERT_EQ(said.texts().size(), 3u);
  EXPECT_THAT(said.texts()[0], HasSubstr("is moving it with realloc"));
  EXPECT_THAT(said.texts()[1], HasSubstr("is freeing it with operator delete"));
  EXPECT_THAT(said.texts()[2], HasSubstr("says with note_freed"));
  EXPECT_THAT(said.texts()[2], Not(HasSubstr("stack of the adoption")));
  EXPECT_EQ(registry.stats().freed_by_c, 7u);
}

// covers hf.resources.heal
TEST_F(ResourceGuard, HealingKeepsTheMemoryAndFreesItOnce) {
  resource_registry registry(with_policy(when_freed::heal));
  refusals said;
  auto held = registry.adopt(&block[0], counted());
  const resource_handle handle = held.handle();
  EXPECT_EQ(frees(block), holdfast_keep);
  EXPECT_EQ(registry.fault(handle), resource_error::none);
  EXPECT_EQ(held.get(), block);
  EXPECT_TRUE(registry.with<char>(handle, [](char* still) { *still = 1; }));
  EXPECT_TRUE(registry.share(handle));
  ASSERT_EQ(said.texts().size(), 1u);
  EXPECT_THAT(said.texts()[0], HasSubstr("it is kept, and goes at the last release"));
  EXPECT_EQ(frees(block), holdfast_keep) << "C frees twice";
  ASSERT_EQ(said.texts().size(), 2u);
  EXPECT_THAT(said.texts()[1], HasSubstr("it was freed before and kept"));
  EXPECT_EQ(registry.stats().kept, 1u);
  EXPECT_EQ(freed_by_callback, 0);
  held.reset();
  registry.drain();
  EXPECT_EQ(freed_by_callback, 1);
  EXPECT_EQ(frees(block), holdfast_let_go) << "and now it may go";
}

// covers hf.resources.heal
TEST_F(ResourceGuard, WithoutACallbackWhatIsKeptGoesTheWayItCame) {
  resource_registry registry(with_policy(when_freed::heal));
  refusals said;
  for (const holdfast_leave how : {holdfast_leave_free, holdfast_leave_realloc, holdfast_leave_delete}) {
    // A leak, or a mismatch of allocators, is what AddressSanitizer would see.
    void* const memory = how == holdfast_leave_delete ? ::operator new(40) : std::malloc(40);
    auto held = registry.adopt(memory, {});
    EXPECT_EQ(frees(memory, how), holdfast_keep);
    *static_cast<char*>(held.get()) = 1;
    held.reset();
  }
  EXPECT_EQ(registry.stats().freed, 0u);
}

// covers hf.resources.heal
TEST_F(ResourceGuard, WhatAnotherAllocatorFreesIsKeptOnlyWithACallback) {
  resource_registry registry(with_policy(when_freed::heal));
  refusals said;
  auto with = registry.adopt(&block[0], counted());
  const auto without = registry.adopt(&block[16], {});
  EXPECT_TRUE(registry.note_freed(block));
  EXPECT_EQ(with.get(), block);
  EXPECT_FALSE(registry.note_freed(&block[16]));
  EXPECT_EQ(without.get(), nullptr);
  with.reset();
  EXPECT_EQ(freed_by_callback, 1);
}

// covers hf.resources.leave-marks
TEST_F(ResourceGuard, UnmappingTakesAllThatBeginsInTheRange) {
  resource_registry registry(with_policy(when_freed::heal));
  refusals said;
  constexpr std::size_t page = 4096;
  void* const range = mmap(nullptr, 4 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(range, MAP_FAILED);
  char* const bytes = static_cast<char*>(range);
  const auto first = registry.adopt(bytes, {});
  const auto inner = registry.adopt(bytes + page + 100, {});
  const auto behind = registry.adopt(bytes + 2 * page, {});
  EXPECT_EQ(frees(bytes, holdfast_leave_munmap, 2 * page), holdfast_let_go) << "a range is not kept";
  EXPECT_EQ(first.get(), nullptr);
  EXPECT_EQ(inner.get(), nullptr);
  EXPECT_EQ(behind.get(), bytes + 2 * page);
  EXPECT_EQ(frees(bytes + 3 * page, holdfast_leave_munmap, page), holdfast_let_go);
  EXPECT_EQ(registry.stats().freed_by_c, 2u);
  EXPECT_EQ(frees(bytes, holdfast_leave_munmap, std::size_t{1} << 40), holdfast_let_go) << "however large";
  EXPECT_EQ(behind.get(), nullptr);
  munmap(range, 4 * page);
}

// covers hf.resources.readopted
TEST_F(ResourceGuard, AnAddressAdoptedTwiceWasFreedUnseen) {
  resource_registry registry(with_policy(when_freed::report));
  refusals said;
  auto before = registry.adopt(&block[0], counted());
  auto after = registry.adopt(&block[0], counted());
  ASSERT_EQ(said.texts().size(), 1u);
  EXPECT_THAT(said.texts()[0], HasSubstr("adopts the same address again: it was freed unseen, or adopted twice, at "));
  EXPECT_EQ(before.get(), nullptr);
  EXPECT_EQ(registry.fault(before.handle()), resource_error::freed);
  EXPECT_EQ(registry.stats().readopted, 1u);
  before.reset();
  EXPECT_EQ(freed_by_callback, 0) << "it would free what the other has";
  EXPECT_EQ(after.get(), block);
  EXPECT_EQ(frees(block), holdfast_let_go) << "the younger one is who is watched";
  EXPECT_EQ(after.get(), nullptr);
}

// covers hf.resources.readopted
TEST_F(ResourceGuard, APartMayLieAtTheAddressOfTheWhole) {
  resource_registry registry(with_policy(when_freed::report));
  refusals said;
  const auto whole = registry.adopt(&block[0], counted());
  adoption part;
  part.watched = false;
  const auto first_member = registry.adopt(&block[0], part);
  EXPECT_TRUE(said.texts().empty());
  EXPECT_EQ(whole.get(), block);
  EXPECT_EQ(first_member.get(), block);
  static_cast<void>(frees(block));
  EXPECT_EQ(whole.get(), nullptr);
  EXPECT_EQ(first_member.get(), block) << "nobody watches it";
}

// covers hf.resources.cookie
TEST_F(ResourceGuard, AChangedCookieIsNotHandedOut) {
  resource_registry registry(with_policy(when_freed::report));
  refusals said;
  std::uint64_t header[4] = {0xC0FFEE, 0, 0, 0};
  adoption how = counted();
  how.cookie = header;
  auto held = registry.adopt(header, how);
  EXPECT_TRUE(registry.with(held.handle(), [](void*) {}));
  EXPECT_TRUE(registry.pin(held.handle()));
  header[1] = 1;
  EXPECT_TRUE(registry.with(held.handle(), [](void*) {})) << "other words may change";
  header[0] = 0xDEAD;
  EXPECT_FALSE(registry.with(held.handle(), [](void*) { FAIL(); }));
  ASSERT_EQ(said.texts().size(), 1u);
  EXPECT_THAT(said.texts()[0], HasSubstr("finds its cookie changed"));
  header[0] = 0xC0FFEE;
  EXPECT_EQ(registry.fault(held.handle()), resource_error::freed) << "once is enough";
  EXPECT_EQ(said.texts().size(), 1u);
  held.reset();
  registry.drain();
  EXPECT_EQ(freed_by_callback, 0);
}

// covers hf.resources.leave-marks
TEST_F(ResourceGuard, LeavesErrnoAlone) {
  resource_registry registry(with_policy(when_freed::report));
  refusals said;
  const auto held = registry.adopt(&block[0], counted());
  errno = 77;
  static_cast<void>(frees(block));
  EXPECT_EQ(errno, 77);
  EXPECT_EQ(said.texts().size(), 1u);
}

// covers hf.resources.free-unlocked
TEST_F(ResourceGuard, ACallbackMayFreeAdoptAndRelease) {
  static resource_registry* inner;
  static resource_share<char> next;
  resource_registry registry(with_policy(when_freed::report));
  inner = &registry;
  refusals said;
  next = registry.adopt(&block[16], counted());
  adoption how;
  how.free = [](void*, void* pointer, std::size_t) {
    // The callback's own free passes the guard like any other.
    EXPECT_EQ(frees(pointer), holdfast_let_go);
    next.reset();
    const auto again = inner->adopt(static_cast<char*>(pointer), adoption{});
    EXPECT_TRUE(inner->with(again.handle(), [](void*) {}));
    EXPECT_EQ(inner->stats().live, 2u) << "itself, and the new one";
  };
  registry.adopt(&block[0], how).reset();
  EXPECT_EQ(freed_by_callback, 1);
  EXPECT_TRUE(said.texts().empty());
  registry.drain();
}

// covers hf.resources.leave-marks
TEST_F(ResourceGuard, TheSanitizersHooksTellOfFree) {
  if (!address_sanitizer && !thread_sanitizer) GTEST_SKIP() << "no sanitizer, no hooks";
  const int told = in_child([] {
    resource_registry registry(with_policy(when_freed::heal));
    set_failure_handler([](const failure&) {});
    void* const memory = std::malloc(32);
    auto held = registry.adopt(memory, counted());
    std::free(memory);
    if (held.get() != nullptr) return 1;
    if (registry.stats().kept != 0) return 2;
    held.reset();
    return freed_by_callback == 0 ? 0 : 3;
  });
  EXPECT_EQ(told, 0);
}

// covers hf.resources.fork
TEST_F(ResourceGuard, AChildWatchesOn) {
  resource_registry registry(with_policy(when_freed::mark));
  const auto held = registry.adopt(&block[0], counted());
  const int told = in_child([&] {
    static_cast<void>(frees(block));
    return held.get() == nullptr ? 0 : 1;
  });
  EXPECT_EQ(told, 0);
  EXPECT_EQ(held.get(), block);
}

}  // namespace
