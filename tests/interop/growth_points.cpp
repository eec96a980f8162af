// The same questions put to real Go and to a table under go_growth: where it grows, how large a hint
// makes it, whether it shrinks, how often it packs a moving window.
#include <array>
#include <bit>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <holdfast/map/go_map.hpp>
#include <holdfast/map/map.hpp>

#include "tests/unit/map/key_kinds.hpp"

namespace {

using holdfast::tests::scattered;
namespace go = holdfast::go;

const char* const go_command = "/usr/lib/go-1.19/bin/go";

struct answer {
  std::string question;
  std::uint64_t about;
  std::uint64_t b;
  friend bool operator==(const answer&, const answer&) = default;
  friend std::ostream& operator<<(std::ostream& out, const answer& a) {
    return out << a.question << ' ' << a.about << " B=" << a.b;
  }
};

std::string output_of(const std::string& command) {
  std::string output;
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  std::array<char, 4096> piece;
  while (const std::size_t got = std::fread(piece.data(), 1, piece.size(), pipe.get())) output.append(piece.data(), got);
  return output;
}

// Asked once for all tests.
const std::vector<answer>& answers_of_go() {
  static const std::vector<answer> answers = [] {
    const auto program = std::filesystem::path(__FILE__).parent_path() / "go_oracle" / "growth_points.go";
    const auto cache = std::filesystem::temp_directory_path() / "holdfast-go-cache";
    std::vector<answer> read;
    std::istringstream lines(output_of("HOME=/tmp GOFLAGS= GO111MODULE=off GOCACHE='" + cache.string() + "' '" + go_command + "' run '" + program.string() + "'"));
    for (answer one; lines >> one.question >> one.about >> one.b;) read.push_back(one);
    return read;
  }();
  return answers;
}

std::vector<answer> go_says(const std::string& question) {
  std::vector<answer> said;
  for (const answer& one : answers_of_go()) {
    if (one.question == question) said.push_back(one);
  }
  return said;
}

std::uint64_t b_of(const go::map<std::uint64_t, std::uint64_t>& map) {
  return static_cast<std::uint64_t>(std::countr_zero(map.stats().buckets));
}

class GoOracle : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(go_command)) GTEST_SKIP() << "no Go 1.19 on this machine";
    ASSERT_FALSE(answers_of_go().empty()) << "Go is here, but its program did not run";
  }
};

// contract M25
TEST_F(GoOracle, GrowsAtTheSameEntriesToTheSameSizes) {
  auto map = go::make_map<std::uint64_t, std::uint64_t>();
  std::vector<answer> ours;
  std::uint64_t buckets = 1;
  for (std::uint64_t n = 0; n < 30000; ++n) {
    map.set(scattered(n), n);
    const std::uint64_t now = map.stats().buckets;
    if (now != buckets) ours.push_back({"grow", n + 1, b_of(map)});
    buckets = now;
  }
  EXPECT_EQ(ours, go_says("grow"));
}

// contract M29
TEST_F(GoOracle, KeepsTheSameArrayAfterErasingAll) {
  auto map = go::make_map<std::uint64_t, std::uint64_t>();
  for (std::uint64_t n = 0; n < 30000; ++n) map.set(scattered(n), n);
  for (std::uint64_t n = 0; n < 30000; ++n) map.erase(scattered(n));
  EXPECT_EQ((std::vector<answer>{{"after-erase", 0, b_of(map)}}), go_says("after-erase"));
}

// contract M4
TEST_F(GoOracle, MakesTheSameArrayForAHint) {
  const auto theirs = go_says("hint");
  ASSERT_FALSE(theirs.empty());
  for (const answer& one : theirs) {
    auto map = go::make_map<std::uint64_t, std::uint64_t>(static_cast<std::int64_t>(one.about));
    map.set(1, 1);
    EXPECT_EQ(b_of(map), one.b) << one;
  }
}

// contract M26, M32: which bucket overflows when depends on the hash, so only the order of magnitude agrees
TEST_F(GoOracle, PacksAMovingWindowAboutAsOften) {
  auto map = go::make_map<std::uint64_t, std::uint64_t>();
  for (std::uint64_t n = 0; n < 200000; ++n) {
    map.set(scattered(n), n);
    if (n >= 150) map.erase(scattered(n - 150));
  }
  const auto theirs = go_says("window");
  ASSERT_EQ(theirs.size(), 1u);
  const std::uint64_t ours = map.stats().same_size_growths;
  std::printf("same-size growths: Go %llu, ours %llu\n", static_cast<unsigned long long>(theirs[0].about), static_cast<unsigned long long>(ours));
  EXPECT_EQ(b_of(map), theirs[0].b);
  EXPECT_GT(ours, theirs[0].about / 4);
  EXPECT_LT(ours, theirs[0].about * 4);
}

// contract M33: Go moves the key's own bucket and the next, ours the next two; so ours ends no later
TEST_F(GoOracle, FinishesGrowthWithNoMoreWrites) {
  auto map = go::make_map<std::uint64_t, std::uint64_t>();
  for (std::uint64_t n = 0; n <= 13 * 256; ++n) map.set(n, n);
  std::uint64_t writes = 1;
  for (; map.stats().growing; ++writes) map.set(7, 7);
  const auto theirs = go_says("overwrites");
  ASSERT_EQ(theirs.size(), 1u);
  EXPECT_LE(writes, theirs[0].about);
  EXPECT_EQ(b_of(map), theirs[0].b);
}

}  // namespace
