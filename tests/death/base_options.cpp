// What is said about HOLDFAST_OPTIONS that are not understood: one line, once, and the program goes on.
#include <holdfast/base/lang/options.hpp>

#include <cstdlib>
#include <string>
#include <thread>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <holdfast/base/hash/random.hpp>

#include "tests/death/death_test.hpp"

namespace {

// A process can be told once only, so each of these runs in one of its own.
using OptionsDeath = holdfast::tests::death_test;

const auto well = testing::ExitedWithCode(0);

[[noreturn]] void use_with(const std::string& options) {
  setenv("HOLDFAST_OPTIONS", options.c_str(), 1);
  static_cast<void>(holdfast::random_word());
  std::thread([] { static_cast<void>(holdfast::random_word()); }).join();
  const pid_t child = fork();
  static_cast<void>(holdfast::random_word());
  if (child == 0) _exit(0);
  waitpid(child, nullptr, 0);
  _exit(0);
}

// covers hf.lang.bad-options-told
TEST_F(OptionsDeath, AnUnknownOneIsTold) {
  EXPECT_EXIT(use_with("colour=blue"), well,
              "^holdfast: HOLDFAST_OPTIONS: ignored \"colour=blue\" \\(unknown\\); known: seed=N\n$");
}

// covers hf.lang.bad-options-told
TEST_F(OptionsDeath, AValueThatIsNoNumberIsTold) {
  EXPECT_EXIT(use_with("seed=1x"), well,
              "^holdfast: HOLDFAST_OPTIONS: ignored \"seed=1x\" \\(not a number below 2\\^64\\); known: seed=N\n$");
}

TEST_F(OptionsDeath, AllOfThemAreTold) {
  EXPECT_EXIT(use_with("sed=1,seed=2,seed="), well,
              "^holdfast: [^\n]*\"sed=1\" \\(unknown\\), \"seed=\" \\(not a number below 2\\^64\\); known: seed=N\n$");
}

TEST_F(OptionsDeath, ManyAndLongOnesGiveOneLineAllTheSame) {
  EXPECT_EXIT(use_with(std::string(5000, 'x')), well, "^holdfast: [^\n]*x\\.\\.\\.\" \\(unknown\\); known: seed=N\n$");
  std::string many;
  for (int i = 0; i < 500; ++i) many += "line\nline,";
  EXPECT_EXIT(use_with(many), well, "^holdfast: [^\n]*line\\?line[^\n]*; known: seed=N\n$");
}

TEST_F(OptionsDeath, GoodOnesAreNotWorthAWord) { EXPECT_EXIT(use_with("seed=1"), well, "^$"); }

}  // namespace
