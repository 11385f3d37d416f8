// PostgreSQL's client library, loaded when it is first needed.
#include "config/libpq.hpp"

#include <type_traits>

namespace bigocean::config {
namespace {

Libpq load() {
  const base::SharedLibrary library("libpq.so.5", "libpq5", {"libcrypto.so.3", "libgnutls.so.30"});
  Libpq functions;
  BIGOCEAN_LIBPQ_FUNCTIONS(BIGOCEAN_LIBRARY_FIND)
  LibpqCancel cancel;
  const auto find = [&](auto& function, const char* name) {
    function = library.find_if_there<std::remove_reference_t<decltype(function)>>(name);
    return function != nullptr;
  };
  const bool all = find(cancel.PQcancelCreate, "PQcancelCreate") &&
                   find(cancel.PQcancelStart, "PQcancelStart") && find(cancel.PQcancelPoll, "PQcancelPoll") &&
                   find(cancel.PQcancelSocket, "PQcancelSocket") &&
                   find(cancel.PQcancelFinish, "PQcancelFinish");
  if (all) functions.cancel = cancel;
  return functions;
}

}  // namespace

const Libpq& libpq() {
  static const Libpq functions = load();
  return functions;
}

}  // namespace bigocean::config
