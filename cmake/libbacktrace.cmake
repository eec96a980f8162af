# Finds libbacktrace, which turns addresses into functions, files and lines for the misuse reports.
#
# Debian ships it inside g++'s own folder, where clang does not look: so g++ is asked where it is, and
# a program that uses it is built with the compiler at hand. Sets holdfast_libbacktrace to the archive,
# or to nothing.

if(NOT DEFINED HOLDFAST_LIBBACKTRACE)
  set(archive "")
  find_library(installed_backtrace NAMES backtrace)
  find_program(gcc_that_knows NAMES g++ gcc g++-12 gcc-12)
  mark_as_advanced(installed_backtrace gcc_that_knows libbacktrace_links)
  if(installed_backtrace)
    set(archive ${installed_backtrace})
  elseif(gcc_that_knows)
    execute_process(COMMAND ${gcc_that_knows} -print-file-name=libbacktrace.a
      OUTPUT_VARIABLE archive OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  endif()
  if(IS_ABSOLUTE "${archive}" AND EXISTS "${archive}")
    # The three functions we use, declared by hand: the header is private to g++ as well.
    file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/probe/libbacktrace.cpp @ONLY CONTENT [[
struct backtrace_state;
extern "C" backtrace_state* backtrace_create_state(const char*, int, void (*)(void*, const char*, int), void*);
int main() { return backtrace_create_state(nullptr, 1, nullptr, nullptr) == nullptr; }
]])
    try_compile(libbacktrace_links ${PROJECT_BINARY_DIR}/probe
      SOURCES ${PROJECT_BINARY_DIR}/probe/libbacktrace.cpp
      LINK_LIBRARIES ${archive})
  endif()
  if(libbacktrace_links)
    message(STATUS "holdfast: symbolised stacks by ${archive}")
  else()
    set(archive "")
    holdfast_dropped("file and line in stacks of reports" libgcc-12-dev)
  endif()
  set(HOLDFAST_LIBBACKTRACE "${archive}" CACHE FILEPATH "libbacktrace.a, or empty for none")
  mark_as_advanced(HOLDFAST_LIBBACKTRACE)
endif()
set(holdfast_libbacktrace "${HOLDFAST_LIBBACKTRACE}")
