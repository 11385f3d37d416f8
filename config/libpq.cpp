// PostgreSQL's client library, loaded when it is first needed.
#include "config/libpq.hpp"

namespace bigocean::config {
namespace {

Libpq load() {
  const base::SharedLibrary library("libpq.so.5", "libpq5", {"libcrypto.so.3", "libgnutls.so.30"});
  Libpq functions;
  BIGOCEAN_LIBPQ_FUNCTIONS(BIGOCEAN_LIBRARY_FIND)
  return functions;
}

}  // namespace

const Libpq& libpq() {
  static const Libpq functions = load();
  return functions;
}

}  // namespace bigocean::config
