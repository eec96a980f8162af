# Maps for many threads of other libraries, to be compared with in bench/scale and by `holdfast replay`. Sets
#
#   holdfast_concurrent_peers   names of the sources in bench/scale/peers that can be built
#   target holdfast_scale_peers HOLDFAST_HAVE_TBB, _CUCKOO, _XENIUM, _CDS, _URCU, each 0 or 1, and what to link

if(TARGET holdfast_scale_peers)
  return()
endif()
add_library(holdfast_scale_peers INTERFACE)
if(HOLDFAST_SANITIZE)
  # The installed libraries were built without; ThreadSanitizer would take their ordering for none.
  foreach(upper IN ITEMS TBB CUCKOO XENIUM CDS URCU)
    target_compile_definitions(holdfast_scale_peers INTERFACE HOLDFAST_HAVE_${upper}=0)
  endforeach()
  message(STATUS "holdfast: without comparison to other maps for many threads (not possible in a sanitizer build)")
  return()
endif()
set(holdfast_concurrent_peers holdfast locked)

# holdfast_peer(NAME FOUND package): takes part or not.
macro(holdfast_peer name found package)
  string(TOUPPER ${name} upper)
  if(${found})
    list(APPEND holdfast_concurrent_peers ${name})
    target_compile_definitions(holdfast_scale_peers INTERFACE HOLDFAST_HAVE_${upper}=1)
  else()
    target_compile_definitions(holdfast_scale_peers INTERFACE HOLDFAST_HAVE_${upper}=0)
    holdfast_dropped("comparison to ${name} for many threads" ${package})
  endif()
endmacro()

find_package(TBB CONFIG QUIET)
if(TARGET TBB::tbb)
  target_link_libraries(holdfast_scale_peers INTERFACE TBB::tbb)
endif()
holdfast_peer(tbb TBB_FOUND libtbb-dev)

find_path(HOLDFAST_CUCKOO_INCLUDE libcuckoo/cuckoohash_map.hh)
holdfast_peer(cuckoo HOLDFAST_CUCKOO_INCLUDE libcuckoo-dev)

find_path(HOLDFAST_XENIUM_INCLUDE xenium/vyukov_hash_map.hpp)
holdfast_peer(xenium HOLDFAST_XENIUM_INCLUDE libxenium-dev)

find_path(HOLDFAST_CDS_INCLUDE cds/container/split_list_map.h)
find_library(HOLDFAST_CDS_LIBRARY NAMES cds)
if(HOLDFAST_CDS_INCLUDE AND HOLDFAST_CDS_LIBRARY)
  set(holdfast_cds TRUE)
  target_link_libraries(holdfast_scale_peers INTERFACE ${HOLDFAST_CDS_LIBRARY})
endif()
holdfast_peer(cds holdfast_cds libcds-dev)

include(${PROJECT_SOURCE_DIR}/cmake/urcu.cmake)
target_link_libraries(holdfast_scale_peers INTERFACE ${holdfast_urcu_libraries})
holdfast_peer(urcu holdfast_urcu liburcu-dev)

mark_as_advanced(HOLDFAST_CUCKOO_INCLUDE HOLDFAST_XENIUM_INCLUDE HOLDFAST_CDS_INCLUDE HOLDFAST_CDS_LIBRARY)
