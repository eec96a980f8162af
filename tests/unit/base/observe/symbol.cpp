#include <holdfast/base/observe/symbol.hpp>

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <holdfast/base/lang/config.hpp>
#include <holdfast/base/lang/place.hpp>

// Not in the unnamed namespace: debug information has no parameters of what cannot be linked to.
namespace symbol_test {
[[gnu::noinline]] const void* place_with_a_string(std::string text) {
  return text.empty() ? nullptr : holdfast::here();
}
}  // namespace symbol_test

namespace {

using holdfast::observe::is_ours;
using holdfast::observe::symbol;

[[gnu::noinline]] const void* place_to_name() { return holdfast::here(); }

// covers hf.observe.symbols
TEST(Symbol, NamesFunctionAndLine) {
  const std::vector<symbol> symbols = holdfast::observe::symbols_at(place_to_name());
  ASSERT_FALSE(symbols.empty());
  if (!holdfast::have_libbacktrace || symbols.back().file.empty()) GTEST_SKIP() << "no debug information";
  EXPECT_NE(symbols.back().function.find("place_to_name"), std::string::npos);
  EXPECT_NE(symbols.back().file.find("symbol.cpp"), std::string::npos);
  EXPECT_GT(symbols.back().line, 0);
  EXPECT_FALSE(symbols.back().inlined);
  for (std::size_t i = 0; i + 1 < symbols.size(); ++i) EXPECT_TRUE(symbols[i].inlined);
}

TEST(Symbol, NamesTheModuleOfWhatHasNoDebugInformation) {
  const std::vector<symbol> symbols = holdfast::observe::symbols_at(reinterpret_cast<const void*>(16));
  ASSERT_EQ(symbols.size(), 1u);
  EXPECT_EQ(holdfast::observe::text_of(symbols[0]), "? in 0x10");
}

TEST(Symbol, ReadsAsFunctionFileLine) {
  const symbol login{"handle_login(int)", "/src/server.cpp", 88, "", false};
  EXPECT_EQ(holdfast::observe::text_of(login), "handle_login(int) at /src/server.cpp:88");
  EXPECT_EQ(holdfast::observe::short_text_of(login), "server.cpp:88 handle_login(int)");
  const symbol stripped{"", "", 0, "server+0x12ab", false};
  EXPECT_EQ(holdfast::observe::text_of(stripped), "? in server+0x12ab");
  EXPECT_EQ(holdfast::observe::short_text_of(stripped), "server+0x12ab");
}

TEST(Symbol, WritesStringsAsAPersonWould) {
  const std::string name = holdfast::observe::symbols_at(symbol_test::place_with_a_string("x")).back().function;
  if (name.empty()) GTEST_SKIP() << "no symbols";
  EXPECT_NE(name.find("place_with_a_string(std::string)"), std::string::npos) << name;
}

TEST(Symbol, CutsNamesThatWouldFillAPage) {
  const symbol one{std::string(1000, 'x'), "a.cpp", 1, "", false};
  EXPECT_LT(holdfast::observe::text_of(one).size(), 200u);
}

TEST(Symbol, KnowsTheLibrarysOwnFunctions) {
  EXPECT_TRUE(is_ours({"f", "/usr/include/holdfast/map/map.hpp", 1, "", false}));
  EXPECT_TRUE(is_ours({"f", "holdfast/base/sync/writer_mark.hpp", 1, "", false}));
  for (const char* const room : {"table", "lifetime", "concurrent", "managed"}) {
    EXPECT_TRUE(is_ours({"f", std::string("/usr/include/holdfast/") + room + "/a.hpp", 1, "", false})) << room;
  }
  EXPECT_TRUE(is_ours({"holdfast::v0::map<int, int>::clear()", "", 0, "server+0x1", false}));
  EXPECT_FALSE(is_ours({"main", "/home/me/holdfast-user/map/main.cpp", 1, "", false}));
  EXPECT_FALSE(is_ours({"holdfast::v0::hazard::race()", "/src/holdfast/hazard/race.cpp", 1, "", false}));
}

}  // namespace
