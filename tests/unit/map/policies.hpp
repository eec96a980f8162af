// The maps of one key and value type under each growth policy, for tests that must hold under all.
#pragma once

#include <memory>
#include <utility>

#include <gtest/gtest.h>

#include <holdfast/map/map.hpp>

namespace holdfast::tests {

template <class Key, class T, class Policy, class Hash = holdfast::hash<Key>, class Equal = holdfast::equal_to<Key>>
using map_under = holdfast::map<Key, T, Hash, Equal, std::allocator<std::pair<const Key, T>>, Policy>;

template <class Key, class T, class Hash = holdfast::hash<Key>, class Equal = holdfast::equal_to<Key>>
using go_like = map_under<Key, T, holdfast::go_growth, Hash, Equal>;

using all_policies = testing::Types<holdfast::fast_growth, holdfast::go_growth, holdfast::article_growth,
                                    holdfast::stable<holdfast::fast_growth>>;

}  // namespace holdfast::tests
