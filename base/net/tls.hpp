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
  std::uint64_t resumed = 0;     ///< of them, those that resumed an earlier session
};
TlsCounts tls_counts();

class TlsContext;

/// One TLS session on a connected socket, whose owner reads, writes and waits.
class TlsSession {
 public:
  /// `peer` is "host:port"; the kept session of that peer, if any, is offered for resumption. Sets up
  /// verification against the system's authorities and `host`. Returns null when OpenSSL cannot set it up.
  static std::unique_ptr<TlsSession> start(const std::string& host, const std::string& peer, int fd);
  ~TlsSession();
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;

  SSL* get() const { return ssl_.get(); }

  /// To be called when the handshake is complete.
  void established();
  /// To be called when the handshake failed: the kept session of the peer is dropped.
  void failed();

 private:
  friend class TlsContext;
  struct Free {
    void operator()(SSL* ssl) const;
  };

  TlsSession(std::shared_ptr<TlsContext> context, std::string peer);

  std::shared_ptr<TlsContext> context_;
  const std::string peer_;
  std::unique_ptr<SSL, Free> ssl_;
};

}  // namespace bigocean::base
