// The lab as its users meet it. Runs the built command, which HOLDFAST_COMMAND names (a definition of
// the build, or the environment).
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

namespace {

namespace fs = std::filesystem;

[[nodiscard]] std::string command_path() {
  if (const char* path = std::getenv("HOLDFAST_COMMAND")) return path;
#ifdef HOLDFAST_COMMAND
  return HOLDFAST_COMMAND;
#else
  return "";
#endif
}

[[nodiscard]] std::string content_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

struct answer {
  int exit_code = -1;
  std::string out;
  std::string error;
};

class LabCommand : public testing::Test {
 protected:
  void SetUp() override {
    if (command_path().empty()) GTEST_SKIP() << "HOLDFAST_COMMAND does not name the command";
    std::string pattern = testing::TempDir() + "/lab-command-XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override {
    if (!folder_.empty()) fs::remove_all(folder_);
  }

  // The lab's own folders land in a folder of ours.
  [[nodiscard]] answer lab(const std::string& arguments) const {
    const auto line = "TMPDIR=" + (folder_ / "tmp").string() + " " + command_path() + " lab " + arguments + " >" +
                      (folder_ / "out").string() + " 2>" + (folder_ / "err").string();
    fs::create_directories(folder_ / "tmp");
    const int status = std::system(line.c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, content_of(folder_ / "out"), content_of(folder_ / "err")};
  }
  [[nodiscard]] bool left_folders_behind() const { return !fs::is_empty(folder_ / "tmp"); }

  fs::path folder_;
};

[[nodiscard]] bool is_one_line(const std::string& text) { return text.find('\n') == text.size() - 1; }

TEST_F(LabCommand, ListsEveryHazardOnALine) {
  const auto told = lab("list");
  EXPECT_EQ(told.exit_code, 0) << told.error;
  EXPECT_NE(told.out.find("reference-across-growth"), std::string::npos);
  EXPECT_NE(told.out.find("overwritten-header"), std::string::npos);
  EXPECT_EQ(told.out.find('\x1b'), std::string::npos) << "colours are for terminals";
}

TEST_F(LabCommand, ListsAsJson) {
  const auto told = lab("list --json");
  const auto list = nlohmann::json::parse(told.out);
  ASSERT_EQ(list.at("hazards").size(), 35U);
  const auto& first = list.at("hazards").at(0);
  EXPECT_EQ(first.at("id"), "reference-across-growth");
  EXPECT_EQ(first.at("go").at("true"), "no");
  EXPECT_EQ(first.at("cpp").at("true"), "by design");
}

TEST_F(LabCommand, ExplainsWithTheCode) {
  const auto told = lab("explain reference-across-growth");
  EXPECT_EQ(told.exit_code, 0) << told.error;
  EXPECT_NE(told.out.find("std::uint64_t& kept = scores[ann];"), std::string::npos) << told.out;
  EXPECT_NE(told.out.find("cure stable-entries"), std::string::npos);
}

// covers hf.hazard.lab-exit-codes
TEST_F(LabCommand, RunsAHazardAndShowsItsReport) {
  const auto told = lab("run reference-across-growth --runs 2");
  EXPECT_EQ(told.exit_code, 0) << told.out << told.error;
  EXPECT_NE(told.out.find("failed as told, 2/2: SIGSEGV (no access) at 0x"), std::string::npos) << told.out;
  EXPECT_NE(told.out.find("held, 2/2"), std::string::npos);
  EXPECT_NE(told.out.find("everything behaved as told"), std::string::npos);
  EXPECT_TRUE(told.error.empty()) << told.error;
  EXPECT_FALSE(left_folders_behind());
}

TEST_F(LabCommand, TellsTheResultAsJson) {
  const auto told = lab("run reference-across-growth concurrent-writes --runs 2 --json -");
  ASSERT_EQ(told.exit_code, 0) << told.error;
  const auto all = nlohmann::json::parse(told.out);
  EXPECT_TRUE(all.at("passed"));
  const auto& naive = all.at("hazards").at(0).at("programs").at(0);
  EXPECT_EQ(naive.at("ending").at("signal"), "SIGSEGV");
  EXPECT_EQ(naive.at("ending").at("si_addr"), naive.at("ending").at("expected_addr"));
  EXPECT_FALSE(naive.at("ending").at("stack").empty());
  const auto& report = all.at("hazards").at(1).at("programs").at(1);
  EXPECT_TRUE(report.at("stderr").get<std::string>().starts_with("fatal error: concurrent map writes\n"));
}

TEST_F(LabCommand, GivesTheSameRunForTheSameSeed) {
  const auto line = [&] { return lab("run mutated-key --runs 1 --seed 7").out; };
  const auto evidence = [](const std::string& text) { return text.substr(0, text.rfind(" in ")); };
  EXPECT_EQ(evidence(line()), evidence(line()));
}

TEST_F(LabCommand, KeepsFoldersWhereAsked) {
  EXPECT_EQ(lab("run nan-key --runs 1 --keep").exit_code, 0);
  EXPECT_TRUE(left_folders_behind());
}

// A time-out that is too short makes the lab say so: a program that hangs is not as told.
TEST_F(LabCommand, FailsWhereAProgramTakesTooLong) {
  const auto told = lab("run --all --runs 1 --time-out 0.1");
  EXPECT_TRUE(told.exit_code == 0 || told.exit_code == 1) << told.error;
  EXPECT_EQ(told.exit_code == 1, told.out.find("NOT as told") != std::string::npos);
  EXPECT_FALSE(left_folders_behind());
}

TEST_F(LabCommand, NamesTheNearestForAnUnknownId) {
  for (const char* const verb : {"run", "explain"}) {
    const auto told = lab(std::string(verb) + " mutatedkey");
    EXPECT_EQ(told.exit_code, 2);
    EXPECT_TRUE(is_one_line(told.error)) << told.error;
    EXPECT_NE(told.error.find("did you mean mutated-key?"), std::string::npos) << told.error;
    EXPECT_TRUE(told.out.empty());
  }
}

// covers hf.hazard.lab-bad-usage
TEST_F(LabCommand, RefusesBadUsageInOneLine) {
  for (const char* const arguments :
       {"", "run", "explain", "run --all nan-key", "run nan-key --runs 0", "run nan-key --runs x", "run nan-key --time-out -1",
        "run nan-key --seed", "run no-such-thing-anywhere", "list nan-key", "juggle", "run nan-key --json /no/such/folder/x",
        "child nan-key/juggle", "child nan-key"}) {
    const auto told = lab(arguments);
    EXPECT_EQ(told.exit_code, 2) << arguments << '\n' << told.out << told.error;
    EXPECT_TRUE(is_one_line(told.error)) << arguments << '\n' << told.error;
  }
}

TEST_F(LabCommand, SaysSoWhereItsOutputCannotBeWritten) {
  const int status = std::system((command_path() + " lab list >/dev/full 2>" + (folder_ / "err").string()).c_str());
  EXPECT_EQ(WEXITSTATUS(status), 2);
  EXPECT_TRUE(is_one_line(content_of(folder_ / "err")));
}

TEST_F(LabCommand, MakesColoursOnlyForATerminalThatWantsThem) {
  EXPECT_EQ(lab("run nan-key --runs 1").out.find('\x1b'), std::string::npos);
}

// covers hf.tools.experiments-count
TEST_F(LabCommand, ExperimentsCountObjectsExactly) {
  const auto told = lab("experiments --entries 1000 --nodes 1000 --rounds 1 --json -");
  ASSERT_EQ(told.exit_code, 0) << told.error;
  const auto all = nlohmann::json::parse(told.out).at("experiments");
  ASSERT_EQ(all.size(), 2U);
  const auto& ways = all[0].at("ways");
  const auto figure = [&](std::size_t way, const char* name) {
    return ways.at(way).at("figures").at(name).at("median").get<double>();
  };
  ASSERT_EQ(ways.size(), 2U);
  // An object for each pointer, and a map that allocates alike.
  EXPECT_GE(figure(0, "allocations"), 1000);
  EXPECT_LT(figure(1, "allocations"), 300);
  EXPECT_LT(figure(0, "allocations"), 1300);
  EXPECT_EQ(all[1].at("ways").size(), 3U);
}

TEST_F(LabCommand, ExperimentsStandBesideTheArticlesFigures) {
  const auto told = lab("experiments new-pool-arena --nodes 1000 --rounds 1");
  EXPECT_EQ(told.exit_code, 0) << told.error;
  EXPECT_NE(told.out.find("object_pool"), std::string::npos);
  EXPECT_NE(told.out.find("the article, 1,000,000: 128 ms"), std::string::npos);
  EXPECT_EQ(told.out.find("pointers-or-values"), std::string::npos);
}

TEST_F(LabCommand, RefusesAnExperimentThatIsNone) {
  const auto told = lab("experiments zero-copy");
  EXPECT_EQ(told.exit_code, 2);
  EXPECT_EQ(told.out, "");
  EXPECT_TRUE(is_one_line(told.error)) << told.error;
}

}  // namespace
