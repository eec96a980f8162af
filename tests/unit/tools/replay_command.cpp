// The command as its users meet it: exit codes, one clear line for every mistake, results that can
// be read by programs. Runs the built command, which HOLDFAST_COMMAND names (a definition of the
// build, or the environment).
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <algorithm>
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

struct outcome {
  int exit_code;
  std::string out;
  std::string error;
};

[[nodiscard]] std::string content_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class ReplayCommand : public testing::Test {
 protected:
  void SetUp() override {
    if (command_path().empty()) GTEST_SKIP() << "HOLDFAST_COMMAND does not name the command";
    std::string pattern = (fs::temp_directory_path() / "holdfast-replay-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }

  void TearDown() override {
    if (!folder_.empty()) fs::remove_all(folder_);
  }

  [[nodiscard]] std::string file(const std::string& name, std::string_view bytes) const {
    std::ofstream(folder_ / name, std::ios::binary) << bytes;
    return (folder_ / name).string();
  }

  // `arguments` go through the shell.
  [[nodiscard]] outcome run(const std::string& arguments) const {
    const auto out = (folder_ / "out").string();
    const auto error = (folder_ / "error").string();
    const auto line =
        "'" + command_path() + "' " + arguments + " >'" + out + "' 2>'" + error + "'";
    const int status = std::system(line.c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), content_of(out),
            content_of(error)};
  }

  // Exit code 2, nothing on standard output, one line that starts and goes on as told.
  void expect_refusal(const std::string& arguments, const std::string& part) const {
    const auto result = run(arguments);
    EXPECT_EQ(result.exit_code, 2) << arguments;
    EXPECT_EQ(result.out, "") << arguments;
    EXPECT_EQ(result.error.rfind("holdfast: ", 0), 0U) << arguments << ": " << result.error;
    EXPECT_NE(result.error.find(part), std::string::npos) << arguments << ": " << result.error;
    EXPECT_EQ(std::count(result.error.begin(), result.error.end(), '\n'), 1) << result.error;
    EXPECT_NE(result.error.find(';'), std::string::npos) << "no cure: " << result.error;
  }

  fs::path folder_;
};

constexpr std::string_view small_trace = "op,key\nset,1\nget,1\nget,2\nerase,1\n";

TEST_F(ReplayCommand, ShowsTablesForASmallTrace) {
  const auto result = run("replay " + file("t.csv", small_trace));
  EXPECT_EQ(result.exit_code, 0) << result.error;
  EXPECT_EQ(result.error, "");
  EXPECT_NE(result.out.find("t.csv (csv): 2 reads, 1 write, 1 erase; 2 distinct keys"),
            std::string::npos)
      << result.out;
  EXPECT_NE(result.out.find("bytes/entry"), std::string::npos);
  EXPECT_EQ(result.out.find('\x1b'), std::string::npos) << "colours in a file";
}

TEST_F(ReplayCommand, ReadsStandardInput) {
  const auto result = run("replay - --map std <" + file("t", "to be or not to be"));
  EXPECT_EQ(result.exit_code, 0) << result.error;
  EXPECT_NE(result.out.find("standard input (words): 6 reads; 4 distinct words"),
            std::string::npos);
}

TEST_F(ReplayCommand, GivesJsonToAFileAndToStandardOutput) {
  const auto trace = file("t.csv", small_trace);
  const auto path = (folder_ / "result.json").string();
  EXPECT_EQ(run("replay " + trace + " --map std,std --repeat 1 --json " + path).exit_code, 0);
  const auto printed = run("replay " + trace + " --map std --repeat 1 --json -");
  for (const auto& text : {content_of(path), printed.out}) {
    const auto told = nlohmann::json::parse(text);
    EXPECT_EQ(told["schema"], "holdfast-replay/1");
    EXPECT_EQ(told["trace"]["operations"], 4);
    EXPECT_EQ(told["replay"]["erased"], 1);
    EXPECT_EQ(told["maps"].size(), 1U);
    EXPECT_EQ(told["maps"][0]["latency_ns"]["inserts"]["count"], 2);
    EXPECT_GE(told["maps"][0]["latency_ns"]["all"]["max"], told["maps"][0]["worst_insert_ns"]);
  }
}

#if HOLDFAST_HAVE_LZMA
TEST_F(ReplayCommand, PlaysTheShippedTrace) {
  const auto sources = fs::path(__FILE__).parent_path().parent_path().parent_path().parent_path();
  setenv("HOLDFAST_SHARE", (sources / "share").c_str(), 0);
  const auto result = run("replay --demo --repeat 1 --map std");
  EXPECT_EQ(result.exit_code, 0) << result.error;
  EXPECT_NE(result.out.find("jq-allocations.csv.xz"), std::string::npos);
}

TEST_F(ReplayCommand, RefusesXzThatIsCutOff) {
  expect_refusal("replay " + file("x", std::string_view("\xFD" "7zXZ\0\0\1", 8)), "is cut off");
}
#endif

#if HOLDFAST_HAVE_ZLIB
TEST_F(ReplayCommand, RefusesGzipThatIsCutOff) {
  expect_refusal("replay " + file("g", "\x1F\x8B\x08"), "is cut off");
}
#endif

// covers hf.tools.one-line-errors
TEST_F(ReplayCommand, RefusesBadInputInOneLine) {
  expect_refusal("replay " + (folder_ / "missing").string(), "missing: no such file");
  expect_refusal("replay " + folder_.string(), "is a directory");
  expect_refusal("replay " + file("empty.csv", ""), "empty.csv: is empty");
  expect_refusal("replay - </dev/null", "standard input: is empty");
  expect_refusal("replay " + file("h.csv", "a,b\n1,2\n"), "names no key column");
  expect_refusal("replay " + file("n.csv", "key\n\x01\x02\x03\n"), "binary data");
  expect_refusal("replay " + file("k.u64be", "123456789"), "no multiple of 8");
  expect_refusal("replay \"$(printf 'a\\nb')\"", "a?b: no such file");
}

// covers hf.tools.one-line-errors
TEST_F(ReplayCommand, RefusesBadUsageInOneLine) {
  const auto trace = "replay " + file("t.csv", small_trace);
  expect_refusal("replay", "no trace given");
  expect_refusal(trace + " --demo", "both a trace and --demo");
  expect_refusal(trace + " --map nonesuch", "no map 'nonesuch'");
  expect_refusal(trace + " --ops cache:0", "'cache:0' is no rule");
  expect_refusal(trace + " --format tsv", "no format 'tsv'");
  expect_refusal(trace + " --repeat 0", "--repeat");
  expect_refusal(trace + " --limit 0", "'0' is no number from 1");
  expect_refusal(trace + " --pin-cpu 100000", "may not run on that CPU");
  expect_refusal(trace + " --capacity 0 --map pointer_cache", "'0' is no number from 1");
  expect_refusal(trace + " --capacity 10", "which does not take part");
  expect_refusal(trace + " --capacity 10 --threads 2 --map sync_map", "which does not take part");
  expect_refusal(trace + " --capacity 10 --map pointer_cache --ops cache:9", "does not go together with --ops cache:N");
  expect_refusal(trace + " --nonesuch", "--nonesuch");
  expect_refusal("nonesuch", "no sub-command or option 'nonesuch'");
  expect_refusal("--nonesuch", "'--nonesuch'");
}

// covers hf.tools.one-line-errors
TEST_F(ReplayCommand, RefusesBadUsageOfManyThreadsInOneLine) {
  const auto trace = "replay " + file("t.csv", small_trace);
  expect_refusal(trace + " --threads 0", "--threads");
  expect_refusal(trace + " --threads 257", "--threads");
  expect_refusal(trace + " --threads two", "--threads");
  expect_refusal(trace + " --mix 90/10", "--mix: is for many threads");
  expect_refusal(trace + " --threads 2 --mix 90", "'90' is no mix");
  expect_refusal(trace + " --threads 2 --mix 90/20", "'90/20' is no mix");
  expect_refusal(trace + " --threads 2 --mix 101/-1", "'101/-1' is no mix");
  expect_refusal(trace + " --threads 2 --map std", "no map 'std' for many threads");
  expect_refusal(trace + " --threads 2 --ops insert", "does not go together with --ops");
  expect_refusal(trace + " --threads 2 --pin-cpu 0", "does not go together with --pin-cpu");
  expect_refusal(trace + " --map sync_map", "no map 'sync_map'");
}

TEST_F(ReplayCommand, ShowsTablesForManyThreads) {
  const auto result = run("replay " + file("t.csv", small_trace) + " --threads 3 --repeat 1 --mix 50/50");
  EXPECT_EQ(result.exit_code, 0) << result.error;
  EXPECT_EQ(result.error, "");
  for (const auto* part : {"t.csv (csv): 4 operations; 2 distinct keys", "by 3 threads", "50/50", "sync_map", "sharded_map",
                           "locked_map", "retired at most", "latency, reads", "latency, writes", "max"}) {
    EXPECT_NE(result.out.find(part), std::string::npos) << part << " in\n" << result.out;
  }
  const auto only_reads = run("replay " + file("t.csv", small_trace) + " --threads 2 --repeat 1 --mix 100/0 --map sync_map");
  EXPECT_EQ(only_reads.out.find("latency, writes"), std::string::npos) << only_reads.out;
}

TEST_F(ReplayCommand, PlaysThroughMapsOfOtherLibrariesByManyThreads) {
  const auto words = file("t.txt", "the map and the other map and the keys of the other map\n");
  for (const std::string& trace : {file("t.csv", small_trace), words}) {
    const auto text = run("replay " + trace + " --threads 2 --repeat 1 --map all");
    EXPECT_EQ(text.exit_code, 0) << text.error;
    EXPECT_NE(text.out.find("mutex-std"), std::string::npos) << text.out;
  }
  const auto told = nlohmann::json::parse(run("replay " + words + " --threads 2 --repeat 1 --map sync,mutex-std --json -").out);
  ASSERT_EQ(told["maps"].size(), 2U);
  EXPECT_EQ(told["maps"][0]["name"], "sync_map");
  EXPECT_TRUE(told["maps"][1]["retired_bytes"].is_null());
  EXPECT_EQ(told["maps"][0]["entries"], told["maps"][1]["entries"]);
}

TEST_F(ReplayCommand, GivesJsonForManyThreads) {
  const auto printed = run("replay " + file("t.csv", small_trace) + " --threads 2 --repeat 2 --map sync_map,locked_map --json -");
  ASSERT_EQ(printed.exit_code, 0) << printed.error;
  const auto told = nlohmann::json::parse(printed.out);
  EXPECT_EQ(told["schema"], "holdfast-replay-threads/1");
  EXPECT_EQ(told["trace"]["operations"], 4);
  EXPECT_EQ(told["replay"]["threads"], 2);
  EXPECT_EQ(told["replay"]["mix"], "90/10");
  EXPECT_EQ(told["replay"]["reads"].get<int>() + told["replay"]["writes"].get<int>(), 4);
  ASSERT_EQ(told["maps"].size(), 2U);
  const auto& synced = told["maps"][0];
  EXPECT_EQ(synced["mops"]["rounds"].size(), 2U);
  EXPECT_EQ(synced["latency_ns"]["reads"]["count"], told["replay"]["reads"]);
  EXPECT_EQ(synced["latency_ns"]["writes"]["count"], told["replay"]["writes"]);
  EXPECT_GE(synced["retired_bytes"]["most"], synced["retired_bytes"]["end"]);
  EXPECT_TRUE(told["maps"][1]["retired_bytes"].is_null());
}

// covers hf.tools.cache-bounded
TEST_F(ReplayCommand, TellsTheHitRatioOfABoundedCache) {
  const auto trace = file("t.csv", "key\n1\n2\n1\n3\n1\n2\n4\n1\n");
  const auto text = run("replay " + trace + " --map pointer_cache,std --capacity 2 --repeat 1");
  EXPECT_EQ(text.exit_code, 0) << text.error;
  for (const auto* part : {"hits", "50.00 %", "pointer_cache keeps 2 entries"}) {
    EXPECT_NE(text.out.find(part), std::string::npos) << part << " in\n" << text.out;
  }
  const auto told = nlohmann::json::parse(run("replay " + trace + " --map pointer_cache,std --capacity 2 --repeat 1 --json -").out);
  EXPECT_EQ(told["maps"][0]["capacity"], 2);
  EXPECT_EQ(told["maps"][1]["hit_ratio"], 0.5);
  EXPECT_LT(told["maps"][0]["hit_ratio"], 0.5);
  const auto crowd = run("replay " + trace + " --threads 2 --mix 100/0 --capacity 2 --repeat 1 --json -");
  ASSERT_EQ(crowd.exit_code, 0) << crowd.error;
  const auto maps = nlohmann::json::parse(crowd.out)["maps"];
  ASSERT_EQ(maps.size(), 4U);
  EXPECT_EQ(maps[3]["name"], "pointer_cache");
  EXPECT_EQ(maps[3]["capacity"], 2);
  EXPECT_LE(maps[3]["entries"], 2);
  EXPECT_FALSE(maps[0].contains("capacity"));
}

// covers hf.tools.output-kept
TEST_F(ReplayCommand, RefusesAnUnwritableResultAndKeepsWhatWasThere) {
  const auto trace = file("t.csv", small_trace);
  expect_refusal("replay " + trace + " --json /no/such/folder/x", "cannot be written");
  expect_refusal("replay " + trace + " --json " + folder_.string(), "cannot be written");
  expect_refusal("replay " + trace + " --json /dev/full", "cannot be written to the end");
  const auto old = file("old.json", "precious");
  expect_refusal("replay " + file("empty.csv", "") + " --json " + old, "is empty");
  EXPECT_EQ(content_of(old), "precious");
  expect_refusal("replay " + file("empty.csv", "") + " --json " + old + ".new", "is empty");
  EXPECT_FALSE(fs::exists(old + ".new"));
}

TEST_F(ReplayCommand, HelpsAndTellsItsVersion) {
  EXPECT_EQ(run("--version").exit_code, 0);
  EXPECT_EQ(run("--help").exit_code, 0);
  const auto help = run("replay --help");
  EXPECT_EQ(help.exit_code, 0);
  for (const auto* part : {"cache:N", "u64be", "--pin-cpu", "std", "auto", "--threads", "--mix", "sync_map", "mutex-std"}) {
    EXPECT_NE(help.out.find(part), std::string::npos) << part;
  }
}

}  // namespace
