// Misuse of C resources that ends the process, and what is said.
#include <holdfast/lifetime/resource_registry.hpp>

#include <unistd.h>

#include <stdexcept>

#include <gtest/gtest.h>

#include "tests/death/death_test.hpp"

namespace {

using namespace holdfast;

using ResourcesDeath = holdfast::tests::death_test;

// covers hf.resources.misuse-reported
TEST_F(ResourcesDeath, ReleasingSomebodyElsesShare) {
  EXPECT_DEATH(
      {
        resource_registry registry;
        int thing = 0;
        const auto held = registry.adopt(&thing, adoption{});
        static_cast<void>(registry.release(held.handle()));
      },
      "holdfast: fatal: a share was released by somebody else\n(.|\n)*handle [0-9]+#1: the handle is stale"
      "(.|\n)*cure: release each share once");
}

// covers hf.resources.stale-told
TEST_F(ResourcesDeath, UsingWhatCHasFreed) {
  const auto use_with = [](auto use) {
    resource_registry registry({.name = "textures", .freed = when_freed::report});
    int thing = 0;
    const auto held = registry.adopt(&thing, adoption{});
    static_cast<void>(registry.note_freed(&thing));
    use(registry, held);
  };
  const auto share = [](auto&, auto& held) { (void)held.template at<when_stale::fatal>(); };
  const auto handle = [](auto& from, auto& held) { (void)from.template at<int, when_stale::fatal>(held.handle()); };
  const char* const told =
      "fatal error: use of a stale reference\n(.|\n)*"
      "  stale reference to resource [0-9]+#[0-9]+ of registry \"textures\": memory freed by C code by operation #1 on "
      "thread [0-9]+\n(.|\n)*  cure: hold a share of the resource while you use it";
  EXPECT_DEATH(use_with(share), told);
  EXPECT_DEATH(use_with(handle), told);
}

// covers hf.resources.misuse-reported
TEST_F(ResourcesDeath, SixteenMillionShares) {
  EXPECT_DEATH(
      {
        resource_registry registry;
        int thing = 0;
        const auto held = registry.adopt(&thing, adoption{});
        for (int i = 0; i < 16'777'214; ++i) static_cast<void>(registry.share(held.handle()).detach());
        if (registry.fault(held.handle()) != resource_error::none || registry.share(held.handle())) _exit(0);
        const auto one_more = held;
      },
      "holdfast: fatal: too many shares of one resource\n(.|\n)*has 16777215 shares already(.|\n)*cure: keep one share");
}

// covers hf.resources.leave-told
TEST_F(ResourcesDeath, WhatCFreesUnderAbort) {
  EXPECT_DEATH(
      {
        resource_options options;
        options.freed = when_freed::abort;
        options.most_reports = 0;
        resource_registry registry(options);
        int thing = 0;
        const auto held = registry.adopt(&thing, adoption{});
        static_cast<void>(registry.note_freed(&thing));
      },
      "holdfast: fatal: C memory was freed while it is held\n(.|\n)*adopted by thread [0-9]+ at .*resources.cpp:[0-9]+"
      "(.|\n)*says with note_freed(.|\n)*stack of this thread(.|\n)*cure: release the handle");
}

// covers hf.resources.free-once
TEST_F(ResourcesDeath, ACallbackThatThrows) {
  EXPECT_DEATH(
      {
        resource_registry registry;
        int thing = 0;
        adoption how;
        how.free = [](void*, void*, std::size_t) { throw std::runtime_error("not from here"); };
        try {
          registry.adopt(&thing, how).reset();
        } catch (const std::runtime_error&) {
          _exit(0);
        }
      },
      "not from here");
}

}  // namespace
