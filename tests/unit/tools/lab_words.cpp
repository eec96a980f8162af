// Lines are broken between words, never inside one, and counted in columns.
#include <holdfast/tools/lab_words.hpp>

#include <gtest/gtest.h>

namespace {

using namespace holdfast::tools;

TEST(Wrapped, BreaksBetweenWords) { EXPECT_EQ(wrapped("one two three four", 2, 11), "  one two\n  three\n  four\n"); }

TEST(Wrapped, KeepsParagraphs) { EXPECT_EQ(wrapped("one\ntwo", 0, 80), "one\ntwo\n"); }

TEST(Wrapped, LetsALongWordStickOut) { EXPECT_EQ(wrapped("a incomprehensibilities b", 0, 8), "a\nincomprehensibilities\nb\n"); }

TEST(Wrapped, CountsColumnsNotBytes) { EXPECT_EQ(wrapped("§§§ §§§", 0, 7), "§§§ §§§\n"); }

TEST(Indented, PutsThePrefixBeforeEveryLine) {
  EXPECT_EQ(indented("a\nb\n", "> "), "> a\n> b\n");
  EXPECT_EQ(indented("", "> "), "");
}

TEST(TruthWord, HasAWordForEach) {
  EXPECT_EQ(truth_word(holdfast::hazard::truth::yes), "yes");
  EXPECT_EQ(truth_word(holdfast::hazard::truth::no), "no");
  EXPECT_EQ(truth_word(holdfast::hazard::truth::partly), "partly");
  EXPECT_EQ(truth_word(holdfast::hazard::truth::by_design), "by design");
}

TEST(SourceText, NamesArticleAndSection) { EXPECT_EQ(source_text({"A0", "3.1", "K0.16"}), "A0 § 3.1"); }

}  // namespace
