// The catalogue as data: complete, unmistakable, and true to its own source files.
#include <holdfast/hazard/catalogue.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;
namespace hazard = holdfast::hazard;

fs::path repository() { return fs::absolute(__FILE__).parent_path().parent_path().parent_path().parent_path(); }

std::string content_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string trimmed(std::string_view line) {
  while (!line.empty() && line.front() == ' ') line.remove_prefix(1);
  while (!line.empty() && line.back() == ' ') line.remove_suffix(1);
  return std::string(line);
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  std::istringstream in{std::string(text)};
  for (std::string line; std::getline(in, line);) lines.push_back(trimmed(line));
  return lines;
}

bool is_kebab_case(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](unsigned char c) { return std::islower(c) || std::isdigit(c) || c == '-'; });
}

std::vector<const hazard::program*> programs_of(const hazard::hazard& one) {
  std::vector<const hazard::program*> all = {&one.naive};
  for (const auto& cure : one.cures) all.push_back(&cure);
  return all;
}

TEST(Catalogue, HasItsHazardsInOrder) {
  const std::vector<std::string_view> expected = {
      "reference-across-growth", "iterator-across-growth",    "erase-while-iterating",
      "insert-while-iterating",  "concurrent-writes",         "concurrent-read-and-write",
      "concurrent-iteration-and-write", "nil-map-write",      "null-pointer-value",
      "copied-handle-diverges",  "reused-address-as-key",     "nan-key",
      "mutated-key",             "overwritten-header",        "unsynchronised-std-map",
      "pointer-freed-under-reader", "escaping-reference",     "nil-true-window",
      "check-then-act",          "shared-object-pollution",   "recursive-read-lock",
      "callback-reentry",        "false-sharing",
      "c-memory-freed-under-value",
      "c-memory-freed-under-key",
      "double-release",
      "leaked-share",
      "revived-share",
      "destructor-misses-copy",
      "stack-address-in-map",
      "loop-variable-address",
      "reference-after-erase",
      "hidden-pointer",
      "stale-handle",
      "arena-used-after-reset"};
  std::vector<std::string_view> ids;
  for (const auto& one : hazard::catalogue()) ids.push_back(one.id);
  EXPECT_EQ(ids, expected);
}

// covers hf.hazard.complete
TEST(Catalogue, TellsEverythingAboutEachHazard) {
  for (const auto& one : hazard::catalogue()) {
    SCOPED_TRACE(one.id);
    EXPECT_TRUE(is_kebab_case(one.id));
    EXPECT_FALSE(one.story.empty());
    EXPECT_EQ(one.story.find('\n'), std::string_view::npos);
    EXPECT_GT(one.explanation.size(), 200U);
    EXPECT_FALSE(hazard::article_title(one.from.article).empty()) << one.from.article;
    EXPECT_FALSE(one.from.section.empty());
    EXPECT_TRUE(one.from.feature.starts_with("K"));
    EXPECT_FALSE(one.in_go.why.empty());
    EXPECT_FALSE(one.in_cpp.why.empty());
    EXPECT_EQ(one.naive.name, "naive");
    EXPECT_NE(one.naive.expectation.ending, hazard::ending::held);
    EXPECT_FALSE(one.cures.empty());
  }
}

TEST(Catalogue, GivesEveryProgramAFunctionAStoryAndAnUnmistakableName) {
  for (const auto& one : hazard::catalogue()) {
    std::set<std::string_view> names;
    for (const auto* const program : programs_of(one)) {
      SCOPED_TRACE(std::string(one.id) + "/" + std::string(program->name));
      EXPECT_TRUE(is_kebab_case(program->name));
      EXPECT_TRUE(names.insert(program->name).second);
      EXPECT_NE(program->run, nullptr);
      EXPECT_FALSE(program->story.empty());
      EXPECT_EQ(hazard::find_program(one, program->name), program);
    }
  }
}

// What `explain` shows stands in the source twice: once in the text, once in the function that runs.
// covers hf.hazard.code-is-what-runs
TEST(Catalogue, ShowsTheCodeThatRuns) {
  for (const auto& one : hazard::catalogue()) {
    std::string file(one.id);
    std::ranges::replace(file, '-', '_');
    const auto source = lines_of(content_of(repository() / "holdfast/hazard" / (file + ".cpp")));
    ASSERT_FALSE(source.empty()) << file;
    for (const auto* const program : programs_of(one)) {
      SCOPED_TRACE(std::string(one.id) + "/" + std::string(program->name));
      EXPECT_FALSE(program->code.empty());
      for (const auto& line : lines_of(program->code)) {
        // The first line of a raw string has its opening before it.
        const auto times = std::ranges::count_if(source, [&](const std::string& s) { return s.ends_with(line); });
        EXPECT_GE(times, 2) << line;
      }
    }
  }
}

TEST(Catalogue, IsDescribedInTheDocumentation) {
  const auto page = content_of(repository() / "docs/hazards.md");
  for (const auto& one : hazard::catalogue()) {
    EXPECT_NE(page.find("## " + std::string(one.id) + "\n"), std::string::npos) << one.id;
    for (const auto* const program : programs_of(one)) {
      EXPECT_NE(page.find(program->code), std::string::npos) << one.id << '/' << program->name;
    }
  }
}

TEST(Catalogue, FindsByIdAndNothingElse) {
  ASSERT_NE(hazard::find_hazard("nan-key"), nullptr);
  EXPECT_EQ(hazard::find_hazard("nan-key")->id, "nan-key");
  EXPECT_EQ(hazard::find_hazard("nan"), nullptr);
  EXPECT_EQ(hazard::find_hazard(""), nullptr);
  EXPECT_EQ(hazard::find_program(*hazard::find_hazard("nan-key"), "no-such-cure"), nullptr);
}

TEST(NearestId, ForgivesSlipsAndTakesParts) {
  EXPECT_EQ(hazard::nearest_id("nankey"), "nan-key");
  EXPECT_EQ(hazard::nearest_id("mutated_key"), "mutated-key");
  EXPECT_EQ(hazard::nearest_id("erase-while-iteratng"), "erase-while-iterating");
  EXPECT_EQ(hazard::nearest_id("concurrent-write"), "concurrent-writes");
  EXPECT_EQ(hazard::nearest_id("header"), "overwritten-header");
}

TEST(NearestId, SaysNothingWhereNothingIsNear) {
  EXPECT_EQ(hazard::nearest_id("xyzzyplugh"), "");
  EXPECT_EQ(hazard::nearest_id(std::string(200, 'q')), "");
}

TEST(ArticleTitle, IsEmptyForAnUnknownArticle) { EXPECT_TRUE(hazard::article_title("A9").empty()); }

}  // namespace
