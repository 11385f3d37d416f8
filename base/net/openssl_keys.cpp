// OpenSSL's signatures, loaded when one is first to be verified.
#include "base/net/openssl_keys.hpp"

namespace bigocean::base {
namespace {

OpenSslKeys load_keys() {
  const SharedLibrary library("libcrypto.so.3", "libssl3");
  OpenSslKeys functions;
  BIGOCEAN_OPENSSL_KEY_FUNCTIONS(BIGOCEAN_LIBRARY_FIND)
  return functions;
}

}  // namespace

const OpenSslKeys& openssl_keys() {
  static const OpenSslKeys functions = load_keys();
  return functions;
}

}  // namespace bigocean::base
