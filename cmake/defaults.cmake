# bigocean_defaults(target): config/default.toml as a table in C++, read at build time by cmake/make_defaults.cpp. To
# read TOML at each start would be a sixth of what a start costs. The library of `target` gets
#   std::span<const bigocean::config::DefaultValue> bigocean::config::default_values();
function(bigocean_defaults target)
  set(toml ${PROJECT_SOURCE_DIR}/config/default.toml)
  set(made ${CMAKE_CURRENT_BINARY_DIR}/embedded/default_values.cpp)
  add_executable(make_defaults ${PROJECT_SOURCE_DIR}/cmake/make_defaults.cpp)
  target_link_libraries(make_defaults PRIVATE bigocean_tomlplusplus PkgConfig::fmt bigocean_warnings)
  add_custom_command(OUTPUT ${made} COMMAND make_defaults ${toml} ${made} DEPENDS make_defaults ${toml} VERBATIM)
  target_sources(${target} PRIVATE ${made})
endfunction()
