// A map that owns C resources: what its operations release, and what it keeps alive.
#include <holdfast/managed/resource_map.hpp>

#include <string>

#include <gtest/gtest.h>

#include <holdfast/lifetime/guard_abi.h>

#include "tests/unit/lifetime/refusals.hpp"

namespace {

using namespace holdfast;

int freed_in_all;

struct thing {
  int number = 0;
};

void free_thing(thing* one) {
  ++freed_in_all;
  delete one;
}

class ResourceMap : public testing::Test {
 protected:
  void SetUp() override { freed_in_all = 0; }
  resource_registry registry;
  resource_map<std::string, thing> things{registry};
};

// covers hf.resources.map-owns
TEST_F(ResourceMap, ErasingWritingOverAndClearingRelease) {
  things.adopt("a", new thing{1}, free_thing);
  things.adopt("b", new thing{2}, free_thing);
  EXPECT_EQ(things.size(), 2u);
  EXPECT_FALSE(things.put("b", things.registry().adopt(new thing{3}, free_thing)));
  EXPECT_EQ(freed_in_all, 1) << "the value that was there";
  EXPECT_TRUE(things.erase("a"));
  EXPECT_FALSE(things.erase("a"));
  EXPECT_EQ(freed_in_all, 2);
  things.clear();
  EXPECT_EQ(freed_in_all, 3);
  EXPECT_TRUE(things.empty());
}

// covers hf.resources.map-owns
TEST_F(ResourceMap, ItsEndReleases) {
  {
    resource_map<int, thing> short_lived(registry);
    short_lived.adopt(1, new thing, free_thing);
    short_lived.adopt(2, new thing, free_thing);
    things.put("kept", short_lived.get(2));
  }
  EXPECT_EQ(freed_in_all, 1);
  EXPECT_EQ(things.get("kept")->number, 0);
}

// covers hf.resources.map-owns
TEST_F(ResourceMap, WhatItHandsOutOutlivesTheEntry) {
  things.adopt("a", new thing{1}, free_thing);
  const resource_handle handle = things.handle("a");
  {
    const auto share = things.get("a");
    EXPECT_TRUE(things.with("a", [&](thing* one) {
      things.clear();
      for (int i = 0; i < 1000; ++i) things.adopt(std::to_string(i), new thing, free_thing);
      EXPECT_EQ(one->number, 1);
    }));
    EXPECT_EQ(share->number, 1);
    EXPECT_EQ(freed_in_all, 0);
  }
  EXPECT_EQ(freed_in_all, 1);
  EXPECT_EQ(registry.fault(handle), resource_error::stale);
  auto out = things.take_out("7");
  EXPECT_TRUE(out);
  EXPECT_FALSE(things.contains("7"));
  out.reset();
  EXPECT_EQ(freed_in_all, 2);
}

// covers hf.resources.map-owns
TEST_F(ResourceMap, WhatIsNotThereIsEmpty) {
  EXPECT_FALSE(things.get("none"));
  EXPECT_FALSE(things.handle("none"));
  EXPECT_FALSE(things.with("none", [](thing*) { FAIL(); }));
  EXPECT_FALSE(things.take_out("none"));
  EXPECT_FALSE(things.adopt("null", static_cast<thing*>(nullptr), free_thing));
  EXPECT_FALSE(things.contains("null"));
}

// covers hf.resources.leave-marks
TEST_F(ResourceMap, WhatCFreedIsNotUsedAndCanBeSweptOut) {
  const holdfast::tests::refusals said;
  auto* const doomed = new thing{1};
  things.adopt("a", doomed, free_thing);
  things.adopt("b", new thing{2}, free_thing);
  EXPECT_FALSE(registry.note_freed(doomed));
  delete doomed;
  EXPECT_FALSE(things.with("a", [](thing*) { FAIL(); }));
  EXPECT_TRUE(things.contains("a"));
  EXPECT_EQ(things.erase_freed(), 1u);
  EXPECT_EQ(things.size(), 1u);
  EXPECT_EQ(freed_in_all, 0);
}

TEST_F(ResourceMap, HandlesAndUnmanagedPointersAreKeys) {
  resource_map<resource_handle, thing> by_handle(registry);
  const auto one = registry.adopt(new thing{5}, free_thing);
  by_handle.put(one.handle(), one);
  EXPECT_EQ(by_handle.get(one.handle())->number, 5);
  resource_map<unmanaged<const char*>, thing> by_address(registry);
  const char* const name = "literal";
  by_address.put({name}, one);
  EXPECT_EQ(by_address.get(unmanaged<const char*>{name})->number, 5);
  int seen = 0;
  for (const auto& [key, share] : by_address) seen += share->number;
  EXPECT_EQ(seen, 5);
}

}  // namespace
