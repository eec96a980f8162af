// Maps for many threads whose memory comes from a std::pmr::memory_resource.
//
// Whichever thread comes by asks the resource and gives back to it, so it must be one for many threads, as
// std::pmr::synchronized_pool_resource is; and it must outlive the last pin, not only the map.
#pragma once

#include <memory_resource>
#include <utility>

#include <holdfast/concurrent/locked_map.hpp>
#include <holdfast/concurrent/pointer_cache.hpp>
#include <holdfast/concurrent/sharded_map.hpp>
#include <holdfast/concurrent/sync_map.hpp>

namespace holdfast::inline v0::pmr {

template <class Key, class T, class Hash = hash<Key>, class Equal = equal_to<Key>, class Policy = plain_entries>
using sync_map =
    holdfast::sync_map<Key, T, Hash, Equal, std::pmr::polymorphic_allocator<std::pair<const Key, T>>, Policy>;

template <class Key, class T, class Hash = hash<Key>, class Equal = equal_to<Key>, class Shards = shards<>>
using sharded_map =
    holdfast::sharded_map<Key, T, Hash, Equal, std::pmr::polymorphic_allocator<std::pair<const Key, T>>, Shards>;

template <class Key, class T, class Hash = hash<Key>, class Equal = equal_to<Key>, class Policy = fast_growth>
using locked_map =
    holdfast::locked_map<Key, T, Hash, Equal, std::pmr::polymorphic_allocator<std::pair<const Key, T>>, Policy>;

template <class Key, class T, class Hash = hash<Key>, class Equal = equal_to<Key>,
          cache_aliases Aliases = cache_aliases::allow>
using pointer_cache = holdfast::pointer_cache<Key, T, Hash, Equal, std::pmr::polymorphic_allocator<>, Aliases>;

}  // namespace holdfast::inline v0::pmr
