// Random operations on maps of every kind of key under one growth policy, against std::unordered_map.
#include "tests/property/map_against_std.hpp"

namespace {

using policy = holdfast::go_growth;
using holdfast::tests::check_against_std;

TEST(MapUnderGo, OfNarrowIntegersAnswersAsTheModel) { check_against_std<std::uint32_t, policy>(); }
TEST(MapUnderGo, OfWideIntegersAnswersAsTheModel) { check_against_std<std::uint64_t, policy>(); }
TEST(MapUnderGo, OfStringsAnswersAsTheModel) { check_against_std<std::string, policy>(); }
TEST(MapUnderGo, OfCollidingKeysAnswersAsTheModel) { check_against_std<holdfast::tests::collider, policy>(); }
// contract M70, M72
TEST(MapUnderGo, OfRealsWithNanAndBothZerosAnswersAsTheModel) { check_against_std<double, policy>(); }

}  // namespace
