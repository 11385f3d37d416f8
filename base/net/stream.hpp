// A TCP or TLS byte stream whose every wait ends at a deadline or a signal.
#pragma once

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "base/interrupt.hpp"
#include "base/net/resolve.hpp"

namespace bigocean::base {

/// Why there is no stream, or no more of it. The text tells what happened, not what to do about it: that
/// depends on who asked. It holds no secret.
struct StreamError : std::runtime_error {
  enum class Kind {
    kNotResolvable,
    kRefused,
    kUnreachable,  ///< no route, network down, …
    kTimedOut,
    kTls,          ///< the handshake failed
    kCertificate,  ///< the peer's certificate is not trusted, or is for another host
    kClosed,       ///< the connection broke
  };

  StreamError(Kind kind_in, const std::string& text) : std::runtime_error(text), kind(kind_in) {}

  Kind kind;
};

class TlsSession;

/// Owns one connected, non-blocking socket, and a TLS session on it once start_tls() was called. Every member
/// throws StreamError, or base::Error (130/143) on a signal.
class Stream {
 public:
  using Deadline = std::chrono::steady_clock::time_point;

  /// All addresses of a host, in the resolver's order; at least one.
  static std::vector<Address> resolve(const std::string& host, int port, int family, Deadline deadline,
                                      const Interrupt* interrupt);

  /// Tries the addresses in turn, each with a fair share of the time that is left; the error says what each
  /// of them said. `interrupt` may be null, else it must outlive the stream.
  Stream(const std::vector<Address>& addresses, int port, Deadline deadline, const Interrupt* interrupt);
  ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  /// From now on the waits end with this one; may be null, else it must outlive the stream or the next call.
  void interrupt_with(const Interrupt* interrupt) { interrupt_ = interrupt; }

  /// Verifies the certificate against the system's authorities and `host`, a name or an IP address. Takes up
  /// an earlier session with it where the server lets it.
  void start_tls(const std::string& host, Deadline deadline);

  void send(std::string_view bytes, Deadline deadline);
  /// At least one byte, valid until the next call; none at the end of the stream.
  std::string_view receive(Deadline deadline);

  /// Without waiting: whether bytes, or the end of the stream, have arrived.
  bool is_readable() const;

  bool is_encrypted() const;
  /// The one that answered, "10.0.0.3:6379", and what the ones before it said.
  const std::string& address() const { return address_; }
  std::string tls_version() const;  ///< "TLSv1.3"; empty without TLS

 private:
  void wait(short events, Deadline deadline) const;

  const Interrupt* interrupt_;
  const int port_;
  int fd_ = -1;
  std::string address_;
  std::unique_ptr<TlsSession> tls_;
  std::string buffer_;
};

}  // namespace bigocean::base
