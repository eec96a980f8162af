// The words themselves, and what threads, forks and a given seed make of them.
#include <holdfast/base/hash/random.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

using holdfast::random_word;

using three_words = std::array<std::uint64_t, 3>;

three_words next_three() { return {random_word(), random_word(), random_word()}; }

// What a child made by fork() draws; zeros if it did not come to that.
three_words drawn_by_child() {
  int ends[2];
  if (pipe(ends) != 0) return {};
  const pid_t child = fork();
  if (child == 0) {
    alarm(10);
    const three_words words = next_three();
    _exit(write(ends[1], words.data(), sizeof words) == sizeof words ? 0 : 1);
  }
  close(ends[1]);
  three_words words{};
  if (read(ends[0], words.data(), sizeof words) != sizeof words) words = {};
  close(ends[0]);
  waitpid(child, nullptr, 0);
  return words;
}

TEST(RandomWord, IsAnotherOneEachTimeAndHasEveryBit) {
  std::vector<std::uint64_t> words(4096);
  std::ranges::generate(words, random_word);
  for (int bit = 0; bit < 64; ++bit) {
    const auto set = std::ranges::count_if(words, [&](std::uint64_t word) { return (word >> bit & 1) != 0; });
    EXPECT_NEAR(static_cast<double>(set), 2048, 320) << "bit " << bit;  // ten times the standard deviation
  }
  std::ranges::sort(words);
  EXPECT_EQ(std::ranges::adjacent_find(words), words.end());
}

TEST(RandomWord, IsAnotherOneInEachThread) {
  std::vector<three_words> drawn(8);
  std::vector<std::thread> threads;
  for (three_words& words : drawn) threads.emplace_back([&] { words = next_three(); });
  for (std::thread& thread : threads) thread.join();
  std::vector<std::uint64_t> all;
  for (const three_words& words : drawn) all.insert(all.end(), words.begin(), words.end());
  std::ranges::sort(all);
  EXPECT_EQ(std::ranges::adjacent_find(all), all.end());
}

// covers hf.hash.random-survives-fork
TEST(RandomWord, IsAnotherOneInAForkedChild) {
  unsetenv("HOLDFAST_OPTIONS");
  static_cast<void>(random_word());
  const three_words first = drawn_by_child();
  const three_words second = drawn_by_child();
  const three_words own = next_three();
  EXPECT_NE(first, three_words{});
  EXPECT_NE(first, second);
  EXPECT_NE(first, own);
  EXPECT_NE(second, own);
}

three_words drawn_with_seed(const std::string& seed) {
  setenv("HOLDFAST_OPTIONS", ("seed=" + seed).c_str(), 1);
  const three_words words = drawn_by_child();
  unsetenv("HOLDFAST_OPTIONS");
  return words;
}

// covers hf.hash.seed-repeats
TEST(RandomWord, RepeatsItselfUnderAGivenSeed) {
  const three_words under_five = drawn_with_seed("5");
  EXPECT_NE(under_five, three_words{});
  EXPECT_EQ(drawn_with_seed("5"), under_five);
  EXPECT_NE(drawn_with_seed("6"), under_five);
  EXPECT_NE(drawn_with_seed("five"), under_five);  // not a number: as if there were none
}

}  // namespace
