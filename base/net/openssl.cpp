// Loads OpenSSL's two libraries.
#include "base/net/openssl.hpp"

namespace bigocean::base {

const Libssl& libssl() {
  static const Libssl functions(SharedLibrary("libssl.so.3", "libssl3"));
  return functions;
}

const Libcrypto& libcrypto() {
  static const Libcrypto functions(SharedLibrary("libcrypto.so.3", "libssl3"));
  return functions;
}

}  // namespace bigocean::base
