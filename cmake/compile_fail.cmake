# Tests that pass when a file does not compile, and for the reason given.
#
# The first line of each tests/compile_fail/*.cpp is `// expect: REGEX`; the compiler's messages must
# match it (CMake's regular expressions), so that a slip of the pen does not pass for the error meant.

function(holdfast_compile_fail_tests folder)
  file(GLOB_RECURSE found CONFIGURE_DEPENDS ${folder}/*.cpp)
  foreach(source IN LISTS found)
    cmake_path(GET source STEM name)
    add_test(NAME compile_fail.${name}
      COMMAND ${CMAKE_COMMAND}
        -D compiler=${CMAKE_CXX_COMPILER} -D root=${PROJECT_SOURCE_DIR} -D source=${source}
        -P ${PROJECT_SOURCE_DIR}/cmake/expect_no_compile.cmake)
    set_tests_properties(compile_fail.${name} PROPERTIES LABELS compile_fail TIMEOUT 120)
  endforeach()
endfunction()
