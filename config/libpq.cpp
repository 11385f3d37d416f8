// PostgreSQL's client library, loaded when it is first needed.
#include "config/libpq.hpp"

#include <type_traits>

namespace bigocean::config {
Libpq::Libpq(const base::SharedLibrary& library) {
  BIGOCEAN_LIBPQ_FUNCTIONS(BIGOCEAN_LIBRARY_FIND)
  LibpqCancel found;
  const auto find = [&](auto& function, const char* name) {
    function = library.find_if_there<std::remove_reference_t<decltype(function)>>(name);
    return function != nullptr;
  };
  const bool all = find(found.PQcancelCreate, "PQcancelCreate") &&
                   find(found.PQcancelStart, "PQcancelStart") && find(found.PQcancelPoll, "PQcancelPoll") &&
                   find(found.PQcancelSocket, "PQcancelSocket") &&
                   find(found.PQcancelFinish, "PQcancelFinish");
  if (all) cancel = found;
}

const Libpq& libpq() {
  // A library that libpq does not need is not asked for: it would be loaded, and another system's may not
  // fit.
#if BIGOCEAN_LIBPQ_NEEDS_GNUTLS
  static const Libpq functions(
      base::SharedLibrary("libpq.so.5", "libpq5", {"libcrypto.so.3", "libgnutls.so.30"}));
#else
  static const Libpq functions(base::SharedLibrary("libpq.so.5", "libpq5", {"libcrypto.so.3"}));
#endif
  return functions;
}

}  // namespace bigocean::config
