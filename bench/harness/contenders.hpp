// Who takes part: one template for each map, all with their default hash.
//
// HOLDFAST_HAVE_ABSL, HOLDFAST_HAVE_BOOST_FLAT and HOLDFAST_HAVE_ROBIN say which peers are installed.
// HOLDFAST_BENCH_FEW=1 leaves out all but holdfast::map, absl flat and Boost flat: it compiles in a third
// of the time, for whoever tunes the table.
#pragma once

#include <memory>
#include <unordered_map>
#include <utility>

#if !defined(HOLDFAST_BENCH_FEW)
#define HOLDFAST_BENCH_FEW 0
#endif
#if defined(HOLDFAST_HAVE_ABSL) && HOLDFAST_HAVE_ABSL
#include <absl/container/flat_hash_map.h>
#include <absl/container/node_hash_map.h>
#endif
#if defined(HOLDFAST_HAVE_BOOST_FLAT) && HOLDFAST_HAVE_BOOST_FLAT
#include <boost/unordered/unordered_flat_map.hpp>
#endif
#if defined(HOLDFAST_HAVE_ROBIN) && HOLDFAST_HAVE_ROBIN
#include <tsl/robin_map.h>
#endif
#include <holdfast/map/map.hpp>

namespace holdfast::bench {

template <class T>
struct plain_memory {
  using type = std::allocator<T>;
};

// `Memory<T>::type` is the allocator of T that a peer is built with. Ours keeps std::allocator: with any
// other it does not grow in place, which would be another map.
template <class Policy>
struct holdfast_with {
  template <class K, class V>
  using map =
      holdfast::map<K, V, holdfast::hash<K>, holdfast::equal_to<K>, std::allocator<std::pair<const K, V>>, Policy>;
};

template <template <class> class Memory>
struct std_map_face {
  template <class K, class V>
  using map = std::unordered_map<K, V, std::hash<K>, std::equal_to<K>, typename Memory<std::pair<const K, V>>::type>;
};

#if defined(HOLDFAST_HAVE_ABSL) && HOLDFAST_HAVE_ABSL
template <template <class> class Memory>
struct absl_flat_face {
  template <class K, class V>
  using map =
      absl::flat_hash_map<K, V, absl::container_internal::hash_default_hash<K>,
                          absl::container_internal::hash_default_eq<K>, typename Memory<std::pair<const K, V>>::type>;
};
template <template <class> class Memory>
struct absl_node_face {
  template <class K, class V>
  using map =
      absl::node_hash_map<K, V, absl::container_internal::hash_default_hash<K>,
                          absl::container_internal::hash_default_eq<K>, typename Memory<std::pair<const K, V>>::type>;
};
#endif

#if defined(HOLDFAST_HAVE_BOOST_FLAT) && HOLDFAST_HAVE_BOOST_FLAT
template <template <class> class Memory>
struct boost_flat_face {
  template <class K, class V>
  using map =
      boost::unordered_flat_map<K, V, boost::hash<K>, std::equal_to<K>, typename Memory<std::pair<const K, V>>::type>;
};
#endif

#if defined(HOLDFAST_HAVE_ROBIN) && HOLDFAST_HAVE_ROBIN
template <template <class> class Memory>
struct robin_face {
  template <class K, class V>
  using map = tsl::robin_map<K, V, std::hash<K>, std::equal_to<K>, typename Memory<std::pair<K, V>>::type>;
};
#endif

inline constexpr const char* ours = "holdfast";
inline constexpr const char* best_peers[] = {"absl flat", "boost flat"};

// Calls visit(name, face{}) for every contender; `face::map<K, V>` is the type.
template <template <class> class Memory = plain_memory, class Visit>
void for_each_contender(Visit&& visit) {
  visit(ours, holdfast_with<holdfast::fast_growth>{});
#if !HOLDFAST_BENCH_FEW
  visit("holdfast go_growth", holdfast_with<holdfast::go_growth>{});
  visit("holdfast stable", holdfast_with<holdfast::stable<holdfast::fast_growth>>{});
#endif
#if defined(HOLDFAST_HAVE_ABSL) && HOLDFAST_HAVE_ABSL
  visit("absl flat", absl_flat_face<Memory>{});
#endif
#if defined(HOLDFAST_HAVE_BOOST_FLAT) && HOLDFAST_HAVE_BOOST_FLAT
  visit("boost flat", boost_flat_face<Memory>{});
#endif
#if !HOLDFAST_BENCH_FEW
#if defined(HOLDFAST_HAVE_ABSL) && HOLDFAST_HAVE_ABSL
  visit("absl node", absl_node_face<Memory>{});
#endif
#if defined(HOLDFAST_HAVE_ROBIN) && HOLDFAST_HAVE_ROBIN
  visit("robin", robin_face<Memory>{});
#endif
  visit("std", std_map_face<Memory>{});
#endif
}

}  // namespace holdfast::bench
