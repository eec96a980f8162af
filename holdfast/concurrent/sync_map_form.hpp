// Which form a map's entries have: in the bucket where two words will do, as nodes otherwise, and where references need
// something that an entry is.
#pragma once

#include <holdfast/concurrent/sync_map_node_form.hpp>
#include <holdfast/concurrent/sync_map_pair_form.hpp>

namespace holdfast::inline v0::concurrent {

template <class Types,
          bool = !Types::gives_references && fits_in_pair<typename Types::key_type, typename Types::mapped_type,
                                                          typename Types::hasher, typename Types::key_equal>>
struct form_of {
  using type = node_form<Types>;
};
#if HOLDFAST_HAVE_ATOMIC_PAIR
template <class Types>
struct form_of<Types, true> {
  using type = pair_form<Types>;
};
#endif

template <class Types>
using sync_form = typename form_of<Types>::type;

}  // namespace holdfast::inline v0::concurrent
