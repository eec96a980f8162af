#include <holdfast/base/memory/reserved_range.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <holdfast/base/lang/config.hpp>
#include <holdfast/map/map.hpp>

namespace {

using holdfast::memory::huge_pages;
using holdfast::memory::reserved_range;

constexpr std::size_t page = 4096;
constexpr std::size_t mebibyte = std::size_t{1} << 20;
constexpr std::byte mark{0x5a};

std::span<std::byte> bytes_of(const reserved_range& range, std::size_t offset, std::size_t length) {
  return {range.start() + offset, length};
}

bool all_are(std::span<const std::byte> bytes, std::byte value) {
  return std::ranges::all_of(bytes, [&](std::byte byte) { return byte == value; });
}

// How many pages of it have memory behind them; -1 if the addresses belong to nobody.
int resident_pages(const std::byte* start, std::size_t length) {
  std::vector<unsigned char> each(length / page);
  if (mincore(const_cast<std::byte*>(start), length, each.data()) != 0) return -1;
  return static_cast<int>(std::ranges::count_if(each, [](unsigned char one) { return (one & 1) != 0; }));
}

TEST(ReservedRange, IsEmptyUntilOneIsReserved) {
  const reserved_range none;
  EXPECT_FALSE(none);
  EXPECT_EQ(none.start(), nullptr);
  EXPECT_EQ(none.size(), 0u);
}

TEST(ReservedRange, HasWholePages) {
  for (const auto& [asked, got] : {std::pair<std::size_t, std::size_t>{1, page}, {page, page}, {page + 1, 2 * page}}) {
    const reserved_range range = reserved_range::reserve(asked);
    ASSERT_TRUE(range);
    EXPECT_EQ(range.size(), got);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(range.start()) % page, 0u);
  }
}

// covers hf.memory.refusal-is-empty
TEST(ReservedRange, IsEmptyWhereTheSystemRefuses) {
  EXPECT_FALSE(reserved_range::reserve(0));
  EXPECT_FALSE(reserved_range::reserve(std::size_t{1} << 60));
  EXPECT_FALSE(reserved_range::reserve(std::numeric_limits<std::size_t>::max()));      // would wrap when rounded
  EXPECT_FALSE(reserved_range::reserve(std::numeric_limits<std::size_t>::max() - page));
}

// covers hf.memory.costs-when-touched
TEST(ReservedRange, HasNoMemoryBehindItUntilItIsTouched) {
  const reserved_range range = reserved_range::reserve(64 * mebibyte);
  ASSERT_TRUE(range);
  EXPECT_EQ(resident_pages(range.start(), range.size()), 0);
  range.start()[5 * page] = mark;
  EXPECT_EQ(resident_pages(range.start(), range.size()), 1);
}

// covers hf.memory.populated-keeps
TEST(ReservedRange, BacksWholePagesAtOnceAndKeepsWhatTheyHold) {
  reserved_range range = reserved_range::reserve(mebibyte);
  ASSERT_TRUE(range);
  range.start()[5 * page + 17] = mark;
  range.populate(4 * page + 100, 2 * page);  // touches three pages
  EXPECT_EQ(range.start()[5 * page + 17], mark);
  const int backed = resident_pages(range.start(), range.size());
  EXPECT_TRUE(backed == 3 || backed == 1) << backed << " pages: neither done nor refused";
  range.populate(mebibyte - page, 8 * page);  // ends with the range
  EXPECT_TRUE(all_are(bytes_of(range, 4 * page, page), std::byte{0}));
  reserved_range().populate(0, page);  // nothing to back
}

// covers hf.memory.fresh-pages-are-zero
TEST(ReservedRange, ReadsAsZeroWhenItIsFresh) {
  const reserved_range range = reserved_range::reserve(mebibyte);
  ASSERT_TRUE(range);
  EXPECT_TRUE(all_are(bytes_of(range, 0, mebibyte), std::byte{0}));
}

// covers hf.memory.fresh-pages-are-zero, hf.memory.discard-gives-back
TEST(ReservedRange, GivesWholePagesInsideBackAndKeepsTheRest) {
  reserved_range range = reserved_range::reserve(16 * page);
  ASSERT_TRUE(range);
  std::ranges::fill(bytes_of(range, 0, 16 * page), mark);
  range.discard(2 * page + 1, 3 * page);  // pages 3 and 4 are whole
  EXPECT_EQ(resident_pages(range.start(), range.size()), 14);
  EXPECT_TRUE(all_are(bytes_of(range, 0, 3 * page), mark));
  EXPECT_TRUE(all_are(bytes_of(range, 3 * page, 2 * page), std::byte{0}));
  EXPECT_TRUE(all_are(bytes_of(range, 5 * page, 11 * page), mark));
  range.start()[3 * page] = mark;  // and the addresses are still ours
  EXPECT_EQ(range.start()[3 * page], mark);
}

// covers hf.memory.discard-gives-back
TEST(ReservedRange, KeepsPagesThatAreNotWhollyInside) {
  reserved_range range = reserved_range::reserve(4 * page);
  ASSERT_TRUE(range);
  std::ranges::fill(bytes_of(range, 0, 4 * page), mark);
  range.discard(0, 0);
  range.discard(page, page - 1);
  range.discard(page + 1, 2 * page - 2);
  EXPECT_TRUE(all_are(bytes_of(range, 0, 4 * page), mark));
  reserved_range{}.discard(0, 4 * page);  // nothing to do, and nothing done
}

// covers hf.memory.discard-gives-back
TEST(ReservedRange, EndsWithItsOwner) {
  const std::byte* start = nullptr;
  {
    const reserved_range range = reserved_range::reserve(64 * page);
    ASSERT_TRUE(range);
    start = range.start();
    EXPECT_EQ(resident_pages(start, 64 * page), 0);
  }
  EXPECT_EQ(resident_pages(start, 64 * page), -1);
}

TEST(ReservedRange, MovesWithItsAddresses) {
  reserved_range one = reserved_range::reserve(page);
  ASSERT_TRUE(one);
  one.start()[0] = mark;
  std::byte* const start = one.start();
  reserved_range other = std::move(one);
  EXPECT_FALSE(one);  // NOLINT(bugprone-use-after-move): an empty range is what is promised
  EXPECT_EQ(other.start(), start);
  EXPECT_EQ(other.start()[0], mark);
  reserved_range third = reserved_range::reserve(2 * page);
  third = std::move(other);
  EXPECT_EQ(third.start(), start);
  EXPECT_EQ(third.size(), page);
}

// covers hf.memory.huge-pages-told
TEST(ReservedRange, TellsWhatBecameOfAskingForHugePages) {
  EXPECT_EQ(reserved_range{}.ask_for_huge_pages(0), huge_pages::none);
  reserved_range range = reserved_range::reserve(8 * mebibyte);
  ASSERT_TRUE(range);
  const huge_pages got = range.ask_for_huge_pages(0);
  EXPECT_TRUE(all_are(bytes_of(range, 0, range.size()), std::byte{0}));
  std::ranges::fill(bytes_of(range, 0, range.size()), mark);
  range.discard(0, 4 * mebibyte);
  EXPECT_TRUE(all_are(bytes_of(range, 0, 4 * mebibyte), std::byte{0}));
  EXPECT_TRUE(all_are(bytes_of(range, 4 * mebibyte, 4 * mebibyte), mark));
  RecordProperty("huge_pages", got == huge_pages::transparent ? "transparent" : "none");
}

// covers hf.memory.huge-pages-told
TEST(ReservedRange, KeepsWhatIsThereWhenItMovesToHugePages) {
  reserved_range range = reserved_range::reserve(16 * mebibyte + page);
  ASSERT_TRUE(range);
  const auto used = bytes_of(range, 0, 7 * mebibyte + 100);
  for (std::size_t at = 0; at < used.size(); at += 64) used[at] = static_cast<std::byte>(at / 64 % 251);
  (void)range.ask_for_huge_pages(used.size());
  for (std::size_t at = 0; at < used.size(); at += 64) ASSERT_EQ(used[at], static_cast<std::byte>(at / 64 % 251)) << at;
  EXPECT_TRUE(all_are(bytes_of(range, used.size(), range.size() - used.size()), std::byte{0}));
  (void)range.ask_for_huge_pages(range.size());  // also what was never touched
  EXPECT_EQ(used[64], std::byte{1});
}

// The bytes of addresses that this process has.
std::size_t address_space() {
  std::size_t pages = 0;
  if (std::FILE* const file = std::fopen("/proc/self/statm", "re")) {
    if (std::fscanf(file, "%zu", &pages) != 1) pages = 0;
    std::fclose(file);
  }
  return pages * page;
}

// Runs `body` in a child that may have `room` more bytes of addresses than it has now.
template <class Body>
int status_with_room(std::size_t room, Body body) {
  const pid_t child = fork();
  if (child == 0) {
    alarm(60);
    const std::size_t most = address_space() + room;
    const rlimit limit{most, most};
    if (setrlimit(RLIMIT_AS, &limit) != 0) _exit(99);
    _exit(body());
  }
  int status = -1;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

bool limits_can_be_set() { return !holdfast::address_sanitizer && !holdfast::thread_sanitizer; }

// covers hf.memory.refusal-is-empty
TEST(ReservedRange, IsEmptyUnderALimitOfAddresses) {
  if (!limits_can_be_set()) GTEST_SKIP() << "a sanitizer needs addresses without limit";
  const int status = status_with_room(64 * mebibyte, [] {
    if (reserved_range::reserve(128 * mebibyte)) return 1;
    return reserved_range::reserve(mebibyte) ? 0 : 2;
  });
  EXPECT_EQ(status, 0);
}

using numbers = holdfast::map<std::uint64_t, std::uint64_t>;
constexpr std::uint64_t entries = 200000;

// 0 if a map of that many entries lies in a range or does not, as expected, and is sound.
int fill(bool expected_in_place) {
  numbers map;
  map.reserve(entries);
  if (map.stats().in_place != expected_in_place) return 1;
  for (std::uint64_t key = 0; key < entries; ++key) map[key] = ~key;
  if (map.size() != entries || map.audit()) return 2;
  for (std::uint64_t key = 0; key < entries; ++key)
    if (map.at(key) != ~key) return 3;
  return 0;
}

// covers hf.memory.map-without-a-range
TEST(ReservedRange, IsNotNeededByAMap) {
  if (!limits_can_be_set()) GTEST_SKIP() << "a sanitizer needs addresses without limit";
  numbers sample;
  sample.reserve(entries);
  const std::size_t array = sample.stats().bytes;
  EXPECT_EQ(status_with_room(std::size_t{1} << 40, [] { return fill(true); }), 0);
  // Room for the array, and none for the smallest range that is tried: twice the array.
  EXPECT_EQ(status_with_room(array * 3 / 2, [] { return fill(false); }), 0);
}

}  // namespace
