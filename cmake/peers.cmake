# Maps of other libraries, to be compared with. Target holdfast_peers carries what was found:
# HOLDFAST_HAVE_ABSL, HOLDFAST_HAVE_BOOST_FLAT, HOLDFAST_HAVE_ROBIN, each 0 or 1.

add_library(holdfast_peers INTERFACE)
set(have_absl 0)
set(have_boost_flat 0)
set(have_robin 0)

if(HOLDFAST_SANITIZE)
  # absl's tables change their layout under a sanitizer, and the installed library was built without.
  message(STATUS "holdfast: without comparison to absl (not possible in a sanitizer build)")
else()
  find_package(absl CONFIG QUIET)
  if(TARGET absl::flat_hash_map AND TARGET absl::node_hash_map)
    set(have_absl 1)
    target_link_libraries(holdfast_peers INTERFACE absl::flat_hash_map absl::node_hash_map)
  else()
    holdfast_dropped("comparison to absl" libabsl-dev)
  endif()
endif()

find_path(HOLDFAST_BOOST_INCLUDE boost/unordered/unordered_flat_map.hpp)
mark_as_advanced(HOLDFAST_BOOST_INCLUDE)
if(HOLDFAST_BOOST_INCLUDE)
  set(have_boost_flat 1)
  target_include_directories(holdfast_peers SYSTEM INTERFACE ${HOLDFAST_BOOST_INCLUDE})
else()
  holdfast_dropped("comparison to boost::unordered_flat_map" libboost1.81-dev)
endif()

find_package(tsl-robin-map CONFIG QUIET)
if(TARGET tsl::robin_map)
  set(have_robin 1)
  target_link_libraries(holdfast_peers INTERFACE tsl::robin_map)
else()
  holdfast_dropped("comparison to tsl::robin_map" robin-map-dev)
endif()

target_compile_definitions(holdfast_peers INTERFACE
  HOLDFAST_HAVE_ABSL=${have_absl}
  HOLDFAST_HAVE_BOOST_FLAT=${have_boost_flat}
  HOLDFAST_HAVE_ROBIN=${have_robin})
