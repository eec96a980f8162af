// Random operations on maps of every kind of key under one growth policy, against std::unordered_map.
#include "tests/property/map_against_std.hpp"

namespace {

using policy = holdfast::article_growth;
using holdfast::tests::check_against_std;

TEST(MapUnderArticle, OfNarrowIntegersAnswersAsTheModel) { check_against_std<std::uint32_t, policy>(); }
TEST(MapUnderArticle, OfWideIntegersAnswersAsTheModel) { check_against_std<std::uint64_t, policy>(); }
TEST(MapUnderArticle, OfStringsAnswersAsTheModel) { check_against_std<std::string, policy>(); }
TEST(MapUnderArticle, OfCollidingKeysAnswersAsTheModel) { check_against_std<holdfast::tests::collider, policy>(); }
// contract M70, M72
TEST(MapUnderArticle, OfRealsWithNanAndBothZerosAnswersAsTheModel) { check_against_std<double, policy>(); }

}  // namespace
