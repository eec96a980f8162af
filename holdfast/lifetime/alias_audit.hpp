// Which keys of a map share one object.
//
//   alias_report found = alias_audit(users);            // map<string, shared_ptr<user>>
//   if (!found.found_none()) std::cerr << alias_text(found);
//
// For values that refer to objects: pointers, smart pointers, string_view and span (object_extent.hpp), or whatever
// a projection makes an object_extent of. Groups of keys with the very same object are exact; with sizes known an
// object that begins inside another key's object is told too. Not for values that are the objects themselves, as
// nothing can be shared there.
//
// The map may be any range of pairs, or have for_each(f(key, value)): then others may change it meanwhile, and what is
// reported was looked up once more at the end.
// Cost: one walk and a few bits an entry; with aliases two walks more, and memory for what is suspected
// (alias_sieve.hpp). Figures: docs/design/aliases.md.
#pragma once

#include <concepts>
#include <functional>
#include <ranges>
#include <type_traits>
#include <utility>

#include <holdfast/lifetime/alias_search.hpp>

namespace holdfast::inline v0 {

namespace lifetime {

template <class Map>
concept pairs_range =
    std::ranges::forward_range<const Map> && requires(std::ranges::range_reference_t<const Map> entry) {
      entry.first;
      entry.second;
    };

template <class Map>
struct key_of_map;
template <class Map>
  requires requires { typename Map::key_type; }
struct key_of_map<Map> {
  using type = typename Map::key_type;
};
template <pairs_range Map>
  requires(!requires { typename Map::key_type; })
struct key_of_map<Map> {
  using type = std::remove_cvref_t<decltype(std::declval<std::ranges::range_reference_t<const Map>>().first)>;
};

// visit(key, value) for each entry.
template <class Map, class Visit>
void each_entry(const Map& map, Visit visit) {
  if constexpr (pairs_range<Map>) {
    for (auto&& entry : map) visit(entry.first, entry.second);
  } else {
    map.for_each([&](const auto& key, const auto& value) { visit(key, value); });
  }
}

template <class Project>
struct extent_reader {
  Project project;
  extent_from source;

  template <class Value>
  [[nodiscard]] object_extent operator()(const Value& value) const {
    using projected = std::remove_cvref_t<std::invoke_result_t<const Project&, const Value&>>;
    static_assert(refers<projected>,
                  "holdfast: the values of this map refer to no objects that could be shared. If the map shows objects "
                  "that it keeps elsewhere (pointer_cache), pass by_address{}; otherwise a projection that returns a "
                  "pointer or an object_extent");
    if constexpr (refers<projected>) {
      if constexpr (shareable<typename referred<projected>::type>) return {};
      return extent_of(std::invoke(project, value), source);
    } else {
      return {};
    }
  }
};

}  // namespace lifetime

// Threads: as for a walk of the map. Throws: std::bad_alloc, and what copying a key throws.
template <class Map, class Project = std::identity>
[[nodiscard]] auto alias_audit(const Map& map, Project project = {}, extent_from source = extent_from::type) {
  const lifetime::extent_reader<Project> extent{std::move(project), source};
  lifetime::alias_search<typename lifetime::key_of_map<Map>::type> search;
  do {
    lifetime::each_entry(map, [&](const auto& key, const auto& value) { search.look(key, extent(value)); });
  } while (search.goes_on());
  if constexpr (!lifetime::pairs_range<Map>) {
    search.keep_if([&](const auto& key, const object_extent& was) {
      bool same = false;
      map.visit(key, [&](const auto& value) { same = extent(value).is_where(was); });
      return same;
    });
  }
  return search.report();
}

}  // namespace holdfast::inline v0
