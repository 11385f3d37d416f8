// OpenSSL, loaded when a connection first wants TLS.
#include "base/net/openssl.hpp"

namespace bigocean::base {
namespace {

OpenSsl load() {
  const SharedLibrary library("libssl.so.3", "libssl3");
  OpenSsl functions;
  BIGOCEAN_OPENSSL_FUNCTIONS(BIGOCEAN_LIBRARY_FIND)
  return functions;
}

}  // namespace

const OpenSsl& openssl() {
  static const OpenSsl functions = load();
  return functions;
}

}  // namespace bigocean::base
