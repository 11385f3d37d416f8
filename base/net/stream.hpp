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

/// Why a stream could not be opened, or broke. The text says what happened, not what to do about it: that
/// depends on the caller. It contains no secret.
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

/// Owns one connected, non-blocking socket, and a TLS session on it once start_tls() was called. Not
/// thread-safe. Every function that waits throws StreamError, or base::Error (130/143) on a signal.
class Stream {
 public:
  using Deadline = std::chrono::steady_clock::time_point;

  /// All addresses of `host`, in the resolver's order; at least one. `interrupt` may be null.
  static std::vector<Address> resolve(const std::string& host, int port, int family, Deadline deadline,
                                      const Interrupt* interrupt);

  /// Tries the addresses in turn, each with an equal share of the remaining time. The error names the failure
  /// of each address. `interrupt` may be null, else it must outlive the stream.
  Stream(const std::vector<Address>& addresses, int port, Deadline deadline, const Interrupt* interrupt);
  ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  /// Replaces the interrupt that ends the waits. May be null, else it must outlive the stream or be replaced
  /// by the next call.
  void interrupt_with(const Interrupt* interrupt) { interrupt_ = interrupt; }

  /// Verifies the certificate against the system's authorities and `host`, a name or an IP address. Resumes
  /// an earlier session where the server allows it.
  void start_tls(const std::string& host, Deadline deadline);

  void send(std::string_view bytes, Deadline deadline);
  /// Returns at least one byte, valid until the next call; an empty view at the end of the stream.
  std::string_view receive(Deadline deadline);

  /// Whether bytes, or the end of the stream, have arrived. Does not wait.
  bool is_readable() const;

  bool is_encrypted() const;
  /// The address that answered, "10.0.0.3:6379", followed by the failures of the addresses before it.
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
