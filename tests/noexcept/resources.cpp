// C resources as a program compiled with -fno-exceptions uses them.
#include <holdfast/managed/resource_map.hpp>

#include <cstdlib>
#include <cstring>
#include <string>

#include <gtest/gtest.h>

#include <holdfast/concurrent/sync_map.hpp>

namespace {

using namespace holdfast;

int closed = 0;
void close_text(char* text) {
  ++closed;
  std::free(text);
}
char* text_of_c(const char* what) {
  auto* const text = static_cast<char*>(std::malloc(32));
  return std::strcpy(text, what);
}

TEST(WithoutExceptions, ARegistrySharesLendsAndFreesOnce) {
  closed = 0;
  resource_registry registry({.name = "texts", .most_resources = 1, .tell_leaks = false});
  auto share = registry.adopt(text_of_c("one"), close_text);
  const resource_handle handle = share.handle();
  EXPECT_FALSE(registry.adopt(&closed, adoption{})) << "it is full, and says so without an exception";
  bool used = registry.with<char>(handle, [](const char* text) { EXPECT_STREQ(text, "one"); });
  EXPECT_TRUE(used);
  {
    const auto pin = registry.pin<char>(handle);
    const auto more = registry.share<char>(handle);
    share.reset();
    EXPECT_STREQ(pin.get(), more.get());
    EXPECT_EQ(closed, 0);
  }
  EXPECT_EQ(registry.drain(), 0u);
  EXPECT_EQ(closed, 1);
  used = registry.with<char>(handle, [](char*) {});
  EXPECT_FALSE(used);
  EXPECT_EQ(registry.fault(handle), resource_error::stale);
  EXPECT_EQ(registry.why(handle).what(), cause::released);
}

TEST(WithoutExceptions, WhatCFreesIsMarkedAndHealed) {
  closed = 0;
  resource_registry registry({.freed = when_freed::mark});
  const auto share = registry.adopt(text_of_c("one"), close_text);
  char* const text = share.get();
  EXPECT_FALSE(registry.note_freed(text));
  std::free(text);
  EXPECT_EQ(share.get(), nullptr);
  EXPECT_EQ(registry.fault(share.handle()), resource_error::freed);
  registry.react(when_freed::heal);
  auto kept = registry.adopt(text_of_c("two"), close_text);
  EXPECT_TRUE(registry.note_freed(kept.get()));
  EXPECT_STREQ(kept.get(), "two");
  kept.reset();
  EXPECT_EQ(closed, 1);
}

TEST(WithoutExceptions, AMapOfResourcesOwnsThem) {
  closed = 0;
  resource_registry registry;
  {
    resource_map<std::string, char> texts(registry);
    for (int n = 0; n < 100; ++n) texts.adopt(std::to_string(n), text_of_c("text"), close_text);
    EXPECT_EQ(texts.adopt("none", static_cast<char*>(nullptr), close_text), resource_handle());
    EXPECT_TRUE(texts.with("42", [](const char* text) { EXPECT_STREQ(text, "text"); }));
    const auto kept = texts.get("7");
    EXPECT_TRUE(texts.erase("7"));
    EXPECT_EQ(closed, 0);
    EXPECT_STREQ(kept.get(), "text");
    texts.clear();
    EXPECT_EQ(closed, 99);
  }
  EXPECT_EQ(closed, 100);

  sync_map<int, resource_share<char>> shared;
  shared.store(1, registry.adopt(text_of_c("one"), close_text));
  EXPECT_STREQ(shared.pin(1)->get(), "one");
}

}  // namespace
