// OpenSSL's signatures, loaded when one is first to be verified.
#pragma once

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/x509.h>

#include "base/shared_library.hpp"

// clang-format off
#define BIGOCEAN_OPENSSL_KEY_FUNCTIONS(X) \
  X(ERR_clear_error) X(EVP_DigestVerify) X(EVP_DigestVerifyInit) X(EVP_MD_CTX_free) X(EVP_MD_CTX_new) \
  X(EVP_PKEY_free) X(EVP_sha256) X(HMAC) X(d2i_PUBKEY)
// clang-format on

namespace bigocean::base {

/// The functions of OpenSSL that we call, under their own names.
struct OpenSslKeys {
  BIGOCEAN_OPENSSL_KEY_FUNCTIONS(BIGOCEAN_LIBRARY_MEMBER)
};

/// Loads the library once for the process. Throws base::Error(kInternal) when it is not there.
const OpenSslKeys& openssl_keys();

}  // namespace bigocean::base
