# All third-party code comes from Debian packages; nothing is fetched while configuring.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(Boost REQUIRED CONFIG)
find_package(CLI11 REQUIRED)
find_package(nlohmann_json REQUIRED)

pkg_check_modules(fmt REQUIRED IMPORTED_TARGET fmt)
if(BIGOCEAN_STATIC)
  # Debian 13 has no archive of it.
  set_target_properties(PkgConfig::fmt PROPERTIES INTERFACE_LINK_LIBRARIES "")
  target_compile_definitions(PkgConfig::fmt INTERFACE FMT_HEADER_ONLY)
endif()
# spdlog and toml++ go into the binary, each by one file: as shared libraries their symbols cost a third of the
# start-up, and a health check is nothing but start-up.
add_library(bigocean_spdlog INTERFACE)
target_compile_definitions(bigocean_spdlog INTERFACE SPDLOG_FMT_EXTERNAL)
target_link_libraries(bigocean_spdlog INTERFACE PkgConfig::fmt)
add_library(bigocean_tomlplusplus INTERFACE)
target_compile_definitions(bigocean_tomlplusplus INTERFACE TOML_HEADER_ONLY=1)

# libpg_query goes into the binary: as a shared library its relocations would cost every start-up. What writes
# its trees as protocol buffers stays out: nothing here asks for it, and its tables have three quarters of the
# relocations. Where the archive does not stand alone so, the shared library has to do.
include(CheckCXXSourceCompiles)
find_library(LIBPG_QUERY_ARCHIVE libpg_query.a)
set(LIBPG_QUERY_ALONE -Wl,--defsym=pg_query_nodes_to_protobuf=0 ${LIBPG_QUERY_ARCHIVE})
set(CMAKE_REQUIRED_LIBRARIES ${LIBPG_QUERY_ALONE})
check_cxx_source_compiles("#include <pg_query.h>
int main() { pg_query_free_parse_result(pg_query_parse(\"SELECT 1\")); }" LIBPG_QUERY_STANDS_ALONE)
unset(CMAKE_REQUIRED_LIBRARIES)
if(LIBPG_QUERY_STANDS_ALONE)
  set(LIBPG_QUERY ${LIBPG_QUERY_ALONE})
else()
  find_library(LIBPG_QUERY pg_query REQUIRED)
endif()

# Loaded when it is needed (config/libpq.hpp): only its declarations are compiled in.
pkg_check_modules(libpq REQUIRED IMPORTED_TARGET libpq)
add_library(bigocean_libpq_headers INTERFACE)
target_include_directories(bigocean_libpq_headers SYSTEM INTERFACE ${libpq_INCLUDE_DIRS})
# Debian 12's needs GnuTLS, through this LDAP; Debian 13's LDAP has OpenSSL.
find_file(LIBLDAP_WITH_GNUTLS libldap-2.5.so.0 PATHS /usr/lib/${CMAKE_LIBRARY_ARCHITECTURE} /usr/lib64 /usr/lib)
pkg_check_modules(hiredis REQUIRED IMPORTED_TARGET hiredis)
find_library(HIREDIS_ARCHIVE libhiredis.a REQUIRED)
pkg_check_modules(prometheus REQUIRED IMPORTED_TARGET prometheus-cpp-core)
pkg_check_modules(nettle REQUIRED IMPORTED_TARGET nettle)
if(BIGOCEAN_STATIC)
  find_library(NETTLE_ARCHIVE libnettle.a REQUIRED)
  set_target_properties(PkgConfig::nettle PROPERTIES INTERFACE_LINK_LIBRARIES ${NETTLE_ARCHIVE})
endif()
