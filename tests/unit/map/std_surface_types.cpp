// The types and promises that can be read at compile time: what a template written for
// std::unordered_map asks of a map.
#include <concepts>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <ranges>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <holdfast/map/map.hpp>
#include <holdfast/map/set.hpp>

namespace {

using text_of = holdfast::map<int, std::string>;
using text_map = holdfast::map<std::string, int>;
using numbers = holdfast::set<int>;

static_assert(std::same_as<text_of::key_type, int>);
static_assert(std::same_as<text_of::mapped_type, std::string>);
static_assert(std::same_as<text_of::value_type, std::pair<const int, std::string>>);
static_assert(std::same_as<text_of::size_type, std::size_t>);
static_assert(std::same_as<text_of::difference_type, std::ptrdiff_t>);
static_assert(std::same_as<text_of::hasher, holdfast::hash<int>>);
static_assert(std::same_as<text_of::key_equal, holdfast::equal_to<int>>);
static_assert(std::same_as<text_of::allocator_type, std::allocator<std::pair<const int, std::string>>>);
static_assert(std::same_as<text_of::reference, text_of::value_type&>);
static_assert(std::same_as<text_of::const_reference, const text_of::value_type&>);
static_assert(std::same_as<text_of::pointer, text_of::value_type*>);
static_assert(std::same_as<text_of::const_pointer, const text_of::value_type*>);
static_assert(std::same_as<numbers::key_type, int> && std::same_as<numbers::value_type, int>);

static_assert(std::forward_iterator<text_of::iterator>);
static_assert(std::forward_iterator<text_of::const_iterator>);
static_assert(std::forward_iterator<numbers::iterator>);
static_assert(std::convertible_to<text_of::iterator, text_of::const_iterator>);
static_assert(!std::convertible_to<text_of::const_iterator, text_of::iterator>);
static_assert(std::same_as<std::iterator_traits<text_of::iterator>::iterator_category, std::forward_iterator_tag>);
static_assert(std::same_as<std::iter_reference_t<text_of::iterator>, text_of::value_type&>);
static_assert(std::same_as<std::iter_reference_t<text_of::const_iterator>, const text_of::value_type&>);
static_assert(std::same_as<std::iter_reference_t<numbers::iterator>, const int&>, "a set's keys are const");
static_assert(std::ranges::forward_range<text_of> && std::ranges::forward_range<const text_of>);
static_assert(std::ranges::forward_range<numbers> && std::ranges::forward_range<const numbers>);
static_assert(std::ranges::sized_range<const text_of> && std::ranges::common_range<text_of>);

static_assert(std::is_nothrow_move_constructible_v<text_of>);
static_assert(std::is_nothrow_move_assignable_v<text_of>);
static_assert(std::is_nothrow_swappable_v<text_of>);
static_assert(std::is_nothrow_move_constructible_v<numbers> && std::is_nothrow_swappable_v<numbers>);
static_assert(std::is_copy_constructible_v<text_of> && std::is_copy_assignable_v<text_of>);
static_assert(std::is_default_constructible_v<text_of>);
static_assert(!std::is_convertible_v<std::size_t, text_of>, "a size is no map");
static_assert(!std::is_convertible_v<text_of::allocator_type, text_of>);
static_assert(std::equality_comparable<text_of>);
static_assert(std::regular<holdfast::map<int, int>> && std::regular<holdfast::set<int>>);

// Values: a const map gives const ones only.
static_assert(std::same_as<decltype(std::declval<text_of&>().at(1)), std::string&>);
static_assert(std::same_as<decltype(std::declval<const text_of&>().at(1)), const std::string&>);
static_assert(std::same_as<decltype(std::declval<text_of&>()[1]), std::string&>);
static_assert(std::same_as<decltype(std::declval<text_of&>().find(1)), text_of::iterator>);
static_assert(std::same_as<decltype(std::declval<const text_of&>().find(1)), text_of::const_iterator>);
static_assert(std::same_as<decltype(std::declval<text_of&>().get(1)), holdfast::optional_ref<std::string>>);
static_assert(std::same_as<decltype(std::declval<const text_of&>().get(1)), holdfast::optional_ref<const std::string>>);
static_assert(std::same_as<decltype(std::declval<text_of&>().take(1)), std::optional<std::string>>);
static_assert(std::same_as<decltype(std::declval<text_of&>().begin()), text_of::iterator>);
static_assert(std::same_as<decltype(std::declval<const text_of&>().begin()), text_of::const_iterator>);
static_assert(std::same_as<decltype(std::declval<text_of&>().cbegin()), text_of::const_iterator>);
static_assert(std::same_as<decltype(std::declval<text_of&>().insert(std::declval<const text_of::value_type&>())),
                           std::pair<text_of::iterator, bool>>);
static_assert(std::same_as<decltype(std::declval<text_of&>().erase(1)), std::size_t>);

template <class Map>
concept writes_through_const = requires(const Map& m) { m[1]; } || requires(const Map& m) { m.clear(); } ||
                               requires(const Map& m) { m.erase(1); } || requires(const Map& m) { m.find(1)->second = {}; } ||
                               requires(const Map& m) { m.insert({1, {}}); };
static_assert(!writes_through_const<text_of>);

// Strings are searched without being made.
template <class Map, class Q>
concept searchable_with = requires(Map m, const Map c, const Q& q) {
  m.find(q);
  c.find(q);
  c.contains(q);
  c.count(q);
  m.equal_range(q);
  m.at(q);
  m.get(q);
  c.get_or(q, 1);
  m.take(q);
  m.erase(q);
};
static_assert(searchable_with<text_map, std::string_view> && searchable_with<text_map, const char*>);
static_assert(!searchable_with<text_of, std::string_view>);
// A hash that is not transparent keeps the map from being searched with other types.
using opaque = holdfast::map<std::string, int, std::hash<std::string>, std::equal_to<std::string>>;
static_assert(searchable_with<opaque, std::string> && !searchable_with<opaque, std::vector<int>>);

// An incomplete value type inside itself.
struct tree {
  holdfast::map<int, std::unique_ptr<tree>> children;
};
static_assert(std::is_nothrow_move_constructible_v<tree>);

TEST(StdSurfaceTypes, AreThoseOfAnUnorderedMap) {
  tree root;
  root.children[1] = std::make_unique<tree>();
  root.children[1]->children[2] = std::make_unique<tree>();
  EXPECT_EQ(root.children.at(1)->children.size(), 1u);
}

// One function template that takes either.
template <class Map>
int sum_of(const Map& map) {
  int sum = 0;
  for (typename Map::const_iterator it = map.cbegin(); it != map.cend(); ++it) sum += it->first * it->second;
  return sum;
}

TEST(StdSurfaceTypes, ATemplateForAnUnorderedMapTakesAMap) {
  const std::unordered_map<int, int> theirs{{1, 2}, {3, 4}};
  const holdfast::map<int, int> ours(theirs.begin(), theirs.end());
  EXPECT_EQ(sum_of(ours), sum_of(theirs));
}

}  // namespace
