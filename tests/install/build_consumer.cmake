# cmake -D way=… -P build_consumer.cmake: builds and runs one consumer project from nothing.

function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE result OUTPUT_VARIABLE said ERROR_VARIABLE said)
  if(NOT result EQUAL 0)
    list(JOIN ARGN " " command)
    message(FATAL_ERROR "${way}: this ended with ${result}: ${command}\n${said}")
  endif()
  set(said "${said}" PARENT_SCOPE)
endfunction()

set(source ${CMAKE_CURRENT_LIST_DIR}/${way})
file(REMOVE_RECURSE ${work})

if(way STREQUAL "unknown_component")
  # Must not configure, and must say which component is wrong and which there are.
  execute_process(
    COMMAND ${CMAKE_COMMAND} -S ${CMAKE_CURRENT_LIST_DIR}/find_package -B ${work} -G Ninja
      -D CMAKE_CXX_COMPILER=${compiler} -D CMAKE_PREFIX_PATH=${prefix} -D component=unheard_of
    RESULT_VARIABLE result OUTPUT_VARIABLE said ERROR_VARIABLE said)
  string(REGEX REPLACE "[ \n]+" " " said "${said}")
  if(result EQUAL 0 OR NOT said MATCHES "'unheard_of' is not a component of holdfast")
    message(FATAL_ERROR "a component that does not exist was not refused clearly:\n${said}")
  endif()
elseif(way STREQUAL "pkg_config")
  set(ENV{PKG_CONFIG_PATH} ${prefix}/${libdir}/pkgconfig)
  run(pkg-config --cflags --libs holdfast)
  separate_arguments(flags UNIX_COMMAND "${said}")
  file(MAKE_DIRECTORY ${work})
  run(${compiler} -std=c++20 ${CMAKE_CURRENT_LIST_DIR}/consumer.cpp ${flags} -o ${work}/consumer)
  run(${work}/consumer)
else()
  run(${CMAKE_COMMAND} -S ${source} -B ${work} -G Ninja -D CMAKE_CXX_COMPILER=${compiler}
    -D CMAKE_PREFIX_PATH=${prefix} -D holdfast_root=${root})
  run(${CMAKE_COMMAND} --build ${work})
  run(${work}/consumer)
endif()
