# CPack's settings of the Debian package; scripts/package/deb gives what differs with version and system. Nobody's address is
# known: the domain is one that never exists.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME bigocean)
set(CPACK_PACKAGE_VENDOR bigocean)
set(CPACK_PACKAGE_CONTACT "bigocean's maintainers <maintainers@bigocean.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "migrates and checks PostgreSQL and Redis before a deploy")
set(CPACK_PACKAGE_DESCRIPTION "${CPACK_PACKAGE_DESCRIPTION_SUMMARY}")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION "bigocean takes a service with PostgreSQL and Redis from a commit to a
healthy deployment: it migrates the database without blocking others for
long, checks both servers, and asks a service for its health. Every error
says what to do next, and every exit code has one meaning.

No licence has been chosen yet. The owner has not decided.")
set(CPACK_PACKAGING_INSTALL_PREFIX "/")
set(CPACK_INCLUDE_TOPLEVEL_DIRECTORY OFF)
set(CPACK_STRIP_FILES OFF)
set(CPACK_DEBIAN_PACKAGE_SECTION database)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# The authorities by which TLS judges a server; `sslrootcert` and SSL_CERT_FILE can name others.
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS ca-certificates)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
