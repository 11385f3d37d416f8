// OpenSSL, loaded when a connection first wants TLS.
#pragma once

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "base/shared_library.hpp"

// clang-format off
#define BIGOCEAN_OPENSSL_FUNCTIONS(X) \
  X(ERR_clear_error) X(ERR_peek_error) X(ERR_reason_error_string) X(SSL_CTX_ctrl) X(SSL_CTX_free) \
  X(SSL_CTX_new) X(SSL_CTX_sess_set_new_cb) X(SSL_CTX_set_default_verify_paths) X(SSL_SESSION_dup) X(SSL_SESSION_free) \
  X(SSL_connect) X(SSL_ctrl) X(SSL_free) X(SSL_get0_param) X(SSL_get_error) X(SSL_get_ex_data) \
  X(SSL_get_verify_result) X(SSL_get_version) X(SSL_new) X(SSL_read) X(SSL_session_reused) X(SSL_set1_host) \
  X(SSL_set_ex_data) X(SSL_set_fd) X(SSL_set_quiet_shutdown) X(SSL_set_session) X(SSL_set_verify) \
  X(SSL_shutdown) X(SSL_write) X(TLS_client_method) X(X509_VERIFY_PARAM_set1_ip_asc) \
  X(X509_get_default_cert_dir) X(X509_get_default_cert_dir_env) X(X509_get_default_cert_file) \
  X(X509_get_default_cert_file_env) X(X509_verify_cert_error_string)
// clang-format on

namespace bigocean::base {

/// The functions of OpenSSL that we call, under their own names.
struct OpenSsl {
  BIGOCEAN_OPENSSL_FUNCTIONS(BIGOCEAN_LIBRARY_MEMBER)
};

/// Loads the library once for the process: half of the start-up of a health check that needs no TLS. Throws
/// base::Error(kInternal) when it is not there.
const OpenSsl& openssl();

}  // namespace bigocean::base
