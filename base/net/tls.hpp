// TLS as a client: one context for the process, sessions resumed.
#pragma once

#include <openssl/ssl.h>

#include <cstdint>
#include <memory>
#include <string>

namespace bigocean::base {

/// What TLS has cost the process so far.
struct TlsCounts {
  std::uint64_t contexts = 0;    ///< made; each parses all certificates of the authorities
  std::uint64_t handshakes = 0;  ///< completed, resumed ones too
  std::uint64_t resumed = 0;     ///< of them, those that took up an earlier session
};
TlsCounts tls_counts();

class TlsContext;

/// One TLS session on a connected socket, whose owner reads, writes and waits.
class TlsSession {
 public:
  /// `peer` is "host:port": a session with it that is kept is offered to be taken up. Sets up verification
  /// against the system's authorities and `host`. Null when OpenSSL cannot.
  static std::unique_ptr<TlsSession> start(const std::string& host, const std::string& peer, int fd);
  ~TlsSession();
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;

  SSL* get() const { return ssl_.get(); }

  /// The handshake is complete.
  void established();
  /// The handshake failed: the next one begins anew.
  void failed();

 private:
  friend class TlsContext;
  TlsSession(std::shared_ptr<TlsContext> context, std::string peer);

  std::shared_ptr<TlsContext> context_;
  const std::string peer_;
  std::unique_ptr<SSL, decltype(&SSL_free)> ssl_;
};

}  // namespace bigocean::base
