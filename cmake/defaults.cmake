# bigocean_defaults(target NAMESPACE ns FILE toml): a default.toml as a table in C++, read at build time by
# cmake/make_defaults.cpp. To read TOML at each start would be a sixth of what a start costs. The library of `target` gets
#   std::span<const bigocean::config::DefaultValue> bigocean::<ns>::default_values();
function(bigocean_defaults target)
  cmake_parse_arguments(arg "" "NAMESPACE;FILE" "" ${ARGN})
  set(toml ${PROJECT_SOURCE_DIR}/${arg_FILE})
  set(made ${CMAKE_CURRENT_BINARY_DIR}/embedded/${target}_default_values.cpp)
  if(NOT TARGET make_defaults)
    add_executable(make_defaults ${PROJECT_SOURCE_DIR}/cmake/make_defaults.cpp)
    target_link_libraries(make_defaults PRIVATE bigocean_tomlplusplus PkgConfig::fmt bigocean_warnings)
  endif()
  add_custom_command(OUTPUT ${made} COMMAND make_defaults ${toml} ${made} ${arg_NAMESPACE} DEPENDS make_defaults ${toml}
    VERBATIM)
  target_sources(${target} PRIVATE ${made})
endfunction()
