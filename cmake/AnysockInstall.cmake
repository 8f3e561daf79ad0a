# Installation: the header, both libraries, and a package for find_package(anysock).
include(CMakePackageConfigHelpers)

install(TARGETS anysock_static anysock_shared EXPORT anysockTargets
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
    LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
    RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(FILES include/anysock.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/anysock)
install(EXPORT anysockTargets NAMESPACE anysock:: DESTINATION ${package_dir})
configure_package_config_file(cmake/anysockConfig.cmake.in
    ${PROJECT_BINARY_DIR}/anysockConfig.cmake INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/anysockConfigVersion.cmake
    COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/anysockConfig.cmake
    ${PROJECT_BINARY_DIR}/anysockConfigVersion.cmake DESTINATION ${package_dir})
