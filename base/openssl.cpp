// OpenSSL, loaded when a connection first wants TLS.
#include "base/openssl.hpp"

#include "base/shared_library.hpp"

namespace bigocean::base {
namespace {

OpenSsl load() {
  const SharedLibrary library("libssl.so.3", "libssl3");
  OpenSsl functions;
#define BIGOCEAN_OPENSSL_FIND(name) functions.name = library.find<decltype(&::name)>(#name);
  BIGOCEAN_OPENSSL_FUNCTIONS(BIGOCEAN_OPENSSL_FIND)
#undef BIGOCEAN_OPENSSL_FIND
  return functions;
}

}  // namespace

const OpenSsl& openssl() {
  static const OpenSsl functions = load();
  return functions;
}

}  // namespace bigocean::base
