# Compiler flags of our own targets: warnings, sanitizers, exceptions.
#
# holdfast_apply_flags(TARGET) is called on every target we build; nothing is set for the whole
# directory, so a project that adds holdfast as a sub-directory keeps its own flags.

set(holdfast_warnings -Wall -Wextra -Wpedantic -Wshadow -Wconversion)
if(HOLDFAST_WERROR)
  list(APPEND holdfast_warnings -Werror)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  # Part of clang's -Wconversion but not of GCC's; both compilers are to ask for the same.
  list(APPEND holdfast_warnings -Wno-sign-conversion)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # GCC 12 sees overlaps in "literal" + std::string that are not there (its bug 105651).
  list(APPEND holdfast_warnings -Wno-restrict)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND HOLDFAST_SANITIZE)
  # GCC 12's flow analysis reports what the sanitizers' own code makes of ours.
  list(APPEND holdfast_warnings -Wno-maybe-uninitialized -Wno-stringop-overflow -Wno-array-bounds)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND HOLDFAST_SANITIZE MATCHES "thread")
  list(APPEND holdfast_warnings -Wno-tsan)
endif()

set(holdfast_sanitizer_flags "")
if(HOLDFAST_SANITIZE)
  if(NOT HOLDFAST_SANITIZE MATCHES "^(address|undefined|address,undefined|thread)$")
    message(FATAL_ERROR "holdfast: HOLDFAST_SANITIZE is '${HOLDFAST_SANITIZE}'; "
                        "use 'address,undefined', 'thread' or leave it empty")
  endif()
  set(holdfast_sanitizer_flags
    -fsanitize=${HOLDFAST_SANITIZE} -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
endif()

function(holdfast_apply_flags target)
  target_compile_options(${target} PRIVATE ${holdfast_warnings} ${holdfast_sanitizer_flags})
  target_link_options(${target} PRIVATE ${holdfast_sanitizer_flags})
  if(HOLDFAST_BUILD_FUZZ)
    target_compile_options(${target} PRIVATE -fsanitize=fuzzer-no-link)
  endif()
  if(NOT HOLDFAST_EXCEPTIONS)
    target_compile_options(${target} PRIVATE -fno-exceptions)
  endif()
endfunction()
