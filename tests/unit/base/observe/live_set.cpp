#include <holdfast/base/observe/live_set.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

using holdfast::observe::live_entry;
using holdfast::observe::live_kind;
using holdfast::observe::live_name;
using holdfast::observe::live_set;

std::vector<std::string> names() {
  std::vector<std::string> all;
  live_set::for_each([&](const live_entry& entry) { all.emplace_back(entry.name, entry.name_length); });
  return all;
}

// Both directions of the list agree, and so does its count.
bool is_linked() {
  const live_entry* before = nullptr;
  std::uint64_t count = 0;
  for (const live_entry* entry = live_set::list().first; entry != nullptr; entry = entry->next) {
    if (entry->previous != before) return false;
    before = entry;
    ++count;
  }
  return count == live_set::list().count;
}

// covers hf.observe.live-set-linked
TEST(LiveSet, ShowsNamesNewestFirstAndForgetsThem) {
  const int header = 0;
  auto sessions = std::make_unique<live_name>("sessions", live_kind::map, &header);
  auto users = std::make_unique<live_name>("users", live_kind::set, &header);
  auto tokens = std::make_unique<live_name>("tokens", live_kind::go_map, &header);
  EXPECT_EQ(names(), (std::vector<std::string>{"tokens", "users", "sessions"}));
  EXPECT_TRUE(is_linked());
  users.reset();
  EXPECT_EQ(names(), (std::vector<std::string>{"tokens", "sessions"}));
  EXPECT_TRUE(is_linked());
  tokens.reset();
  sessions.reset();
  EXPECT_TRUE(names().empty());
  EXPECT_TRUE(is_linked());
}

// covers hf.observe.live-ids-unique
TEST(LiveSet, NeverGivesAnIdTwice) {
  std::uint64_t last = 0;
  for (int i = 0; i < 10; ++i) {
    const live_name name("again", live_kind::map, nullptr);
    EXPECT_GT(name.id(), last);
    last = name.id();
  }
}

TEST(LiveSet, KeepsTheIdWhenAMapIsRenamedOrMoved) {
  const int first_header = 0;
  const int second_header = 0;
  live_name name("before", live_kind::map, &first_header);
  const std::uint64_t id = name.id();
  name.rename("a name that is too long to be kept inside of a string object");
  name.follow(&second_header);
  EXPECT_EQ(name.id(), id);
  EXPECT_EQ(live_set::find(&first_header).id, 0u);
  const live_set::found found = live_set::find(&second_header);
  EXPECT_EQ(found.id, id);
  EXPECT_EQ(found.name, "a name that is too long to be kept inside of a string object");
}

TEST(LiveSet, FindsNothingForAMapWithoutAName) {
  const int header = 0;
  EXPECT_EQ(live_set::find(&header).id, 0u);
  EXPECT_TRUE(live_set::find(&header).name.empty());
}

TEST(LiveSet, DoesNotMakeAReportWaitForALock) {
  const int header = 0;
  const live_name name("held", live_kind::map, &header);
  live_set::guard().lock();
  std::uint64_t id = 1;
  std::thread([&] { id = live_set::find(&header).id; }).join();
  live_set::guard().unlock();
  EXPECT_EQ(id, 0u);
  EXPECT_EQ(live_set::find(&header).id, name.id());
}

TEST(LiveSet, RegistersWithoutThrowing) {
  static_assert(noexcept(live_set::add(std::declval<live_entry&>())));
  static_assert(noexcept(live_set::remove(std::declval<live_entry&>())));
  static_assert(!std::is_copy_constructible_v<live_name> && !std::is_move_constructible_v<live_name>);
}

TEST(LiveSet, StaysLinkedUnderManyThreads) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([] {
      for (int i = 0; i < 500; ++i) {
        const live_name one("one", live_kind::map, nullptr);
        const live_name two("two", live_kind::map, nullptr);
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(is_linked());
  EXPECT_TRUE(names().empty());
}

// covers hf.observe.live-set-survives-fork
TEST(LiveSet, IsUsableInAForkedChildWhateverOtherThreadsDid) {
  std::vector<std::thread> threads;
  std::atomic<bool> stop{false};
  threads.emplace_back([&] {
    while (!stop) const live_name name("busy", live_kind::map, nullptr);
  });
  for (int round = 0; round < 50; ++round) {
    const pid_t child = fork();
    if (child == 0) {
      alarm(5);
      const live_name name("in the child", live_kind::map, nullptr);
      _exit(is_linked() ? 0 : 1);
    }
    int status = -1;
    waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
  }
  stop = true;
  threads[0].join();
}

}  // namespace
