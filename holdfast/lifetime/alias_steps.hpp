// alias_audit in slices, so that a map in use is looked at without stopping what uses it.
//
//   alias_steps audit(users);
//   while (!audit.step(1000)) serve_some_requests(users);   // which may change the map
//   auto found = audit.report();
//
// For maps whose iterators go on through changes: those of holdfast::map do by contract, of others their owner has to
// say so. Walks up to three times (alias_search.hpp). The last step looks each key up again, so what is reported is
// true when that step returns; an object that came under a second key behind the walk is found by the next audit.
#pragma once

#include <cstddef>
#include <ranges>
#include <utility>

#include <holdfast/lifetime/alias_audit.hpp>

namespace holdfast::inline v0 {

// Whether a walk of the map may go on after any insertion and erasure.
template <class Map>
inline constexpr bool walks_through_changes = requires(Map& map, const typename Map::key_type& key) {
  map.step_growth(std::size_t{1});
  map.find(key);
};

template <class Map, class Project = std::identity>
class alias_steps {
  static_assert(
      lifetime::pairs_range<Map> && walks_through_changes<Map>,
      "holdfast: the iterators of this map may be lost when it changes between two steps; use alias_audit, or "
      "specialise walks_through_changes<Map> if nothing is inserted or erased between steps");

 public:
  using key_type = typename lifetime::key_of_map<Map>::type;

  // Refers to `map`, which has to outlive it.
  explicit alias_steps(const Map& map, Project project = {}, extent_from source = extent_from::type)
      : map_(&map), extent_{std::move(project), source}, at_(map.begin()) {}
  alias_steps(const alias_steps&) = delete;
  alias_steps& operator=(const alias_steps&) = delete;

  // Looks at up to `entries` entries, at least one. True: everything has been looked at.
  // Threads: as for a read of the map. Cost: that of the entries; where aliases are suspected the step between two
  // walks sorts the suspects, and the last one looks their keys up.
  bool step(std::size_t entries) {
    for (std::size_t seen = 0; !done_ && (seen == 0 || seen < entries); ++seen) {
      if (at_ == map_->end()) {
        end_walk();
        return done_;
      }
      auto&& entry = *at_;
      search_.look(entry.first, extent_(entry.second));
      ++at_;
    }
    return done_;
  }

  [[nodiscard]] bool done() const noexcept { return done_; }
  // Once it is done.
  [[nodiscard]] alias_report<key_type> report() { return search_.report(); }

 private:
  void end_walk() {
    if (search_.goes_on()) {
      at_ = map_->begin();
      return;
    }
    done_ = true;
    search_.keep_if([&](const key_type& key, const object_extent& was) {
      const auto there = map_->find(key);
      return there != map_->end() && extent_((*there).second).is_where(was);
    });
  }

  const Map* map_;
  lifetime::extent_reader<Project> extent_;
  std::ranges::iterator_t<const Map> at_;
  lifetime::alias_search<key_type> search_;
  bool done_ = false;
};

}  // namespace holdfast::inline v0
