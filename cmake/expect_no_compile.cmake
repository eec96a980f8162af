# cmake -D compiler=… -D root=… -D source=… -P expect_no_compile.cmake
# Ends well when `source` does not compile and the messages match its `// expect:` line.

file(STRINGS ${source} first LIMIT_COUNT 1)
if(NOT first MATCHES "^// expect: (.+)$")
  message(FATAL_ERROR "${source}:1: the first line must be '// expect: REGEX', "
                      "what the compiler has to say about this file")
endif()
set(expected "${CMAKE_MATCH_1}")

# C locale: plain quotes, whatever the user's language.
execute_process(
  COMMAND ${CMAKE_COMMAND} -E env LC_ALL=C
    ${compiler} -std=c++20 -Wall -Wextra -fsyntax-only -I${root} ${source}
  RESULT_VARIABLE result OUTPUT_VARIABLE said ERROR_VARIABLE said)

if(result EQUAL 0)
  message(FATAL_ERROR "${source}: compiles, but must not; expected: ${expected}")
endif()
if(NOT said MATCHES "${expected}")
  message(FATAL_ERROR "${source}: does not compile, but not for the reason expected: ${expected}\n"
                      "the compiler said:\n${said}")
endif()
