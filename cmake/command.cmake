# The command `holdfast` and the two archives it is made of, which the tests link too.
#
#   holdfast_hazard   each hazard and its cures
#   holdfast_tools    everything of the command but main()

file(GLOB hazard_sources CONFIGURE_DEPENDS holdfast/hazard/*.cpp)
file(GLOB tools_sources CONFIGURE_DEPENDS holdfast/tools/*.cpp)
set(main_source ${PROJECT_SOURCE_DIR}/holdfast/tools/main.cpp)
list(REMOVE_ITEM tools_sources ${main_source})
if(NOT hazard_sources OR NOT tools_sources OR NOT EXISTS ${main_source})
  message(STATUS "holdfast: without the command (holdfast/hazard or holdfast/tools is not there)")
  return()
endif()

add_library(holdfast_hazard STATIC ${hazard_sources})
target_link_libraries(holdfast_hazard PUBLIC holdfast)
target_compile_definitions(holdfast_hazard PRIVATE
  HOLDFAST_HAVE_BACKTRACE=$<BOOL:${holdfast_libbacktrace}>)
holdfast_apply_flags(holdfast_hazard)

# Other libraries' maps, which `holdfast replay` plays traces through.
include(${PROJECT_SOURCE_DIR}/cmake/concurrent_peers.cmake)

add_library(holdfast_tools STATIC ${tools_sources})
target_link_libraries(holdfast_tools
  PUBLIC holdfast holdfast_hazard holdfast_peers holdfast_scale_peers CLI11::CLI11 fmt::fmt nlohmann_json::nlohmann_json)
target_compile_definitions(holdfast_tools PUBLIC
  HOLDFAST_VERSION="${PROJECT_VERSION}"
  HOLDFAST_HAVE_LZMA=$<BOOL:${LIBLZMA_FOUND}>
  HOLDFAST_HAVE_ZLIB=$<BOOL:${ZLIB_FOUND}>)
if(LIBLZMA_FOUND)
  target_link_libraries(holdfast_tools PUBLIC LibLZMA::LibLZMA)
endif()
if(ZLIB_FOUND)
  target_link_libraries(holdfast_tools PUBLIC ZLIB::ZLIB)
endif()
holdfast_apply_flags(holdfast_tools)

# Its symbols are exported so that a stack has function names even without debug information.
add_executable(holdfast-command ${main_source})
set_target_properties(holdfast-command PROPERTIES
  OUTPUT_NAME holdfast EXPORT_NAME command ENABLE_EXPORTS ON)
add_executable(holdfast::command ALIAS holdfast-command)
target_link_libraries(holdfast-command PRIVATE holdfast_tools)
holdfast_apply_flags(holdfast-command)
