// Resources from their adoption to their end: shares, pins, names, limits, ends of registries.
#include <holdfast/lifetime/resource_registry.hpp>

#include <cstdlib>
#include <cstring>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <holdfast/base/sync/thread_id.hpp>
#include <holdfast/map/map.hpp>

#include "tests/unit/base/reclaim/child.hpp"
#include "tests/unit/lifetime/refusals.hpp"

namespace {

using namespace holdfast;
using holdfast::tests::in_child;
using holdfast::tests::refusals;
using testing::HasSubstr;

// What the callback was told, and how often it was called.
struct freed_log {
  int calls = 0;
  void* pointer = nullptr;
  std::size_t size = 0;
};

adoption logged(freed_log& log, std::size_t size = 8) {
  adoption how;
  how.size = size;
  how.context = &log;
  how.free = [](void* context, void* pointer, std::size_t bytes) {
    auto& to = *static_cast<freed_log*>(context);
    ++to.calls;
    to.pointer = pointer;
    to.size = bytes;
  };
  return how;
}

class Resources : public testing::Test {
 protected:
  resource_registry registry;
  int thing = 7;
  int other = 8;
  freed_log log;
};

// covers hf.resources.free-once
TEST_F(Resources, FreesOnceWithItsLastShareAndTellsWhatAndHowLarge) {
  auto first = registry.adopt(&thing, logged(log, 24));
  {
    const auto second = first;
    auto third = registry.share<int>(first.handle());
    EXPECT_EQ(first.use_count(), 3u);
    EXPECT_EQ(*third, 7);
    first.reset();
    third.reset();
    EXPECT_EQ(log.calls, 0);
  }
  EXPECT_EQ(log.calls, 1);
  EXPECT_EQ(log.pointer, &thing);
  EXPECT_EQ(log.size, 24u);
}

// covers hf.resources.share-refuses-zero
TEST_F(Resources, AHandleIsStaleAfterTheLastRelease) {
  const resource_handle handle = registry.adopt(&thing, logged(log)).handle();
  EXPECT_EQ(log.calls, 1);
  EXPECT_FALSE(registry.share(handle));
  EXPECT_FALSE(registry.pin(handle));
  EXPECT_FALSE(registry.attach(handle));
  EXPECT_FALSE(registry.with(handle, [](void*) { FAIL(); }));
  EXPECT_EQ(registry.release(handle), resource_error::stale);
  EXPECT_EQ(registry.fault(handle), resource_error::stale);
  EXPECT_EQ(log.calls, 1);
}

// covers hf.resources.stale-not-foreign
TEST_F(Resources, TellsStaleForeignAndInvalidApart) {
  resource_registry second;
  const auto held = second.adopt(&thing, logged(log));
  EXPECT_EQ(second.fault(held.handle()), resource_error::none);
  EXPECT_EQ(registry.fault(held.handle()), resource_error::foreign);
  EXPECT_EQ(registry.release(held.handle()), resource_error::foreign);
  EXPECT_FALSE(registry.share(held.handle()));
  EXPECT_FALSE(registry.pin(held.handle()));
  EXPECT_FALSE(second.with(resource_handle(), [](void*) {}));
  EXPECT_TRUE(second.with(held.handle(), [](void*) {}));
  EXPECT_FALSE(registry.with(held.handle(), [](void*) { FAIL(); })) << "also when it is borrowed already";
  EXPECT_EQ(registry.fault(resource_handle()), resource_error::invalid);
  EXPECT_EQ(registry.fault(resource_handle(4'000'000'000, 1)), resource_error::invalid);
  EXPECT_EQ(registry.fault(resource_handle(held.handle().index(), held.handle().generation() + 1)),
            resource_error::invalid);
  EXPECT_EQ(held.use_count(), 1u);
}

// covers hf.resources.handle-never-reused
TEST_F(Resources, ASlotIsUsedAgainUnderAnotherGeneration) {
  std::set<resource_handle> seen;
  const std::uint32_t before = registry.stats().slots;
  for (int round = 0; round < 5000; ++round) {
    const auto held = registry.adopt(&thing, {});
    EXPECT_TRUE(seen.insert(held.handle()).second);
    EXPECT_TRUE(held.handle());
  }
  EXPECT_LE(registry.stats().slots, before + 1) << "slots are used again";
}

// covers hf.resources.handle-never-reused, contract X6
TEST_F(Resources, AddressesComeBackAndHandlesDoNot) {
  resource_options quiet;
  quiet.freed = when_freed::mark;
  resource_registry watched(quiet);
  map<void*, int> by_address;
  map<resource_handle, int> by_handle;
  std::vector<resource_share<>> held;
  for (int round = 0; round < 10'000; ++round) {
    void* const memory = std::malloc(48);
    ASSERT_NE(memory, nullptr);
    by_address[memory] = round;
    held.push_back(watched.adopt(memory, {}));
    by_handle[held.back().handle()] = round;
    std::free(memory);
  }
  // Under a sanitizer freed memory waits before it is used again.
  if (!address_sanitizer && !thread_sanitizer) {
    EXPECT_LT(by_address.size(), 100u) << "the allocator gives the address again";
  }
  EXPECT_EQ(by_handle.size(), 10'000u);
  for (int round = 0; round < 10'000; ++round)
    EXPECT_EQ(by_handle.at(held[static_cast<std::size_t>(round)].handle()), round);
}

// covers hf.resources.free-after-use
TEST_F(Resources, WithKeepsTheResourceUntilItReturns) {
  auto held = registry.adopt(&thing, logged(log));
  EXPECT_TRUE(registry.with<int>(held.handle(), [&](int* resource) {
    EXPECT_EQ(*resource, 7);
    held.reset();
    registry.drain();
    EXPECT_EQ(log.calls, 0) << "it is in use";
  }));
  EXPECT_EQ(log.calls, 0) << "a domain finds out later";
  EXPECT_EQ(registry.drain(), 0u);
  EXPECT_EQ(log.calls, 1);
}

// covers hf.resources.free-after-use
TEST_F(Resources, APinHoldsTheResourceOverReleaseAndRegistry) {
  std::optional<resource_registry> gone(std::in_place);
  auto held = gone->adopt(&thing, logged(log));
  auto pinned = gone->pin<int>(held.handle());
  ASSERT_TRUE(pinned);
  const resource_handle handle = held.handle();
  held.reset();
  EXPECT_EQ(gone->drain(), 1u);
  EXPECT_EQ(gone->fault(handle), resource_error::stale);
  EXPECT_FALSE(gone->pin(handle)) << "who comes now finds nothing";
  EXPECT_EQ(log.calls, 0);
  EXPECT_EQ(*pinned, 7);
  pinned.reset();
  gone.reset();
  EXPECT_EQ(log.calls, 1);
}

// covers hf.resources.prompt-when-unborrowed
TEST_F(Resources, WhatNobodyBorrowedIsFreedAtOnce) {
  auto held = registry.adopt(&thing, logged(log));
  held.reset();
  EXPECT_EQ(log.calls, 1);
  // but not inside a section, which would last as long as the callback
  held = registry.adopt(&thing, logged(log));
  {
    const reclaim::read_scope reading(reclaim::default_domain());
    held.reset();
    EXPECT_EQ(log.calls, 1);
  }
  registry.drain();
  EXPECT_EQ(log.calls, 2);
}

// covers hf.resources.prompt-when-unborrowed
TEST_F(Resources, WhatADomainDestroysReleasesAtOnceToo) {
  struct owner : reclaim::retirable {
    resource_share<int> held;
  };
  auto* const one = new owner;
  one->held = registry.adopt(&thing, logged(log));
  reclaim::domain own;
  own.retire(*one, sizeof *one, [](reclaim::retirable* retired) noexcept { delete static_cast<owner*>(retired); });
  own.drain();
  EXPECT_EQ(log.calls, 1);
}

// covers hf.resources.close
TEST_F(Resources, ClosingLetsNobodyInAndThrowsNobodyOut) {
  auto held = registry.adopt(&thing, logged(log));
  auto pinned = registry.pin(held.handle());
  EXPECT_EQ(registry.close(held.handle()), resource_error::none);
  EXPECT_EQ(registry.close(held.handle()), resource_error::none) << "again makes no difference";
  EXPECT_EQ(registry.fault(held.handle()), resource_error::closing);
  EXPECT_FALSE(registry.share(held.handle()));
  EXPECT_FALSE(registry.pin(held.handle()));
  EXPECT_FALSE(registry.with(held.handle(), [](void*) { FAIL(); }));
  const auto owners = held;
  EXPECT_EQ(held.use_count(), 2u) << "who has one may pass it on";
  EXPECT_EQ(*owners, 7);
  held.reset();
  EXPECT_EQ(log.calls, 0);
  auto last = owners;
  const_cast<resource_share<int>&>(owners).reset();
  pinned.reset();
  last.reset();
  registry.drain();
  EXPECT_EQ(log.calls, 1);
  EXPECT_EQ(registry.close(resource_handle()), resource_error::invalid);
}

TEST_F(Resources, TakesAFunctionAsCHasThem) {
  auto text = registry.adopt(strdup("held"), std::free);
  EXPECT_STREQ(text.get(), "held");
  auto file = registry.adopt(std::fopen("/dev/null", "r"), std::fclose);
  ASSERT_TRUE(file);
  EXPECT_EQ(std::fgetc(file.get()), EOF);
}

TEST_F(Resources, NullIsNotAdopted) {
  const auto nothing = registry.adopt(static_cast<int*>(nullptr), logged(log));
  EXPECT_FALSE(nothing);
  EXPECT_EQ(nothing.get(), nullptr);
  EXPECT_FALSE(nothing.handle());
  EXPECT_EQ(nothing.use_count(), 0u);
  EXPECT_EQ(registry.size(), 0u);
}

// covers hf.resources.limit
TEST_F(Resources, AFullRegistryRefusesAndSaysSo) {
  resource_options small;
  small.most_resources = 1;
  small.name = "small";
  resource_registry full(small);
  refusals said;
  auto one = full.adopt(&thing, logged(log));
  const auto two = full.adopt(&other, logged(log));
  EXPECT_TRUE(one);
  EXPECT_FALSE(two);
  EXPECT_EQ(log.calls, 0) << "what was not adopted is the caller's";
  ASSERT_EQ(said.texts().size(), 1u);
  EXPECT_THAT(said.texts()[0], HasSubstr("holdfast: a registry is full\n  registry \"small\""));
  EXPECT_THAT(said.texts()[0], HasSubstr("cure: "));
  one.reset();
  EXPECT_TRUE(full.adopt(&other, {}));
}

TEST_F(Resources, SharesCompareHashAndPrintAsTheirHandles) {
  const auto a = registry.adopt(&thing, {});
  const auto b = registry.adopt(&other, {});
  const auto again = a;
  EXPECT_EQ(a, again);
  EXPECT_NE(a, b);
  EXPECT_NE(a < b, b < a);
  std::map<resource_handle, int> ordered{{a.handle(), 1}, {b.handle(), 2}};
  std::unordered_map<resource_share<int>, int> hashed{{a, 1}, {b, 2}};
  map<resource_share<int>, int> ours;
  ours[a] = 1;
  EXPECT_EQ(ours.at(again), 1);
  EXPECT_EQ(hashed.at(again), 1);
  EXPECT_EQ(ordered.size(), 2u);
  std::ostringstream text;
  text << resource_handle(12, 3) << ' ' << a;
  EXPECT_EQ(text.str(), "12#3 " + to_string(a.handle()));
  EXPECT_EQ(resource_handle::from_bits(a.handle().bits()), a.handle());
  const resource_share<> untyped = a;
  EXPECT_EQ(untyped.handle(), a.handle());
  EXPECT_EQ(untyped.get(), &thing);
}

TEST_F(Resources, SharesMoveSwapAndSurviveAssignmentToThemselves) {
  auto a = registry.adopt(&thing, logged(log));
  auto b = registry.adopt(&other, logged(log));
  swap(a, b);
  EXPECT_EQ(*a, 8);
  auto& same = a;
  a = same;
  EXPECT_EQ(*a, 8);
  EXPECT_EQ(a.use_count(), 1u);
  b = std::move(a);
  EXPECT_EQ(log.calls, 1) << "what it had before was released";
  EXPECT_FALSE(a);
  EXPECT_EQ(*b, 8);
}

TEST_F(Resources, DetachGivesTheCountAwayAndAttachTakesIt) {
  const resource_handle handle = registry.adopt(&thing, logged(log)).detach();
  EXPECT_EQ(log.calls, 0);
  {
    const auto back = registry.attach<int>(handle);
    EXPECT_EQ(*back, 7);
    EXPECT_EQ(back.use_count(), 1u);
  }
  EXPECT_EQ(log.calls, 1);
  const resource_handle second = registry.adopt(&thing, logged(log)).detach();
  EXPECT_EQ(registry.release(second), resource_error::none);
  EXPECT_EQ(log.calls, 2);
}

// covers hf.resources.census
TEST_F(Resources, WalksNamesTagsAndSumsUp) {
  adoption how;
  how.name = "a name that is longer than thirty-one bytes";
  how.tag = 5;
  how.size = 100;
  const auto a = registry.adopt(&thing, how);
  how.name = "b";
  how.size = 11;
  const auto b = registry.adopt(&other, how);
  resource_registry another;
  int third = 0;
  const auto not_ours = another.adopt(&third, how);
  const auto again = a;
  std::map<resource_handle, resource_view> seen;
  registry.for_each([&](const resource_view& one) { seen[one.handle] = one; });
  ASSERT_EQ(seen.size(), 2u);
  EXPECT_EQ(seen[a.handle()].name, "a name that is longer than thir");
  EXPECT_EQ(seen[a.handle()].shares, 2u);
  EXPECT_EQ(seen[b.handle()].pointer, &other);
  EXPECT_THAT(seen[b.handle()].site.file, HasSubstr("resource_registry.cpp"));
  EXPECT_STREQ(seen[b.handle()].site.function, "TestBody");
  ASSERT_EQ(registry.census().size(), 1u);
  EXPECT_EQ(registry.census()[0].tag, 5u);
  EXPECT_EQ(registry.census()[0].resources, 2u);
  EXPECT_EQ(registry.census()[0].bytes, 111u);
  EXPECT_THAT(registry.leaks(), HasSubstr("\"b\" tag 5, 11 bytes at 0x"));
  EXPECT_EQ(a.use_count(), 2u) << "looking leaves nothing behind";
}

// covers hf.resources.leak-report
TEST(ResourcesAtTheEnd, WhatIsHeldIsToldWithItsPlaceAndStaysGood) {
  int thing = 7;
  freed_log log;
  resource_share<int> held;
  refusals said;
  {
    resource_options options;
    options.name = "textures";
    resource_registry registry(options);
    adoption how = logged(log);
    how.name = "grass";
    held = registry.adopt(&thing, how);
  }
  ASSERT_EQ(said.texts().size(), 1u);
  EXPECT_THAT(
      said.texts()[0],
      HasSubstr("holdfast: resources are held beyond their registry\n  registry \"textures\"\n  1 still held:"));
  EXPECT_THAT(said.texts()[0], HasSubstr("\"grass\""));
  EXPECT_THAT(said.texts()[0], HasSubstr("resource_registry.cpp:"));
  EXPECT_THAT(said.texts()[0], HasSubstr("cure: "));
  EXPECT_EQ(*held, 7);
  const auto again = held;
  held.reset();
  EXPECT_EQ(log.calls, 0);
  const_cast<resource_share<int>&>(again).reset();
  EXPECT_EQ(log.calls, 1);
}

// covers hf.resources.leak-report
TEST(ResourcesAtTheEnd, NothingHeldIsNothingSaid) {
  refusals said;
  int thing = 7;
  { resource_registry().adopt(&thing, adoption{}).reset(); }
  resource_options silent;
  silent.tell_leaks = false;
  resource_share<int> held;
  {
    resource_registry registry(silent);
    held = registry.adopt(&thing, adoption{});
    EXPECT_EQ(registry.report_leaks(), 1u);
    EXPECT_EQ(said.texts().size(), 1u) << "asked for";
  }
  EXPECT_EQ(said.texts().size(), 1u) << "not asked for";
}

// covers hf.resources.why
TEST_F(Resources, SaysHowAHandleEnded) {
  auto held = registry.adopt(&thing, {});
  const resource_handle handle = held.handle();
  EXPECT_FALSE(registry.why(handle));
  held.reset();
  EXPECT_EQ(registry.why(handle).what(), cause::released);
  EXPECT_EQ(registry.why(handle).thread(), this_thread_id());
  EXPECT_EQ(registry.why(handle).serial(), 1u);
  EXPECT_FALSE(registry.why(resource_handle()));
  EXPECT_FALSE(registry.why(resource_handle(handle.index(), handle.generation() + 1)));
}

// What `use` raises, as the rest of a report would have it.
template <class Use>
std::string raised_by(Use use) {
  try {
    use();
  } catch (const stale_reference& told) {
    return told.what();
  }
  return "nothing";
}

// covers hf.resources.stale-told
TEST(ResourcesInUse, TellAStaleHandleAsEveryReferenceDoes) {
  resource_registry registry({.name = "textures"});
  resource_registry other;
  refusals said;
  int thing = 7;
  auto held = registry.adopt(&thing, {});
  const resource_handle handle = held.handle();
  EXPECT_EQ(*registry.at<int>(handle), 7);
  EXPECT_EQ(registry.explain(handle), "");
  EXPECT_EQ(raised_by([&] { (void)other.at<int>(handle); }),
            "holdfast: stale reference to resource " + to_string(handle) +
                ": the handle is of another registry; ask the registry that adopted it");
  EXPECT_FALSE((registry.at<int, when_stale::null>(resource_handle())));
  EXPECT_THAT(registry.explain(resource_handle()), HasSubstr("stale reference to a resource: the handle is null, or"));
  static_cast<void>(registry.close(handle));
  EXPECT_THAT(registry.explain(handle), HasSubstr("the resource is closing; take a share before close()"));
  held.reset();
  static_cast<void>(registry.drain());  // it was pinned once
  const std::string expected = "stale reference to resource " + to_string(handle) +
                               " of registry \"textures\": last share released by operation #1 on thread " +
                               std::to_string(this_thread_id()) + "; hold a share of the resource while you use it";
  EXPECT_EQ(registry.explain(handle), expected);
  EXPECT_EQ(raised_by([&] { (void)registry.at<int>(handle); }), "holdfast: " + expected);
  const auto next = registry.adopt(&thing, {});
  if (next.handle().index() == handle.index()) {
    EXPECT_THAT(registry.explain(handle), HasSubstr("last share released; hold a share"));
  }
}

// covers hf.resources.stale-told
TEST(ResourcesInUse, TellWhatCHasFreedAsEveryReferenceDoes) {
  resource_registry registry({.name = "textures", .freed = when_freed::report});
  refusals said;
  int thing = 7;
  const auto held = registry.adopt(&thing, {});
  EXPECT_EQ(*held.at(), 7);
  EXPECT_FALSE(held.why());
  EXPECT_EQ(held.explain(), "");
  EXPECT_FALSE(registry.note_freed(&thing));
  const std::string expected = "stale reference to resource " + to_string(held.handle()) +
                               " of registry \"textures\": memory freed by C code by operation #1 on thread " +
                               std::to_string(this_thread_id()) + "; hold a share of the resource while you use it";
  EXPECT_EQ(held.explain(), expected);
  EXPECT_EQ(registry.explain(held.handle()), expected);
  EXPECT_EQ(held.why(), registry.why(held.handle()));
  EXPECT_EQ(raised_by([&] { (void)held.at(); }), "holdfast: " + expected);
  EXPECT_EQ(raised_by([&] { (void)registry.at<int>(held.handle()); }), "holdfast: " + expected);
  EXPECT_EQ(held.at<when_stale::null>(), nullptr);
  EXPECT_THAT(raised_by([] { (void)resource_share<int>().at(); }), HasSubstr("stale reference to a resource: "));
}

// covers hf.resources.fork
TEST_F(Resources, AChildInheritsHandlesAndFreesOnlyWhatIsForkSafe) {
  adoption safe = logged(log);
  safe.fork_safe = true;
  auto ours = registry.adopt(&thing, logged(log));
  auto theirs = registry.adopt(&other, safe);
  const int told = in_child([&] {
    if (!registry.with<int>(ours.handle(), [](int* resource) { *resource = 9; })) return 1;
    if (thing != 9 || *theirs != 8) return 2;
    const resource_handle handle = ours.handle();
    ours.reset();
    registry.drain();
    if (log.calls != 0) return 3;
    if (registry.fault(handle) != resource_error::stale) return 4;
    if (registry.stats().skipped_in_child != 1) return 5;
    theirs.reset();
    if (log.calls != 1) return 6;
    int mine = 0;
    registry.adopt(&mine, logged(log)).reset();
    return log.calls == 2 ? 0 : 7;
  });
  EXPECT_EQ(told, 0);
  EXPECT_EQ(*ours, 7) << "the parent's is its own";
  EXPECT_EQ(log.calls, 0);
}

// covers hf.resources.thread-exit
TEST_F(Resources, ThreadsMayEndWithWhatTheyAdoptedHeldByOthers) {
  resource_share<int> kept;
  reclaim::pin<int> pinned;
  std::thread([&] {
    kept = registry.adopt(&thing, logged(log));
    pinned = registry.pin<int>(kept.handle());
  }).join();
  EXPECT_EQ(*pinned, 7);
  kept.reset();
  registry.drain();
  EXPECT_EQ(log.calls, 0);
  pinned.reset();
  registry.drain();
  EXPECT_EQ(log.calls, 1);
}

// covers hf.resources.thread-exit
TEST_F(Resources, AShareInAThreadsLastDestructorsIsReleasedThere) {
  std::thread([&] {
    static thread_local resource_share<int> late;
    late = registry.adopt(&thing, logged(log));
  }).join();
  EXPECT_EQ(log.calls, 1);
}

// covers hf.resources.static-destruction
TEST(ResourcesAtTheEnd, StaticObjectsMayHoldSharesUntilTheLast) {
  const int told = in_child([] {
    static int freed = 0;
    static int thing = 7;
    static std::size_t before = 0;
    std::atexit([] { _exit(freed == 1 && default_registry().size() == before ? 0 : 1); });
    // Destroyed after their registry: they were made before it.
    static resource_share<int> held;
    static resource_share<int> by_default;
    static resource_options silent;
    silent.tell_leaks = false;
    static resource_registry registry(silent);
    adoption how;
    how.context = &freed;
    how.free = [](void* context, void*, std::size_t) { ++*static_cast<int*>(context); };
    held = registry.adopt(&thing, how);
    before = default_registry().size();
    by_default = default_registry().adopt(&freed, adoption{});
    std::exit(3);
    return 4;
  });
  EXPECT_EQ(told, 0);
}

TEST_F(Resources, FiguresAddUp) {
  auto a = registry.adopt(&thing, logged(log));
  const auto b = registry.adopt(&other, logged(log));
  a.reset();
  const resource_stats now = registry.stats();
  EXPECT_EQ(now.adopted, 2u);
  EXPECT_EQ(now.live, 1u);
  EXPECT_EQ(now.freed, 1u);
  EXPECT_EQ(now.freed_by_c, 0u);
  EXPECT_EQ(registry.size(), 1u);
}

TEST(ResourceError, EachHasATextOfItsOwn) {
  std::set<std::string> texts;
  for (int one = 0; one <= static_cast<int>(resource_error::no_memory); ++one)
    texts.insert(text_of(static_cast<resource_error>(one)));
  EXPECT_EQ(texts.size(), 8u);
  EXPECT_THAT(text_of(static_cast<resource_error>(99)), HasSubstr("not an error"));
}

}  // namespace
