// Maps and sets whose memory comes from a std::pmr::memory_resource.
//
// Their arrays are allocated afresh at each doubling, because a resource cannot grow one in place; they
// are still moved a bucket at a time.
#pragma once

#include <memory_resource>

#include <holdfast/map/map.hpp>
#include <holdfast/map/set.hpp>

namespace holdfast::inline v0::pmr {

template <class Key, class T, class Hash = hash<Key>, class Equal = equal_to<Key>, class Policy = fast_growth>
using map = holdfast::map<Key, T, Hash, Equal, std::pmr::polymorphic_allocator<std::pair<const Key, T>>, Policy>;

template <class Key, class Hash = hash<Key>, class Equal = equal_to<Key>, class Policy = fast_growth>
using set = holdfast::set<Key, Hash, Equal, std::pmr::polymorphic_allocator<Key>, Policy>;

}  // namespace holdfast::inline v0::pmr
