// Takes envelopes to Sentry, and keeps to its limits.
#pragma once

#include <chrono>
#include <string>
#include <utility>

#include "config/sentry_dsn.hpp"

namespace bigocean::server::observe {

/// For one thread.
class Sentry {
 public:
  using Clock = std::chrono::steady_clock;

  enum class Outcome {
    kTaken,
    kRefused,      ///< for good: it would be refused again
    kLimited,      ///< not sent, or answered with 429: never to be sent again
    kUndelivered,  ///< no answer, or a server's failure
  };
  struct Sent {
    Outcome outcome;
    std::string fault{};  ///< why it was not taken
  };

  Sentry(config::SentryDsn dsn, std::chrono::milliseconds timeout)
      : dsn_(std::move(dsn)), timeout_(timeout) {}

  /// Takes at most the time-out and no longer than until `deadline`. Where no connection could be made it
  /// tries once more within that time. Never throws for what the network or Sentry does.
  Sent send(const std::string& envelope, Clock::time_point deadline);

 private:
  const config::SentryDsn dsn_;
  const std::chrono::milliseconds timeout_;
  Clock::time_point silent_until_{};
};

}  // namespace bigocean::server::observe
