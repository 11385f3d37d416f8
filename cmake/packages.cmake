# All third-party code comes from Debian packages; nothing is fetched while configuring.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(Boost REQUIRED)
find_package(CLI11 REQUIRED)
find_package(nlohmann_json REQUIRED)

pkg_check_modules(fmt REQUIRED IMPORTED_TARGET fmt)
# spdlog and toml++ go into the binary, each by one file: as shared libraries their symbols cost a third of the
# start-up, and a health check is nothing but start-up.
add_library(bigocean_spdlog INTERFACE)
target_compile_definitions(bigocean_spdlog INTERFACE SPDLOG_FMT_EXTERNAL)
target_link_libraries(bigocean_spdlog INTERFACE PkgConfig::fmt)
add_library(bigocean_tomlplusplus INTERFACE)
target_compile_definitions(bigocean_tomlplusplus INTERFACE TOML_HEADER_ONLY=1)

# Loaded when it is needed (config/libpq.hpp): only its declarations are compiled in.
pkg_check_modules(libpq REQUIRED IMPORTED_TARGET libpq)
add_library(bigocean_libpq_headers INTERFACE)
target_include_directories(bigocean_libpq_headers SYSTEM INTERFACE ${libpq_INCLUDE_DIRS})
pkg_check_modules(hiredis REQUIRED IMPORTED_TARGET hiredis)
pkg_check_modules(prometheus REQUIRED IMPORTED_TARGET prometheus-cpp-core)
pkg_check_modules(nettle REQUIRED IMPORTED_TARGET nettle)
