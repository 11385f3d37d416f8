// PostgreSQL's client library, loaded when it is first needed.
#include "config/libpq.hpp"

#include "base/shared_library.hpp"

namespace bigocean::config {
namespace {

Libpq load() {
  const base::SharedLibrary library("libpq.so.5", "libpq5");
  Libpq functions;
#define BIGOCEAN_LIBPQ_FIND(name) functions.name = library.find<decltype(&::name)>(#name);
  BIGOCEAN_LIBPQ_FUNCTIONS(BIGOCEAN_LIBPQ_FIND)
#undef BIGOCEAN_LIBPQ_FIND
  return functions;
}

}  // namespace

const Libpq& libpq() {
  static const Libpq functions = load();
  return functions;
}

}  // namespace bigocean::config
