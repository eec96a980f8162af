// Random operations on maps of every kind of key under one growth policy, against std::unordered_map.
#include "tests/property/map_against_std.hpp"

namespace {

using policy = holdfast::stable<holdfast::fast_growth>;
using holdfast::tests::check_against_std;

TEST(MapUnderStable, OfNarrowIntegersAnswersAsTheModel) { check_against_std<std::uint32_t, policy>(); }
TEST(MapUnderStable, OfWideIntegersAnswersAsTheModel) { check_against_std<std::uint64_t, policy>(); }
TEST(MapUnderStable, OfStringsAnswersAsTheModel) { check_against_std<std::string, policy>(); }
TEST(MapUnderStable, OfCollidingKeysAnswersAsTheModel) { check_against_std<holdfast::tests::collider, policy>(); }
// contract M70, M72
TEST(MapUnderStable, OfRealsWithNanAndBothZerosAnswersAsTheModel) { check_against_std<double, policy>(); }

}  // namespace
