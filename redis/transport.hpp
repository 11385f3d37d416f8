// A TCP or TLS byte stream to Redis whose every wait ends at a deadline or a signal.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/interrupt.hpp"
#include "base/resolve.hpp"
#include "redis/client.hpp"

namespace bigocean::redis {

using Deadline = std::chrono::steady_clock::time_point;

/// What every failure of a transport has in common: who was asked, and what else ends a wait.
struct Target {
  std::string host;
  int port = 0;
  int family = AF_UNSPEC;
  std::string name;  ///< "cache:6379", for messages
  const base::Interrupt* interrupt = nullptr;

  RedisError error(Fault fault, Stage stage, const std::string& what, std::string hint = {}) const;
};

/// All addresses of the target, in the resolver's order. Throws RedisError kNotResolvable or kTimedOut.
std::vector<base::Address> resolve(const Target& target, Deadline deadline);

/// Owns one connected, non-blocking socket, and a TLS session on it once start_tls() was called.
class Transport {
 public:
  /// Tries the addresses in turn, each with a fair share of the time that is left. Throws RedisError with
  /// what each address said.
  Transport(const Target& target, const std::vector<base::Address>& addresses, Deadline deadline);
  ~Transport();
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;

  /// Verifies the certificate against the system's authorities and the host's name.
  void start_tls(Deadline deadline);

  void send(std::string_view bytes, Deadline deadline, Stage stage);
  /// At least one byte; throws kClosed at the end of the stream.
  std::string_view receive(Deadline deadline, Stage stage);

  bool is_encrypted() const;
  const std::string& address() const { return address_; }  ///< the one that answered
  std::string tls_version() const;

 private:
  struct Tls;
  void wait(short events, Deadline deadline, Stage stage) const;

  const Target& target_;
  int fd_ = -1;
  std::string address_;
  std::unique_ptr<Tls> tls_;
  std::string buffer_;
};

}  // namespace bigocean::redis
