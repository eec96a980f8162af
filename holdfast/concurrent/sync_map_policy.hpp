// Whether the entries of a sync_map can be referred to, and what the use of a reference that has ended does.
#pragma once

#include <holdfast/base/observe/stale_reference.hpp>

namespace holdfast::inline v0 {

// They cannot: nothing is added to the map.
struct plain_entries {};

// sync_map::ref makes references that know (sync_ref.hpp). Costs the map a block of its own, each lookup one load, each
// entry eight bytes, and each entry that is referred to a watch of 64 bytes; entries are nodes, whatever their size.
template <when_stale Stale = when_stale::raises>
struct checked_entries {
  static constexpr when_stale stale = Stale;
};

namespace concurrent {

template <class Policy>
inline constexpr bool gives_references = false;
template <when_stale Stale>
inline constexpr bool gives_references<checked_entries<Stale>> = true;

}  // namespace concurrent

}  // namespace holdfast::inline v0
