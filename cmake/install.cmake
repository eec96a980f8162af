# `cmake --install`: headers, library, command, and the files by which others find them.
#
# Components of find_package: `holdfast` (the library, always there), `command` and `guard`.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/holdfast)

install(TARGETS holdfast EXPORT holdfast-holdfast
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
  FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT holdfast-holdfast
  FILE holdfast-holdfast.cmake NAMESPACE holdfast:: DESTINATION ${package_dir})

if(TARGET holdfast-command)
  install(TARGETS holdfast-command EXPORT holdfast-command
    RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  install(EXPORT holdfast-command
    FILE holdfast-command.cmake NAMESPACE holdfast:: DESTINATION ${package_dir})
  if(IS_DIRECTORY ${PROJECT_SOURCE_DIR}/share)
    install(DIRECTORY share/ DESTINATION ${CMAKE_INSTALL_DATADIR}/holdfast)
  endif()
endif()

# A static library hands its own needs to whoever links it.
set(holdfast_archive_file "")
get_target_property(library_type holdfast TYPE)
if(holdfast_libbacktrace AND library_type STREQUAL "STATIC_LIBRARY")
  set(holdfast_archive_file ${holdfast_libbacktrace})
endif()

if(TARGET holdfast-guard)
  install(TARGETS holdfast-guard EXPORT holdfast-guard LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
  install(FILES guard/guard.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/holdfast)
  install(EXPORT holdfast-guard
    FILE holdfast-guard.cmake NAMESPACE holdfast:: DESTINATION ${package_dir})
endif()

configure_package_config_file(cmake/holdfastConfig.cmake.in
  ${PROJECT_BINARY_DIR}/package/holdfastConfig.cmake
  INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/package/holdfastConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES
  ${PROJECT_BINARY_DIR}/package/holdfastConfig.cmake
  ${PROJECT_BINARY_DIR}/package/holdfastConfigVersion.cmake
  DESTINATION ${package_dir})

# Relative to the .pc file itself, so an install tree may be moved.
file(RELATIVE_PATH holdfast_pc_up /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
string(REGEX REPLACE "/$" "" holdfast_pc_up "${holdfast_pc_up}")
configure_file(cmake/holdfast.pc.in ${PROJECT_BINARY_DIR}/package/holdfast.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/package/holdfast.pc
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
