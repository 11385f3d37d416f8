// OpenSSL's functions under plain names, each loaded with its library when the first is called:
// tls::read(session, …), crypto::verify(…).
#pragma once

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "base/shared_library.hpp"

// clang-format off
#define BIGOCEAN_LIBSSL_FUNCTIONS(X) \
  X(ERR_clear_error, clear_error) \
  X(ERR_peek_error, peek_error) \
  X(ERR_reason_error_string, reason_text) \
  X(SSL_CTX_ctrl, control_context) \
  X(SSL_CTX_free, free_context) \
  X(SSL_CTX_new, new_context) \
  X(SSL_CTX_sess_set_new_cb, on_new_session) \
  X(SSL_CTX_set_default_verify_paths, set_default_verify_paths) \
  X(SSL_SESSION_dup, copy_session) \
  X(SSL_SESSION_free, free_session) \
  X(SSL_connect, connect) \
  X(SSL_ctrl, control) \
  X(SSL_free, free_connection) \
  X(SSL_get0_param, verify_parameters) \
  X(SSL_get_error, get_error) \
  X(SSL_get_ex_data, get_data) \
  X(SSL_get_verify_result, verify_result) \
  X(SSL_get_version, version) \
  X(SSL_new, new_connection) \
  X(SSL_read, read) \
  X(SSL_session_reused, session_reused) \
  X(SSL_set1_host, set_host) \
  X(SSL_set_ex_data, set_data) \
  X(SSL_set_fd, set_fd) \
  X(SSL_set_quiet_shutdown, set_quiet_shutdown) \
  X(SSL_set_session, set_session) \
  X(SSL_set_verify, set_verify) \
  X(SSL_shutdown, shutdown) \
  X(SSL_write, write) \
  X(TLS_client_method, client_method) \
  X(X509_VERIFY_PARAM_set1_ip_asc, set_ip) \
  X(X509_get_default_cert_dir, default_cert_dir) \
  X(X509_get_default_cert_dir_env, default_cert_dir_variable) \
  X(X509_get_default_cert_file, default_cert_file) \
  X(X509_get_default_cert_file_env, default_cert_file_variable) \
  X(X509_verify_cert_error_string, verify_error_text)

#define BIGOCEAN_LIBCRYPTO_FUNCTIONS(X) \
  X(ERR_clear_error, clear_error) \
  X(EVP_DigestVerify, verify) \
  X(EVP_DigestVerifyInit, verify_init) \
  X(EVP_MD_CTX_free, free_digest) \
  X(EVP_MD_CTX_new, new_digest) \
  X(EVP_PKEY_free, free_key) \
  X(EVP_sha256, sha256) \
  X(HMAC, hmac) \
  X(d2i_PUBKEY, parse_public_key)
// clang-format on

namespace bigocean::base {

/// The functions of libssl that we call, under their own names.
struct Libssl {
  explicit Libssl(const SharedLibrary& library){
      BIGOCEAN_LIBSSL_FUNCTIONS(BIGOCEAN_LIBRARY_FIND)} BIGOCEAN_LIBSSL_FUNCTIONS(BIGOCEAN_LIBRARY_MEMBER)
};

/// The functions of libcrypto that we call, under their own names.
struct Libcrypto {
  explicit Libcrypto(const SharedLibrary& library){BIGOCEAN_LIBCRYPTO_FUNCTIONS(
      BIGOCEAN_LIBRARY_FIND)} BIGOCEAN_LIBCRYPTO_FUNCTIONS(BIGOCEAN_LIBRARY_MEMBER)
};

/// Loads libssl once for the process: half of the start-up of a health check that needs no TLS. Thread-safe.
/// Throws base::Error(kInternal) when the library is not installed.
const Libssl& libssl();

/// The same for libcrypto, whose signatures need no libssl.
const Libcrypto& libcrypto();

}  // namespace bigocean::base

// What the functions do, take and return is in OpenSSL's documentation, under the names in the lists above.
#define BIGOCEAN_LIBSSL(symbol, plain_name) \
  inline constexpr base::LibraryCall<&base::libssl, &base::Libssl::symbol> plain_name{};
#define BIGOCEAN_LIBCRYPTO(symbol, plain_name) \
  inline constexpr base::LibraryCall<&base::libcrypto, &base::Libcrypto::symbol> plain_name{};

namespace bigocean::tls {
BIGOCEAN_LIBSSL_FUNCTIONS(BIGOCEAN_LIBSSL)
}  // namespace bigocean::tls

namespace bigocean::crypto {
BIGOCEAN_LIBCRYPTO_FUNCTIONS(BIGOCEAN_LIBCRYPTO)
}  // namespace bigocean::crypto

#undef BIGOCEAN_LIBSSL
#undef BIGOCEAN_LIBCRYPTO
