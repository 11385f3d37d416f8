# The toolkit as a library for other programs: one archive, three public headers, a package file for find_package().
# tests/library builds and runs a service against the installed package.
set(BIGOCEAN_PUBLIC_HEADERS call migrate check)

function(bigocean_library)
  file(GLOB sources CONFIGURE_DEPENDS cli/library/*.cpp)
  set(objects "")
  foreach(floor base config sql redis)
    list(APPEND objects $<TARGET_OBJECTS:bigocean_${floor}>)
  endforeach()
  add_library(bigocean_library STATIC ${sources} ${objects})
  set_target_properties(bigocean_library PROPERTIES OUTPUT_NAME bigocean)
  target_include_directories(bigocean_library PUBLIC ${PROJECT_SOURCE_DIR}/cli/library)
  target_link_libraries(bigocean_library PRIVATE bigocean_sql bigocean_redis bigocean_warnings)
  bigocean_unity(bigocean_library)

  # Another compiler, and even another version of the same one, cannot read the code of link-time optimisation.
  if(CMAKE_INTERPROCEDURAL_OPTIMIZATION)
    install(CODE "message(FATAL_ERROR \"The library is not installed from a build with link-time optimisation. Configure with \"
      \"`cmake --preset library`, or install the program alone with `--component program`.\")" COMPONENT library)
  endif()
  install(FILES $<TARGET_FILE:bigocean_library> DESTINATION lib COMPONENT library)
  install(DIRECTORY cli/library/bigocean DESTINATION include COMPONENT library FILES_MATCHING PATTERN "*.hpp")
  set(package ${PROJECT_BINARY_DIR}/package)
  configure_file(cmake/bigocean-config.cmake.in ${package}/bigocean-config.cmake @ONLY)
  include(CMakePackageConfigHelpers)
  write_basic_package_version_file(${package}/bigocean-config-version.cmake COMPATIBILITY SameMinorVersion)
  install(FILES ${package}/bigocean-config.cmake ${package}/bigocean-config-version.cmake cmake/embed.cmake
    DESTINATION lib/cmake/bigocean COMPONENT library)
endfunction()
