# libholdfast_guard.so, the preloadable library for programs that are not changed: target holdfast-guard.
#
# It is loaded into every kind of program, so it brings nothing along: no libstdc++, no libgcc_s, only libc. What
# it needs of the unwinder and of libbacktrace is linked into it and hidden.

if(HOLDFAST_SANITIZE)
  message(STATUS "holdfast: without the guard (a sanitizer has malloc for itself)")
  return()
endif()

file(GLOB guard_sources CONFIGURE_DEPENDS guard/*.cpp)
add_library(holdfast-guard SHARED ${guard_sources})
add_library(holdfast::guard ALIAS holdfast-guard)
set_target_properties(holdfast-guard PROPERTIES
  OUTPUT_NAME holdfast_guard EXPORT_NAME guard
  CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
target_compile_features(holdfast-guard PRIVATE cxx_std_20)
target_include_directories(holdfast-guard PRIVATE ${PROJECT_SOURCE_DIR})
target_compile_definitions(holdfast-guard PRIVATE HOLDFAST_HAVE_BACKTRACE=$<BOOL:${holdfast_libbacktrace}>)
holdfast_apply_flags(holdfast-guard)
# -fno-builtin-malloc: else the compiler makes calls of malloc out of what stands in malloc.
# _GLIBCXX_ASSERTIONS would call into libstdc++.
target_compile_options(holdfast-guard PRIVATE
  -O2 -fno-exceptions -fno-rtti -fno-builtin-malloc -fno-plt -U_GLIBCXX_ASSERTIONS)
target_link_options(holdfast-guard PRIVATE
  -nodefaultlibs LINKER:-z,defs LINKER:--exclude-libs,ALL LINKER:-z,nodelete)
target_link_libraries(holdfast-guard PRIVATE ${holdfast_libbacktrace} -lc -lgcc_eh -lgcc -lc)
