# How tests become targets.
#
#   holdfast_test_kind(KIND TIMEOUT seconds)   tests/KIND/**/*.cpp  → test_KIND
#   holdfast_python_tests(KIND)                tests/KIND/**/*_test.py
#   holdfast_fuzz_programs(FOLDER)             FOLDER/*.cpp → fuzz_NAME with libFuzzer
#
# A target exists also where its folder is still empty, so that presets and scripts can always name it.

set(holdfast_slower 1)
if(HOLDFAST_SANITIZE)
  set(holdfast_slower 4)
endif()

# What every test may link and know.
function(holdfast_test_settings target)
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(${target} PRIVATE holdfast holdfast_peers)
  target_compile_definitions(${target} PRIVATE
    HOLDFAST_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
    HOLDFAST_HAVE_BACKTRACE=$<BOOL:${holdfast_libbacktrace}>)
  if(TARGET holdfast_tools AND HOLDFAST_EXCEPTIONS)
    target_link_libraries(${target} PRIVATE holdfast_tools)
    target_compile_definitions(${target} PRIVATE
      HOLDFAST_COMMAND="$<TARGET_FILE:holdfast-command>")
    add_dependencies(${target} holdfast-command)
  endif()
  # A stack in a report is compared by function name; those come from the dynamic symbol table.
  set_target_properties(${target} PROPERTIES ENABLE_EXPORTS ON)
  holdfast_apply_flags(${target})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    # A test states what a type does when it is assigned to itself, and what it does when moved from.
    target_compile_options(${target} PRIVATE -Wno-self-assign-overloaded -Wno-self-move)
  endif()
endfunction()

# NAME.cpp with NAME.py beside it: not a GoogleTest, but a program that the script runs and judges.
function(holdfast_judged_program kind source)
  cmake_path(GET source STEM name)
  string(REGEX REPLACE "\\.cpp$" ".py" script ${source})
  if(HOLDFAST_SANITIZE OR NOT CMAKE_BUILD_TYPE STREQUAL "Release")
    return()  # what is judged is the code that users run
  endif()
  add_executable(${name} ${source})
  target_link_libraries(${name} PRIVATE holdfast)
  holdfast_apply_flags(${name})
  add_dependencies(test_${kind} ${name})
  if(Python3_FOUND)
    add_test(NAME ${kind}.${name}
      COMMAND Python3::Interpreter ${script} --program $<TARGET_FILE:${name}>)
    set_tests_properties(${kind}.${name} PROPERTIES
      LABELS ${kind} TIMEOUT 600 SKIP_RETURN_CODE 77)
  endif()
endfunction()

function(holdfast_test_kind kind)
  cmake_parse_arguments(arg "" "TIMEOUT" "" ${ARGN})
  file(GLOB_RECURSE found CONFIGURE_DEPENDS ${kind}/*.cpp)
  set(sources "")
  set(judged "")
  foreach(source IN LISTS found)
    string(REGEX REPLACE "\\.cpp$" ".py" script ${source})
    file(STRINGS ${source} wants_rapidcheck LIMIT_COUNT 1 REGEX "include <rapidcheck")
    file(STRINGS ${source} wants_relacy LIMIT_COUNT 1 REGEX "include <relacy")
    if(EXISTS ${script})
      list(APPEND judged ${source})
    elseif(wants_relacy AND NOT holdfast_relacy)
      continue()
    elseif(wants_rapidcheck AND NOT rapidcheck_FOUND)
      continue()
    else()
      list(APPEND sources ${source})
    endif()
  endforeach()

  if(sources)
    add_executable(test_${kind} ${sources})
    holdfast_test_settings(test_${kind})
    target_link_libraries(test_${kind} PRIVATE GTest::gtest GTest::gmock GTest::gtest_main)
    if(rapidcheck_FOUND)
      target_link_libraries(test_${kind} PRIVATE rapidcheck)
    endif()
    math(EXPR seconds "${arg_TIMEOUT} * ${holdfast_slower}")
    gtest_discover_tests(test_${kind}
      TEST_PREFIX ${kind}. DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60
      PROPERTIES LABELS ${kind} TIMEOUT ${seconds})
  else()
    add_custom_target(test_${kind})
  endif()
  foreach(source IN LISTS judged)
    holdfast_judged_program(${kind} ${source})
  endforeach()
endfunction()

function(holdfast_python_tests kind)
  if(NOT Python3_FOUND)
    holdfast_dropped("the Python tests of tests/${kind}" python3)
    return()
  endif()
  file(GLOB_RECURSE found CONFIGURE_DEPENDS ${kind}/*_test.py)
  foreach(file IN LISTS found)
    cmake_path(GET file STEM name)
    string(REGEX REPLACE "_test$" "" name ${name})
    add_test(NAME ${kind}.${name}
      COMMAND Python3::Interpreter -B ${file}
      WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
    set_tests_properties(${kind}.${name} PROPERTIES LABELS ${kind} TIMEOUT 300)
  endforeach()
endfunction()

function(holdfast_fuzz_programs folder)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    message(FATAL_ERROR "holdfast: HOLDFAST_BUILD_FUZZ needs clang's libFuzzer; "
                        "use the preset: cmake --preset fuzz")
  endif()
  add_custom_target(fuzzers)
  file(GLOB found CONFIGURE_DEPENDS ${folder}/*.cpp)
  foreach(source IN LISTS found)
    cmake_path(GET source STEM name)
    add_executable(fuzz_${name} ${source})
    holdfast_test_settings(fuzz_${name})
    target_compile_definitions(fuzz_${name} PRIVATE HOLDFAST_LIBFUZZER=1)
    target_link_libraries(fuzz_${name} PRIVATE GTest::gtest)
    target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
    add_dependencies(fuzzers fuzz_${name})
  endforeach()
endfunction()
